import { seededRandom } from '@putlogs/local';
import test from 'ava';
import { messages, puts, range, startLocal } from '../../support/harness.js';
import { allDelivered, createGroup, openPipeline } from '../../support/pipeline.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** Yesterday: in the past, and not too old. */
const MIDNIGHT = (Math.floor(Date.now() / DAY) - 1) * DAY;
const NOON = MIDNIGHT + 12 * HOUR;
const at = (now: number) => ({ now: () => now });

for (const [events, requests] of [
  [10_000, [10_000]],
  [10_001, [10_000, 1]],
] as const) {
  test(`${events} events make requests of ${requests.join(' and ')} events`, async (t) => {
    const local = await startLocal(t, at(NOON));
    const pipeline = openPipeline(local);
    for (const i of range(events)) pipeline.accept(NOON, `${i}`);
    await pipeline.flush();
    const stored = puts(local).filter(({ status }) => status === 200);
    t.deepEqual(stored.map((put) => put.events).toSorted(), [...requests].toSorted());
    t.deepEqual(pipeline.counts(), allDelivered(events));
  });
}

for (const [extra, requests] of [
  [0, 1],
  [1, 2],
] as const) {
  test(`${1_048_576 + extra} accounted bytes make ${requests} request(s)`, async (t) => {
    const local = await startLocal(t, at(NOON));
    const pipeline = openPipeline(local);
    // 1024 events of 998 + 26 bytes are 1,048,576.
    for (const i of range(1024)) pipeline.accept(NOON, 'é'.repeat(499) + (i === 0 ? 'x'.repeat(extra) : ''));
    await pipeline.flush();
    const stored = puts(local).filter(({ status }) => status === 200);
    t.is(stored.length, requests);
    t.is(
      Math.max(...stored.map(({ accountedBytes = 0 }) => accountedBytes)),
      requests === 1 ? 1_048_576 : 1_047_553,
    );
    t.deepEqual(pipeline.counts(), allDelivered(1024));
  });
}

const WIDTHS = [
  ['one byte', 'a', 1],
  ['two bytes', 'é', 2],
  ['three bytes', '€', 3],
  ['four bytes', '🙃', 4],
] as const;

for (const [name, character, width] of WIDTHS) {
  // Every offset at which the limit can divide a character.
  for (const offset of range(width)) {
    for (const size of [1_048_550, 1_048_551]) {
      test(`a message of ${size} bytes in characters of ${name}, after ${offset} other bytes`, async (t) => {
        const local = await startLocal(t, at(NOON));
        const pipeline = openPipeline(local);
        const head = 'x'.repeat(offset);
        const whole = Math.floor((size - offset) / width);
        const message = head + character.repeat(whole) + 'x'.repeat(size - offset - whole * width);
        t.is(Buffer.byteLength(message), size);
        pipeline.accept(NOON, message);
        await pipeline.flush();
        const parts = local.events('/test/app').map((event) => event.message);
        t.is(parts.length, size === 1_048_550 ? 1 : 2);
        t.is(parts.toSorted((a, b) => b.length - a.length).join(''), message);
        t.deepEqual(pipeline.counts(), allDelivered(parts.length));
      });
    }
  }
}

for (const [span, requests] of [
  [DAY - 1, 1],
  [DAY, 2],
] as const) {
  test(`events ${span} ms apart make ${requests} request(s)`, async (t) => {
    const local = await startLocal(t, at(NOON));
    const pipeline = openPipeline(local);
    pipeline.accept(MIDNIGHT - DAY, 'first');
    pipeline.accept(MIDNIGHT - DAY + span, 'last');
    await pipeline.flush();
    t.is(puts(local).filter(({ status }) => status === 200).length, requests);
    t.deepEqual(messages(local), ['first', 'last']);
    t.deepEqual(pipeline.counts(), allDelivered(2));
  });
}

for (const [what, age, reason] of [
  ['14 days old less a second', 14 * DAY - 1000, undefined],
  ['14 days and a second old', 14 * DAY + 1000, 'tooOld'],
  ['two hours less a second ahead', -2 * HOUR + 1000, undefined],
  ['two hours and a second ahead', -2 * HOUR - 1000, 'tooNew'],
] as const) {
  // Such a timestamp is not used for a new event, but an event may get too old while it waits.
  test(`an event that is ${what} when it arrives is ${reason ?? 'delivered'}`, async (t) => {
    const now = NOON + age;
    const local = await startLocal(t, at(now));
    const pipeline = openPipeline(local);
    pipeline.accept(Date.now(), 'edge', NOON);
    await pipeline.flush();
    const { delivered, rejected, pending } = pipeline.counts();
    t.is(delivered, reason === undefined ? 1 : 0);
    t.is(rejected.tooOld, reason === 'tooOld' ? 1 : 0);
    t.is(rejected.tooNew, reason === 'tooNew' ? 1 : 0);
    t.is(pending, 0);
    t.deepEqual(pipeline.problems(), reason === undefined ? [] : ['rejected-events']);
  });
}

test('rejected and delivered events of one request are counted by index', async (t) => {
  const local = await startLocal(t, at(MIDNIGHT + 23 * HOUR));
  const pipeline = openPipeline(local, { retentionInDays: 1 });
  // The log group keeps events for a day.
  for (const hour of [-1, 0, 1, 2]) pipeline.accept(MIDNIGHT + hour * HOUR, `${hour}`);
  await pipeline.flush();
  t.deepEqual(messages(local), ['-1', '0', '1', '2'], 'nothing has expired: the oldest is exactly 24 h old');

  const later = await startLocal(t, at(MIDNIGHT + 25 * HOUR + 1));
  await createGroup(later, 1);
  // Without retentionInDays, which would keep such timestamps from being used.
  const second = openPipeline(later);
  for (const hour of [0, 1, 2, 3]) second.accept(Date.now(), `${hour}`, MIDNIGHT + hour * HOUR);
  await second.flush();
  t.deepEqual(messages(later), ['2', '3']);
  const { delivered, rejected } = second.counts();
  t.deepEqual(
    { delivered, rejected },
    { delivered: 2, rejected: { tooOld: 0, expired: 2, tooNew: 0, invalid: 0 } },
  );
});

test('pairs of events with equal timestamps keep their order', async (t) => {
  const local = await startLocal(t, at(NOON));
  const pipeline = openPipeline(local);
  for (const i of range(10_000)) {
    // In reverse chronological order, so that the batch must be sorted.
    pipeline.accept(NOON - Math.floor(i / 2), `${Math.floor(i / 2)} ${i % 2 === 0 ? 'first' : 'second'}`);
  }
  await pipeline.flush();
  t.is(puts(local).filter(({ status }) => status === 200).length, 1);
  const expected = range(5000)
    .toReversed()
    .flatMap((pair) => [`${pair} first`, `${pair} second`]);
  t.deepEqual(
    local.events('/test/app').map(({ message }) => message),
    expected,
  );
});

test('100,000 records with random times of three days all arrive, in few requests', async (t) => {
  const local = await startLocal(t, at(NOON));
  const pipeline = openPipeline(local);
  const random = seededRandom(20_261_124);
  for (const i of range(100_000)) pipeline.accept(NOON - Math.floor(random() * 3 * DAY), `record ${i}`);
  await pipeline.flush();
  t.deepEqual(pipeline.counts(), allDelivered(100_000));
  t.is(new Set(messages(local)).size, 100_000);
  t.true(puts(local).length <= 20, `${puts(local).length} requests`);
});

for (const [what, first] of [
  ['the first event of a batch', undefined],
  ['a later event', 'first'],
] as const)
  test.serial(
    `${what} for which there is no memory is counted as dropped, and the others arrive`,
    async (t) => {
      const local = await startLocal(t, at(NOON));
      const pipeline = openPipeline(local);
      if (first !== undefined) pipeline.accept(NOON, first);
      const { allocUnsafeSlow } = Buffer;
      Buffer.allocUnsafeSlow = () => {
        throw new RangeError('Array buffer allocation failed');
      };
      pipeline.accept(NOON, 'x'.repeat(2000));
      Buffer.allocUnsafeSlow = allocUnsafeSlow;
      await pipeline.flush();
      pipeline.accept(NOON, 'last');
      await pipeline.close();
      const delivered = first === undefined ? ['last'] : [first, 'last'];
      t.deepEqual(messages(local), delivered);
      const counts = allDelivered(delivered.length);
      t.deepEqual(pipeline.counts(), {
        ...counts,
        accepted: delivered.length + 1,
        dropped: { ...counts.dropped, workerEnded: 1 },
      });
      t.deepEqual(pipeline.problems(), ['worker']);
    },
  );
