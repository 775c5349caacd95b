import { BatchBuilder, EventTimes, Reporter, ServiceClock, toLogEvents } from '@putlogs/core/internal';
import test from 'ava';
import { ManualClock } from '../../support/manual-clock.js';

const NOON = Date.UTC(2026, 10, 24, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function setUp(retentionInDays?: number) {
  const host = new ManualClock(NOON);
  const clock = new ServiceClock(host, new Reporter(() => undefined, false, host));
  const times = new EventTimes(clock, retentionInDays);
  return {
    host,
    times,
    /** The service answers, and its clock is so far ahead of the host's. */
    answer: (aheadMs: number) => clock.startSample()(new Date(host.now() + aheadMs).toUTCString()),
  };
}

for (const [what, recordTime, counts] of [
  ['now', NOON, true],
  ['13 days ago', NOON - 13 * DAY, true],
  ['as old as the service takes, with an hour to wait', NOON - 14 * DAY + HOUR, true],
  ['so old that it may be too old when its turn comes', NOON - 14 * DAY + HOUR - 1, false],
  ['years ago', NOON - 3000 * DAY, false],
  ['an hour ahead', NOON + HOUR, true],
  ['nearly two hours ahead', NOON + 115 * MINUTE, true],
  ['two hours ahead, which a clock may see otherwise', NOON + 120 * MINUTE, false],
  ['years ahead', NOON + 3000 * DAY, false],
  ['none', undefined, false],
  ['no number', Number.NaN, false],
  ['in parts of milliseconds', NOON + 0.5, false],
] as const) {
  test(`a record's time that is ${what} ${counts ? 'counts' : 'does not count'}`, (t) => {
    const { times, answer } = setUp();
    answer(0);
    t.deepEqual(times.of(NOON, recordTime), {
      timestamp: counts && recordTime !== undefined ? recordTime : NOON,
      source: 'settled',
    });
  });
}

test('where the group keeps events for less than 14 days, older times do not count', (t) => {
  const { times } = setUp(3);
  for (const [recordTime, timestamp] of [
    [NOON - 2 * DAY, NOON - 2 * DAY],
    [NOON - 3 * DAY, NOON],
  ] as const)
    t.is(times.of(NOON, recordTime).timestamp, timestamp);
});

test('that a group keeps events for less long is learned from events that have expired', (t) => {
  const { times, answer } = setUp();
  answer(0);
  const counts = (days: number) => times.of(NOON, NOON - days * DAY).timestamp !== NOON;
  times.learnRetention(NOON - 13 * DAY);
  t.deepEqual([8, 6].map(counts), [false, true], 'a week at most');
  times.learnRetention(NOON - 6 * DAY);
  t.deepEqual([6, 4].map(counts), [false, true], 'five days at most');
  times.learnRetention(NOON - 13 * DAY);
  t.deepEqual([6, 4].map(counts), [false, true], 'an older one says nothing new');
  times.learnRetention(NOON - 2 * DAY);
  t.deepEqual([2, 0.5].map(counts), [false, true], 'a day');
});

test("a record's time is judged by the service's clock, and the moment of the log call goes by it", (t) => {
  for (const aheadMs of [-3 * HOUR, 3 * HOUR, 20 * DAY]) {
    const { times, answer } = setUp();
    answer(aheadMs);
    const now = NOON + aheadMs;
    for (const [recordTime, timestamp] of [
      [undefined, now],
      [now + HOUR, now + HOUR],
      [now - 13 * DAY, now - 13 * DAY],
      [now + 3 * HOUR, now],
      [now - 15 * DAY, now],
    ] as const)
      t.deepEqual(times.of(NOON, recordTime), { timestamp, source: 'settled' });
  }
});

for (const loggedAt of [Number.NaN, undefined, null, -1, 1e16, Number.POSITIVE_INFINITY, 'soon', {}]) {
  test(`a log call at ${String(loggedAt)} was now`, (t) => {
    const { times } = setUp();
    t.deepEqual(times.of(loggedAt as number, undefined), { timestamp: NOON, source: 'host' });
  });
}

/** A batch of events that were logged at noon with these times, before the service had answered. */
function batchOf(times: EventTimes, ...recordTimes: (number | undefined)[]) {
  const open = new BatchBuilder(Math.floor(NOON / DAY));
  for (const [i, recordTime] of recordTimes.entries()) {
    const { timestamp, source } = times.of(NOON, recordTime);
    for (const event of toLogEvents(timestamp, `${i}`, source)) open.add(event);
  }
  return open.seal();
}

/** The events of batches, each batch by itself. */
const eventsIn = (batches: ReturnType<EventTimes['corrected']>) =>
  batches?.map((batch) =>
    batch.events().map((json) => {
      const { timestamp, message } = JSON.parse(json) as { timestamp: number; message: string };
      return [message, timestamp];
    }),
  );

test('a batch waits as it is until the service has answered, and a clock that is right changes nothing', (t) => {
  const { times, answer } = setUp();
  const batch = batchOf(times, undefined, NOON - HOUR);
  t.true(batch.isProvisional);
  t.is(times.corrected(batch, true), undefined);
  answer(0);
  t.is(times.corrected(batch, true), undefined);
});

test('times that we gave are shifted; those of records that the service takes stay', (t) => {
  const { times, answer } = setUp();
  const batch = batchOf(times, undefined, NOON - HOUR, NOON + HOUR);
  answer(-90 * MINUTE);
  const corrected = times.corrected(batch, true);
  t.deepEqual(eventsIn(corrected), [
    [
      ['0', NOON - 90 * MINUTE],
      ['1', NOON - HOUR],
      // Two and a half hours ahead of the service, and so made by the host's clock.
      ['2', NOON - 90 * MINUTE],
    ].toSorted(([, a], [, b]) => Number(a) - Number(b)),
  ]);
  t.false(corrected?.[0]?.isProvisional);
});

test('a batch whose times come to lie in several days becomes several', (t) => {
  const { times, answer } = setUp();
  const batch = batchOf(times, undefined, NOON - HOUR, undefined);
  answer(2 * DAY);
  const now = NOON + 2 * DAY;
  t.deepEqual(eventsIn(times.corrected(batch, true)), [
    [['1', NOON - HOUR]],
    [
      ['0', now],
      ['2', now],
    ],
  ]);
});

test('what a clock gave that has been set since was logged while this process ran', async (t) => {
  const { host, times, answer } = setUp();
  // A device that begins in the past, and learns the time a minute later.
  const batch = batchOf(times, undefined, NOON + HOUR);
  await host.advance(MINUTE);
  const now = NOON + 400 * DAY;
  host.set(now);
  answer(0);
  for (const [[, timestamp] = []] of eventsIn(times.corrected(batch, true)) ?? [])
    t.true(Number(timestamp) >= now - 2 * MINUTE && Number(timestamp) <= now, `${timestamp}`);
});

test('what another process left may be as old as it says, but not of the future', (t) => {
  const { host, times, answer } = setUp();
  const batch = batchOf(times, undefined);
  host.set(NOON + 20 * DAY);
  answer(0);
  t.deepEqual(eventsIn(times.corrected(batch, false)), [[['0', NOON]]]);
  host.set(NOON - DAY);
  answer(0);
  t.deepEqual(eventsIn(times.corrected(batch, false)), [[['0', NOON - DAY]]]);
});

test('times that the service has confirmed are never touched', (t) => {
  const { host, times, answer } = setUp();
  answer(0);
  const batch = batchOf(times, undefined, NOON - HOUR);
  t.false(batch.isProvisional);
  host.set(NOON + 3 * HOUR);
  answer(-3 * HOUR);
  t.is(times.corrected(batch, true), undefined);
});
