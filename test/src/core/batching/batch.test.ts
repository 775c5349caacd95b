import { Batch, BatchBuilder, type LogEvent, toLogEvents, utcDayOf } from '@putlogs/core/internal';
import { seededRandom } from '@putlogs/local';
import test from 'ava';
import fc from 'fast-check';

const DAY = 86_400_000;
const MIDNIGHT = Date.UTC(2026, 10, 24);
const NOON = MIDNIGHT + DAY / 2;

function event(timestamp: number, message: string): LogEvent {
  const [made, ...more] = toLogEvents(timestamp, message);
  if (made === undefined || more.length > 0) throw new Error('not one event');
  return made;
}

/** An event of so many accounted bytes. */
const eventOf = (bytes: number, timestamp = NOON) => event(timestamp, 'x'.repeat(bytes - 26));

function opened(first: LogEvent): BatchBuilder {
  const open = new BatchBuilder(utcDayOf(first.timestamp));
  open.add(first);
  return open;
}

interface Sent {
  readonly timestamp: number;
  readonly message: string;
}

/** The events as the service reads them. */
const contents = (batch: Batch): Sent[] => JSON.parse(`[${batch.payload.toString()}]`) as Sent[];
const messages = (batch: Batch) => contents(batch).map(({ message }) => message);

function batchOf(events: readonly LogEvent[]): Batch {
  const [first, ...more] = events;
  if (first === undefined) throw new Error('a batch has an event');
  const open = opened(first);
  if (!more.every((one) => open.add(one))) throw new Error('not one batch');
  return open.seal();
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => event(NOON + i, `${i}`));

for (const [timestamp, day] of [
  [0, 0],
  [86_399_999, 0],
  [86_400_000, 1],
  [1_795_478_400_000, 20_781],
  [1_795_564_799_999, 20_781],
  [1_795_564_800_000, 20_782],
] as const) {
  test(`${timestamp} is on day ${day}`, (t) => t.is(utcDayOf(timestamp), day));
}

test('a batch takes 10,000 events and not one more', (t) => {
  const open = opened(event(NOON, 'first'));
  for (let i = 1; i < 10_000; i++) t.true(open.add(event(NOON, 'x')));
  t.is(open.size, 10_000);
  t.false(open.add(event(NOON, 'x')));
  t.is(open.seal().size, 10_000);
});

test('a batch takes 1,048,576 accounted bytes and not one more', (t) => {
  const open = opened(eventOf(1_000_000));
  t.true(open.add(eventOf(48_000)));
  t.false(open.add(eventOf(577)));
  t.true(open.add(eventOf(576)));
  t.false(open.add(eventOf(27)), 'the smallest event');
});

test('the overhead of 26 bytes counts for each event', (t) => {
  // 1,000 times 1,022 + 26 bytes are 1,048,000; 576 are left.
  const open = opened(event(NOON, 'x'.repeat(1022)));
  for (let i = 1; i < 1000; i++) open.add(event(NOON, 'x'.repeat(1022)));
  t.false(open.add(event(NOON, 'x'.repeat(551))));
  t.true(open.add(event(NOON, 'x'.repeat(550))));
});

test('characters of several bytes count as bytes, before they are escaped', (t) => {
  const open = opened(event(NOON, '€'.repeat(349_000)));
  // 349,000 × 3 + 26 are 1,047,026; 1,550 are left.
  t.false(open.add(event(NOON, `${'"'.repeat(1525)}`)));
  t.true(open.add(event(NOON, `${'"'.repeat(1524)}`)));
});

test('the longest event that there can be fills a batch of its own', (t) => {
  const open = opened(eventOf(1_048_576));
  t.false(open.add(eventOf(27)));
  t.is(open.seal().size, 1);
});

for (const [what, first, second, together] of [
  ['the first and the last millisecond of a day', MIDNIGHT, MIDNIGHT + DAY - 1, true],
  ['the last and the first millisecond of a day', MIDNIGHT + DAY - 1, MIDNIGHT, true],
  ["a day's last millisecond and the next day's first", MIDNIGHT - 1, MIDNIGHT, false],
  ["a day's first millisecond and the last of the day before", MIDNIGHT, MIDNIGHT - 1, false],
  ['midnight and the next midnight', MIDNIGHT, MIDNIGHT + DAY, false],
] as const) {
  test(`${what} ${together ? 'share' : 'do not share'} a batch`, (t) => {
    t.is(opened(event(first, 'a')).add(event(second, 'b')), together);
  });
}

for (const [what, refused] of [
  ['of another day', event(NOON + DAY, 'refused')],
  ['of an earlier day', event(NOON - DAY, 'refused')],
  ['that is too big', eventOf(1_048_576)],
] as const) {
  test(`an event ${what} is refused and leaves the batch as it was`, (t) => {
    const open = opened(event(NOON + 1, 'later'));
    open.add(event(NOON, 'sooner'));
    const before = { size: open.size, heldBytes: open.heldBytes, day: open.day };
    t.false(open.add(refused));
    t.deepEqual({ size: open.size, heldBytes: open.heldBytes, day: open.day }, before);
    t.true(open.add(event(NOON + 2, 'last')), 'it still takes what fits');
    t.deepEqual(messages(open.seal()), ['sooner', 'later', 'last']);
  });
}

test('the 10,001st event is refused and leaves the batch as it was', (t) => {
  const open = opened(event(NOON, '0'));
  for (let i = 1; i < 10_000; i++) open.add(event(NOON + i, `${i}`));
  const heldBytes = open.heldBytes;
  t.false(open.add(event(NOON, 'refused')));
  t.is(open.heldBytes, heldBytes);
  t.deepEqual(
    messages(open.seal()),
    Array.from({ length: 10_000 }, (_, i) => `${i}`),
  );
});

test('10,000 events with equal timestamps in pairs, shuffled, keep their order within each pair', (t) => {
  const random = seededRandom(20_261_124);
  const moments = Array.from({ length: 10_000 }, (_, i) => Math.floor(i / 2));
  for (let i = moments.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [moments[i], moments[j]] = [moments[j] ?? 0, moments[i] ?? 0];
  }
  const arrived = new Map<number, number>();
  const events = moments.map((moment) => {
    const nth = arrived.get(moment) ?? 0;
    arrived.set(moment, nth + 1);
    return event(NOON + moment, `${moment} ${nth}`);
  });
  const expected = Array.from({ length: 10_000 }, (_, i) => `${Math.floor(i / 2)} ${i % 2}`);
  t.deepEqual(messages(batchOf(events)), expected);
});

test('events that come in order stay in order', (t) => {
  t.deepEqual(messages(batchOf([event(NOON, 'a'), event(NOON, 'b'), event(NOON + 1, 'c')])), ['a', 'b', 'c']);
});

test('events that come in reverse are turned around', (t) => {
  t.deepEqual(messages(batchOf([event(NOON + 2, 'c'), event(NOON + 1, 'b'), event(NOON, 'a')])), [
    'a',
    'b',
    'c',
  ]);
});

test('one event out of order anywhere is put in its place', (t) => {
  const events = [event(NOON + 2, 'c'), event(NOON + 3, 'd'), event(NOON, 'a'), event(NOON + 1, 'b')];
  t.deepEqual(messages(batchOf(events)), ['a', 'b', 'c', 'd']);
});

test('a payload in brackets is the JSON array of the events, in UTF-8', (t) => {
  const batch = batchOf([event(NOON, 'é\n"🙃"'), event(NOON + 1, '\u2028,\n')]);
  t.deepEqual(contents(batch), [
    { timestamp: NOON, message: 'é\n"🙃"' },
    { timestamp: NOON + 1, message: '\u2028,\n' },
  ]);
  t.deepEqual([batch.firstTimestamp, batch.lastTimestamp], [NOON, NOON + 1]);
  t.true(batch.heldBytes > batch.payload.length);
});

for (const [size, left, right] of [
  [2, 1, 1],
  [3, 1, 2],
  [4, 2, 2],
  [7, 3, 4],
  [10_000, 5000, 5000],
] as const) {
  test(`the halves of ${size} events are the first ${left} and the last ${right}`, (t) => {
    const whole = batchOf(numbered(size));
    const [earlier, later] = whole.halves() ?? [];
    t.is(earlier?.size, left);
    t.is(later?.size, right);
    if (earlier === undefined || later === undefined) return t.fail();
    t.is(contents(earlier).length, left);
    t.is(contents(later).length, right);
    t.deepEqual([...contents(earlier), ...contents(later)], contents(whole));
  });
}

test('a single event has no halves', (t) => {
  t.is(batchOf(numbered(1)).halves(), undefined);
});

test('newlines and commas in messages do not mislead the halves', (t) => {
  const nasty = ['},\n{', '\n\n\n', ',\n', '"},\n{"timestamp":1,"message":"', 'plain'];
  const whole = batchOf(nasty.map((message, i) => event(NOON + i, message)));
  const [earlier, later] = whole.halves() ?? [];
  if (earlier === undefined || later === undefined) return t.fail();
  t.deepEqual(messages(earlier), nasty.slice(0, 2));
  t.deepEqual(messages(later), nasty.slice(2));
});

test('halved again and again, a batch comes down to its single events, in order', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 70 }),
      (texts) => {
        const singles = (batch: Batch): Batch[] => batch.halves()?.flatMap(singles) ?? [batch];
        const whole = batchOf(texts.map((text, i) => event(NOON + i, text)));
        const apart = singles(whole);
        t.true(apart.every(({ size }) => size === 1));
        t.deepEqual(apart.flatMap(contents), contents(whole));
      },
    ),
  );
});

/** As the caller does it: what does not fit begins the next batch. */
function firstFit(events: readonly LogEvent[]): Batch[] {
  const batches: Batch[] = [];
  let open: BatchBuilder | undefined;
  for (const one of events) {
    if (open?.add(one)) continue;
    if (open !== undefined) batches.push(open.seal());
    open = opened(one);
  }
  return open === undefined ? batches : [...batches, open.seal()];
}

/** What the service says about a request; written down here again, so that a wrong rule cannot agree with itself. */
function violations(sent: readonly Sent[]): string[] {
  const accounted = sent.reduce((sum, { message }) => sum + Buffer.byteLength(message) + 26, 0);
  const times = sent.map(({ timestamp }) => timestamp);
  const found = {
    'no event': sent.length < 1,
    'too many events': sent.length > 10_000,
    'too many bytes': accounted > 1_048_576,
    'an empty message': sent.some(({ message }) => message === ''),
    'not in the order of time': times.some((time, i) => i > 0 && time < (times[i - 1] ?? 0)),
    'more than 24 hours': Math.max(...times) - Math.min(...times) >= 86_400_000,
    'more than one UTC day': new Set(times.map((time) => new Date(time).toISOString().slice(0, 10))).size > 1,
  };
  return Object.entries(found).flatMap(([rule, broken]) => (broken ? [rule] : []));
}

test('whatever comes in whatever order, first-fit batches obey every rule and lose nothing', (t) => {
  const moments = fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: NOON - 20, max: NOON + 20 }) },
    { weight: 1, arbitrary: fc.integer({ min: MIDNIGHT - 3, max: MIDNIGHT + 3 }) },
    { weight: 1, arbitrary: fc.integer({ min: MIDNIGHT - 2 * DAY, max: MIDNIGHT + 2 * DAY }) },
  );
  const sizes = fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 100 }) },
    { weight: 1, arbitrary: fc.constantFrom(262_118, 349_499, 524_262, 524_263, 1_048_550) },
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(moments, sizes), { maxLength: 40 }), (records) => {
      const events = records.map(([timestamp, size], i) => event(timestamp, `${i} `.padEnd(size, 'x')));
      const batches = firstFit(events);
      const sent = batches.map(contents);
      t.deepEqual(sent.flatMap(violations), []);
      t.deepEqual(
        batches.map(({ size }) => size),
        sent.map(({ length }) => length),
      );
      const arrivedAs = (one: Sent) => Number(one.message.split(' ', 1)[0]);
      t.deepEqual(
        sent
          .flat()
          .map(arrivedAs)
          .toSorted((a, b) => a - b),
        records.map((_, i) => i),
      );
      // Events of one moment in one batch keep the order in which they came.
      for (const batch of sent) {
        for (const [i, one] of batch.entries()) {
          const before = batch[i - 1];
          if (before?.timestamp === one.timestamp) t.true(arrivedAs(before) < arrivedAs(one));
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('more than 10,000 small events in any order make full batches that obey every rule', (t) => {
  const events = Array.from({ length: 25_000 }, (_, i) => event(NOON + ((i * 7919) % 1000), `${i}`));
  const batches = firstFit(events);
  t.deepEqual(
    batches.map(({ size }) => size),
    [10_000, 10_000, 5000],
  );
  t.deepEqual(batches.map(contents).flatMap(violations), []);
});

test('what a batch gave line by line is the batch, in the order of time', (t) => {
  for (const messages of [['a'], ['a', 'b', 'c'], ['late', 'é\n"', '🙃']]) {
    const events = messages.map((message, i) => event(NOON + (message === 'late' ? 100 : i), message));
    const open = opened(event(NOON, 'first'));
    const lines = [open.drainNew()];
    for (const one of events) {
      open.add(one);
      lines.push(open.drainNew());
    }
    const again = Batch.ofLines(Buffer.concat(lines));
    const batch = open.seal();
    t.deepEqual(contents(again), contents(batch));
    t.is(again.size, batch.size);
  }
});

for (const [what, damage] of [
  ['within a character', (lines: Buffer) => lines.fill(0xff, lines.indexOf('é'), lines.indexOf('é') + 1)],
  ['in a timestamp', (lines: Buffer) => lines.fill('x', 13, 14)],
  ['torn', (lines: Buffer) => lines.subarray(0, -3)],
  ['empty', () => Buffer.alloc(0)],
] as const) {
  test(`lines that are damaged make no batch: ${what}`, (t) => {
    const open = opened(event(NOON, 'é'));
    t.throws(() => Batch.ofLines(damage(Buffer.from(open.drainNew()))), {
      message: 'the batch on disk is corrupt',
    });
  });
}
