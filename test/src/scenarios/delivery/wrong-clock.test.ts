import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@putlogs/core/internal';
import test, { type ExecutionContext } from 'ava';
import { messages, puts, range, startLocal } from '../../support/harness.js';
import { allDelivered, createGroup, openPipeline } from '../../support/pipeline.js';
import { until } from '../../support/until.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The Date header has whole seconds, and the response takes a while. */
const CLOSE_MS = 30_000;

/** A service whose clock is this far ahead of the host's clock. */
function startAhead(t: ExecutionContext, aheadMs: number) {
  const now = () => Date.now() + aheadMs;
  return startLocal(t, { now, signingClock: now });
}

for (const [what, aheadMs] of [
  ['three hours ahead', -3 * HOUR],
  ['three hours behind', 3 * HOUR],
  ['an hour ahead', -HOUR],
  ['20 days ahead', -20 * DAY],
  ['20 days behind', 20 * DAY],
] as const) {
  test(`with a host clock that is ${what} events arrive with the time of the service, and one report says so`, async (t) => {
    const local = await startAhead(t, aheadMs);
    const pipeline = openPipeline(local, { logStreamName: '{date}' });
    const before = Date.now() + aheadMs;
    for (const i of range(10)) pipeline.accept(Date.now(), `${i}`);
    await pipeline.flush();
    // This event gets the time of the service when it is accepted.
    pipeline.accept(Date.now(), '10');
    await pipeline.flush();
    const after = Date.now() + aheadMs;
    t.deepEqual(messages(local), range(11).map(String));
    for (const { timestamp, logStreamName } of local.events('/test/app')) {
      t.true(timestamp >= before - CLOSE_MS && timestamp <= after + CLOSE_MS, `${timestamp - before} ms off`);
      t.is(logStreamName, new Date(timestamp).toISOString().slice(0, 10));
    }
    t.deepEqual(pipeline.counts(), allDelivered(11));
    t.deepEqual(pipeline.problems(), ['clock']);
  });

  test(`with a host clock that is ${what} record times are kept if the service takes them`, async (t) => {
    const local = await startAhead(t, aheadMs);
    const pipeline = openPipeline(local);
    pipeline.accept(Date.now(), 'first');
    await pipeline.flush();
    const now = Date.now() + aheadMs;
    const hours = [-10 * 24, -1, 1];
    for (const ahead of hours) pipeline.accept(Date.now(), `${ahead}`, now + ahead * HOUR);
    await pipeline.flush();
    t.deepEqual(pipeline.counts(), allDelivered(4));
    for (const ahead of hours) {
      const event = local.events('/test/app').find(({ message }) => message === `${ahead}`);
      t.is(event?.timestamp, now + ahead * HOUR);
    }
  });
}

test('events that a process with a wrong clock left in the spool get the right time from the next process', async (t) => {
  for (const aheadMs of [-3 * HOUR, 20 * DAY]) {
    const spoolDirectory = mkdtempSync(join(tmpdir(), 'putlogs-clock-'));
    t.teardown(() => rmSync(spoolDirectory, { recursive: true, force: true }));
    const local = await startAhead(t, aheadMs);
    const end = local.fault({ kind: 'noRequestId', operation: '*' });
    const first = openPipeline(local, { spoolDirectory, closeTimeoutMs: 0 });
    for (const i of range(5)) first.accept(Date.now(), `${i}`);
    await first.close();
    t.is(first.counts().spooled, 5);
    end();
    const second = openPipeline(local, { spoolDirectory });
    await second.close();
    const now = Date.now() + aheadMs;
    t.deepEqual(messages(local), range(5).map(String));
    for (const { timestamp } of local.events('/test/app'))
      t.true(Math.abs(timestamp - now) < CLOSE_MS, `${timestamp - now} ms off`);
    t.deepEqual(second.counts(), allDelivered(5));
    t.deepEqual(readdirSync(spoolDirectory), []);
  }
});

test('events that were spooled with the right time keep it though the clock is wrong', async (t) => {
  const spoolDirectory = mkdtempSync(join(tmpdir(), 'putlogs-clock-'));
  t.teardown(() => rmSync(spoolDirectory, { recursive: true, force: true }));
  const local = await startAhead(t, -3 * HOUR);
  const first = openPipeline(local, { spoolDirectory, closeTimeoutMs: 0 });
  first.accept(Date.now(), 'first');
  await first.flush();
  const end = local.fault({ kind: 'throttle', operation: '*' });
  const now = Date.now() - 3 * HOUR;
  first.accept(Date.now(), 'waits');
  await first.close();
  end();
  await openPipeline(local, { spoolDirectory }).close();
  t.deepEqual(messages(local), ['first', 'waits']);
  const waited = local.events('/test/app').find(({ message }) => message === 'waits');
  t.true(Math.abs((waited?.timestamp ?? 0) - now) < CLOSE_MS);
});

test('no event is lost when the clock is set while events wait: a device that starts in 1970', async (t) => {
  const local = await startLocal(t);
  let wrongByMs = -Date.now();
  const clock = { ...systemClock, now: () => Date.now() + wrongByMs };
  const end = local.fault({ kind: 'throttle', operation: '*' });
  const pipeline = openPipeline(local, {}, { clock });
  for (const i of range(3)) {
    pipeline.accept(clock.now(), `log call ${i}`);
    pipeline.accept(clock.now(), `record time ${i}`, clock.now());
  }
  wrongByMs = 0;
  for (const i of range(3)) pipeline.accept(clock.now(), `after ${i}`);
  end();
  await pipeline.flush();
  t.is(messages(local).length, 9);
  t.is(pipeline.counts().delivered, 9);
  const now = Date.now();
  for (const { timestamp } of local.events('/test/app'))
    t.true(timestamp > now - 5 * MINUTE && timestamp < now + MINUTE, `${timestamp - now} ms off`);
});

test("a response without a request id does not set the service's clock", async (t) => {
  // Too little for a refused signature, whose response would have a request id.
  const local = await startAhead(t, -3 * MINUTE);
  const end = local.fault({ kind: 'noRequestId', operation: '*' });
  const pipeline = openPipeline(local);
  pipeline.accept(Date.now(), 'waits');
  const flushed = pipeline.flush();
  await until('three requests', () => puts(local).length >= 3);
  t.false(pipeline.problems().includes('clock'));
  end();
  await flushed;
  t.true(pipeline.problems().includes('clock'));
});

test('a thousand records of a thousand days make few requests, since the service takes only 14 days', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local, { logStreamName: '{date}' });
  for (const i of range(1000)) pipeline.accept(Date.now(), `${i}`, Date.now() - i * DAY);
  await pipeline.flush();
  t.deepEqual(pipeline.counts(), allDelivered(1000));
  t.is(local.events('/test/app').length, 1000);
  t.true(local.requests.length <= 50, `${local.requests.length} requests`);
});

test('an unknown retention is learned from the first expired event', async (t) => {
  const local = await startLocal(t);
  await createGroup(local, 3);
  const pipeline = openPipeline(local);
  const log = async (days: number) => {
    pipeline.accept(Date.now(), `${days}`, Date.now() - days * DAY);
    await pipeline.flush();
  };
  for (const days of [4, 5, 3.5, 2]) await log(days);
  t.deepEqual(messages(local), ['2', '5', '3.5'], 'the first has expired; two have the time of the log call');
  t.is(pipeline.counts().rejected.expired, 1);
});

test('accept never throws, whatever its arguments', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local);
  const oddTimes: unknown[] = [
    Number.NaN,
    undefined,
    -1,
    1e16,
    Number.POSITIVE_INFINITY,
    'soon',
    Symbol('x'),
    1n,
  ];
  const unprintable = {
    get [Symbol.toStringTag]() {
      throw new Error('on purpose');
    },
  };
  const oddMessages: unknown[] = [undefined, null, 42, { a: 1 }, Symbol('x'), unprintable];
  t.notThrows(() => {
    for (const time of oddTimes) pipeline.accept(time as number, 'odd time', time as number);
    for (const message of oddMessages) pipeline.accept(Date.now(), message as string);
  });
  pipeline.accept(Date.now(), 'good');
  await pipeline.close();
  t.deepEqual(pipeline.counts(), allDelivered(oddTimes.length + oddMessages.length + 1));
  t.true(messages(local).includes('good'));
  t.true(messages(local).includes('{ a: 1 }'));
});
