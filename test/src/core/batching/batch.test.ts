import { Batch, BatchBuilder, type LogEvent, toLogEvents, utcDayOf } from '@putlogs/core/internal';
import { seededRandom } from '@putlogs/local';
import test from 'ava';
import fc from 'fast-check';

const DAY = 86_400_000;
const MIDNIGHT = Date.UTC(2026, 10, 24);
const NOON = MIDNIGHT + DAY / 2;

function event(timestamp: number, message: string): LogEvent {
  const [only, ...more] = toLogEvents(timestamp, message);
  if (only === undefined || more.length > 0) throw new Error('not exactly one event');
  return only;
}

/** An event of this many accounted bytes. */
const eventOf = (bytes: number, timestamp = NOON) => event(timestamp, 'x'.repeat(bytes - 26));

function builderWith(first: LogEvent): BatchBuilder {
  const builder = new BatchBuilder(utcDayOf(first.timestamp));
  builder.add(first);
  return builder;
}

interface Sent {
  readonly timestamp: number;
  readonly message: string;
}

/** The events as the service parses them. */
const contents = (batch: Batch): Sent[] => JSON.parse(`[${batch.payload.toString()}]`) as Sent[];
const messages = (batch: Batch) => contents(batch).map(({ message }) => message);

function batchOf(events: readonly LogEvent[]): Batch {
  const [first, ...more] = events;
  if (first === undefined) throw new Error('a batch needs an event');
  const builder = builderWith(first);
  if (!more.every((one) => builder.add(one))) throw new Error('not exactly one batch');
  return builder.seal();
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

test('a batch takes 10,000 events and no more', (t) => {
  const builder = builderWith(event(NOON, 'first'));
  for (let i = 1; i < 10_000; i++) t.true(builder.add(event(NOON, 'x')));
  t.is(builder.size, 10_000);
  t.false(builder.add(event(NOON, 'x')));
  t.is(builder.seal().size, 10_000);
});

test('a batch takes 1,048,576 accounted bytes and no more', (t) => {
  const builder = builderWith(eventOf(1_000_000));
  t.true(builder.add(eventOf(48_000)));
  t.false(builder.add(eventOf(577)));
  t.true(builder.add(eventOf(576)));
  t.false(builder.add(eventOf(27)), 'the smallest event');
});

test('each event counts 26 bytes more than its message', (t) => {
  // 1,000 times 1,022 + 26 bytes are 1,048,000; 576 are left.
  const builder = builderWith(event(NOON, 'x'.repeat(1022)));
  for (let i = 1; i < 1000; i++) builder.add(event(NOON, 'x'.repeat(1022)));
  t.false(builder.add(event(NOON, 'x'.repeat(551))));
  t.true(builder.add(event(NOON, 'x'.repeat(550))));
});

test('multi-byte characters count in bytes, without JSON escapes', (t) => {
  const builder = builderWith(event(NOON, '€'.repeat(349_000)));
  // 349,000 × 3 + 26 are 1,047,026; 1,550 are left.
  t.false(builder.add(event(NOON, `${'"'.repeat(1525)}`)));
  t.true(builder.add(event(NOON, `${'"'.repeat(1524)}`)));
});

test('an event of the maximum size fills a batch of its own', (t) => {
  const builder = builderWith(eventOf(1_048_576));
  t.false(builder.add(eventOf(27)));
  t.is(builder.seal().size, 1);
});

for (const [what, first, second, together] of [
  ['the first and the last millisecond of a day', MIDNIGHT, MIDNIGHT + DAY - 1, true],
  ['the last and the first millisecond of a day', MIDNIGHT + DAY - 1, MIDNIGHT, true],
  ['the last millisecond of a day and the first of the next', MIDNIGHT - 1, MIDNIGHT, false],
  ['the first millisecond of a day and the last of the day before', MIDNIGHT, MIDNIGHT - 1, false],
  ['midnight and the next midnight', MIDNIGHT, MIDNIGHT + DAY, false],
] as const) {
  test(`${what} ${together ? 'share' : 'do not share'} a batch`, (t) => {
    t.is(builderWith(event(first, 'a')).add(event(second, 'b')), together);
  });
}

for (const [what, refused] of [
  ['of another day', event(NOON + DAY, 'refused')],
  ['of an earlier day', event(NOON - DAY, 'refused')],
  ['that does not fit', eventOf(1_048_576)],
] as const) {
  test(`an event ${what} is not added, and the batch is unchanged`, (t) => {
    const builder = builderWith(event(NOON + 1, 'later'));
    builder.add(event(NOON, 'sooner'));
    const before = { size: builder.size, heldBytes: builder.heldBytes, day: builder.day };
    t.false(builder.add(refused));
    t.deepEqual({ size: builder.size, heldBytes: builder.heldBytes, day: builder.day }, before);
    t.true(builder.add(event(NOON + 2, 'last')), 'an event that fits is still added');
    t.deepEqual(messages(builder.seal()), ['sooner', 'later', 'last']);
  });
}

test('the 10,001st event is not added, and the batch is unchanged', (t) => {
  const builder = builderWith(event(NOON, '0'));
  for (let i = 1; i < 10_000; i++) builder.add(event(NOON + i, `${i}`));
  const heldBytes = builder.heldBytes;
  t.false(builder.add(event(NOON, 'refused')));
  t.is(builder.heldBytes, heldBytes);
  t.deepEqual(
    messages(builder.seal()),
    Array.from({ length: 10_000 }, (_, i) => `${i}`),
  );
});

for (const [what, message] of [
  ['a long message', 'x'.repeat(2000)],
  ['a message of control characters', '\0'.repeat(400)],
] as const)
  test.serial(`${what} for which there is no memory is not added, and the batch is unchanged`, (t) => {
    const builder = builderWith(event(NOON, 'first'));
    const { allocUnsafeSlow } = Buffer;
    Buffer.allocUnsafeSlow = () => {
      throw new RangeError('Array buffer allocation failed');
    };
    t.throws(() => builder.add(event(NOON + 1, message)), { instanceOf: RangeError });
    Buffer.allocUnsafeSlow = allocUnsafeSlow;
    t.is(builder.size, 1);
    builder.add(event(NOON + 2, 'second'));
    const batch = builder.seal();
    t.is(batch.size, 2);
    t.deepEqual(messages(batch), ['first', 'second']);
  });

test('of 10,000 shuffled events, pairs with equal timestamps keep their order of arrival', (t) => {
  const random = seededRandom(20_261_124);
  const moments = Array.from({ length: 10_000 }, (_, i) => Math.floor(i / 2));
  for (let i = moments.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [moments[i], moments[j]] = [moments[j] ?? 0, moments[i] ?? 0];
  }
  const seen = new Map<number, number>();
  const events = moments.map((moment) => {
    const nth = seen.get(moment) ?? 0;
    seen.set(moment, nth + 1);
    return event(NOON + moment, `${moment} ${nth}`);
  });
  const expected = Array.from({ length: 10_000 }, (_, i) => `${Math.floor(i / 2)} ${i % 2}`);
  t.deepEqual(messages(batchOf(events)), expected);
});

test('events that arrive in chronological order stay in order', (t) => {
  t.deepEqual(messages(batchOf([event(NOON, 'a'), event(NOON, 'b'), event(NOON + 1, 'c')])), ['a', 'b', 'c']);
});

test('events that arrive in reverse order are sorted', (t) => {
  t.deepEqual(messages(batchOf([event(NOON + 2, 'c'), event(NOON + 1, 'b'), event(NOON, 'a')])), [
    'a',
    'b',
    'c',
  ]);
});

test('events that arrive out of order are sorted', (t) => {
  const events = [event(NOON + 2, 'c'), event(NOON + 3, 'd'), event(NOON, 'a'), event(NOON + 1, 'b')];
  t.deepEqual(messages(batchOf(events)), ['a', 'b', 'c', 'd']);
});

test('the payload in brackets is the JSON array of the events, in UTF-8', (t) => {
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

test('newlines and commas in messages do not affect where a batch is divided', (t) => {
  const nasty = ['},\n{', '\n\n\n', ',\n', '"},\n{"timestamp":1,"message":"', 'plain'];
  const whole = batchOf(nasty.map((message, i) => event(NOON + i, message)));
  const [earlier, later] = whole.halves() ?? [];
  if (earlier === undefined || later === undefined) return t.fail();
  t.deepEqual(messages(earlier), nasty.slice(0, 2));
  t.deepEqual(messages(later), nasty.slice(2));
});

test('a batch can be divided down to single events, in order', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 70 }),
      (texts) => {
        const singles = (batch: Batch): Batch[] => batch.halves()?.flatMap(singles) ?? [batch];
        const whole = batchOf(texts.map((text, i) => event(NOON + i, text)));
        const parts = singles(whole);
        t.true(parts.every(({ size }) => size === 1));
        t.deepEqual(parts.flatMap(contents), contents(whole));
      },
    ),
  );
});

/** Fills batches as the batcher does: an event that does not fit begins the next batch. */
function batchesOf(events: readonly LogEvent[]): Batch[] {
  const batches: Batch[] = [];
  let builder: BatchBuilder | undefined;
  for (const one of events) {
    if (builder?.add(one)) continue;
    if (builder !== undefined) batches.push(builder.seal());
    builder = builderWith(one);
  }
  return builder === undefined ? batches : [...batches, builder.seal()];
}

/** The rules of PutLogEvents that a request breaks. They are stated independently of the code under test. */
function violations(sent: readonly Sent[]): string[] {
  const accounted = sent.reduce((sum, { message }) => sum + Buffer.byteLength(message) + 26, 0);
  const times = sent.map(({ timestamp }) => timestamp);
  const found = {
    'no event': sent.length < 1,
    'too many events': sent.length > 10_000,
    'too many bytes': accounted > 1_048_576,
    'an empty message': sent.some(({ message }) => message === ''),
    'not in chronological order': times.some((time, i) => i > 0 && time < (times[i - 1] ?? 0)),
    'more than 24 hours': Math.max(...times) - Math.min(...times) >= 86_400_000,
    'more than one UTC day': new Set(times.map((time) => new Date(time).toISOString().slice(0, 10))).size > 1,
  };
  return Object.entries(found).flatMap(([rule, broken]) => (broken ? [rule] : []));
}

test('batches of any events in any order keep every rule and lose no event', (t) => {
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
      const batches = batchesOf(events);
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
      // Events of a batch with the same timestamp keep the order in which they arrived.
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

test('25,000 small events in any order make full batches that keep every rule', (t) => {
  const events = Array.from({ length: 25_000 }, (_, i) => event(NOON + ((i * 7919) % 1000), `${i}`));
  const batches = batchesOf(events);
  t.deepEqual(
    batches.map(({ size }) => size),
    [10_000, 10_000, 5000],
  );
  t.deepEqual(batches.map(contents).flatMap(violations), []);
});

test('a batch can be restored from its drained lines', (t) => {
  for (const messages of [['a'], ['a', 'b', 'c'], ['late', 'é\n"', '🙃']]) {
    const events = messages.map((message, i) => event(NOON + (message === 'late' ? 100 : i), message));
    const builder = builderWith(event(NOON, 'first'));
    const lines = [builder.drainNew()];
    for (const one of events) {
      builder.add(one);
      lines.push(builder.drainNew());
    }
    const restored = Batch.ofLines(Buffer.concat(lines));
    const batch = builder.seal();
    t.deepEqual(contents(restored), contents(batch));
    t.is(restored.size, batch.size);
  }
});

for (const [what, corrupt] of [
  [
    'a byte inside a character',
    (lines: Buffer) => lines.fill(0xff, lines.indexOf('é'), lines.indexOf('é') + 1),
  ],
  ['a byte in a timestamp', (lines: Buffer) => lines.fill('x', 13, 14)],
  ['truncated', (lines: Buffer) => lines.subarray(0, -3)],
  ['empty', () => Buffer.alloc(0)],
] as const) {
  test(`corrupt lines are refused: ${what}`, (t) => {
    const builder = builderWith(event(NOON, 'é'));
    t.throws(() => Batch.ofLines(corrupt(Buffer.from(builder.drainNew()))), {
      message: 'the batch on disk is corrupt',
    });
  });
}
