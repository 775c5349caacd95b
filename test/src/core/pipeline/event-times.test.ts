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
    /** The service responds. Its clock is this far ahead of the host's. */
    respond: (aheadMs: number) => clock.startSample()(new Date(host.now() + aheadMs).toUTCString()),
  };
}

for (const [what, recordTime, isUsed] of [
  ['now', NOON, true],
  ['13 days ago', NOON - 13 * DAY, true],
  ['as old as the service takes, less an hour of waiting', NOON - 14 * DAY + HOUR, true],
  ['so old that it may get too old while it waits', NOON - 14 * DAY + HOUR - 1, false],
  ['years ago', NOON - 3000 * DAY, false],
  ['an hour ahead', NOON + HOUR, true],
  ['nearly two hours ahead', NOON + 115 * MINUTE, true],
  ['two hours ahead, without a margin for clock skew', NOON + 120 * MINUTE, false],
  ['years ahead', NOON + 3000 * DAY, false],
  ['missing', undefined, false],
  ['NaN', Number.NaN, false],
  ['a fraction of a millisecond', NOON + 0.5, false],
] as const) {
  test(`a record's time that is ${what} is ${isUsed ? '' : 'not '}used`, (t) => {
    const { times, respond } = setUp();
    respond(0);
    t.deepEqual(times.of(NOON, recordTime), {
      timestamp: isUsed && recordTime !== undefined ? recordTime : NOON,
      source: 'final',
    });
  });
}

test('times older than the retention of the log group are not used', (t) => {
  const { times } = setUp(3);
  for (const [recordTime, timestamp] of [
    [NOON - 2 * DAY, NOON - 2 * DAY],
    [NOON - 3 * DAY, NOON],
  ] as const)
    t.is(times.of(NOON, recordTime).timestamp, timestamp);
});

test('a short retention is learned from events that the service rejects as expired', (t) => {
  const { times, respond } = setUp();
  respond(0);
  const isUsed = (days: number) => times.of(NOON, NOON - days * DAY).timestamp !== NOON;
  times.learnRetention(NOON - 13 * DAY);
  t.deepEqual([8, 6].map(isUsed), [false, true], '7 days at most');
  times.learnRetention(NOON - 6 * DAY);
  t.deepEqual([6, 4].map(isUsed), [false, true], '5 days at most');
  times.learnRetention(NOON - 13 * DAY);
  t.deepEqual([6, 4].map(isUsed), [false, true], 'an older event says nothing new');
  times.learnRetention(NOON - 2 * DAY);
  t.deepEqual([2, 0.5].map(isUsed), [false, true], '1 day');
});

for (const days of [1, 3, 5, 7]) {
  test(`an event that expires after ${days} days teaches a retention of ${days} days`, (t) => {
    const { times, respond } = setUp();
    respond(0);
    times.learnRetention(NOON - days * DAY);
    const oldest = NOON - days * DAY + HOUR;
    t.is(times.of(NOON, oldest).timestamp, oldest, 'it may wait an hour');
    t.is(times.of(NOON, oldest - 1).timestamp, NOON);
    // An event that is younger tells of a shorter retention, if of any.
    times.learnRetention(NOON - days * DAY + 1);
    t.is(times.of(NOON, oldest).timestamp, days === 1 ? oldest : NOON);
  });
}

test("record times are checked by the service's clock, and log calls get its time", (t) => {
  for (const aheadMs of [-3 * HOUR, 3 * HOUR, 20 * DAY]) {
    const { times, respond } = setUp();
    respond(aheadMs);
    const now = NOON + aheadMs;
    for (const [recordTime, timestamp] of [
      [undefined, now],
      [now + HOUR, now + HOUR],
      [now - 13 * DAY, now - 13 * DAY],
      [now + 3 * HOUR, now],
      [now - 15 * DAY, now],
    ] as const)
      t.deepEqual(times.of(NOON, recordTime), { timestamp, source: 'final' });
  }
});

for (const loggedAt of [Number.NaN, undefined, null, -1, 1e16, Number.POSITIVE_INFINITY, 'soon', {}]) {
  test(`an invalid time of a log call means now: ${String(loggedAt)}`, (t) => {
    const { times } = setUp();
    t.deepEqual(times.of(loggedAt as number, undefined), { timestamp: NOON, source: 'host' });
  });
}

/** A batch of events that were logged at noon with these record times. */
function batchOf(times: EventTimes, ...recordTimes: (number | undefined)[]) {
  const builder = new BatchBuilder(Math.floor(NOON / DAY));
  for (const [i, recordTime] of recordTimes.entries()) {
    const { timestamp, source } = times.of(NOON, recordTime);
    for (const event of toLogEvents(timestamp, `${i}`, source)) builder.add(event);
  }
  return builder.seal();
}

/** The message and timestamp of each event, by batch. */
const eventsIn = (batches: ReturnType<EventTimes['corrected']>) =>
  batches?.map((batch) =>
    batch.events().map((json) => {
      const { timestamp, message } = JSON.parse(json) as { timestamp: number; message: string };
      return [message, timestamp];
    }),
  );

test('a batch is not corrected before the first response, nor if the clock is right', (t) => {
  const { times, respond } = setUp();
  const batch = batchOf(times, undefined, NOON - HOUR);
  t.true(batch.isProvisional);
  t.is(times.corrected(batch, true), undefined);
  respond(0);
  t.is(times.corrected(batch, true), undefined);
});

test('times of log calls are shifted; record times that the service takes stay', (t) => {
  const { times, respond } = setUp();
  const batch = batchOf(times, undefined, NOON - HOUR, NOON + HOUR);
  respond(-90 * MINUTE);
  const corrected = times.corrected(batch, true);
  t.deepEqual(eventsIn(corrected), [
    [
      ['0', NOON - 90 * MINUTE],
      ['1', NOON - HOUR],
      // Two and a half hours ahead of the service: this record time is from the host's wrong clock.
      ['2', NOON - 90 * MINUTE],
    ].toSorted(([, a], [, b]) => Number(a) - Number(b)),
  ]);
  t.false(corrected?.[0]?.isProvisional);
});

test('a batch whose corrected timestamps lie on several days is divided', (t) => {
  const { times, respond } = setUp();
  const batch = batchOf(times, undefined, NOON - HOUR, undefined);
  respond(2 * DAY);
  const now = NOON + 2 * DAY;
  t.deepEqual(eventsIn(times.corrected(batch, true)), [
    [['1', NOON - HOUR]],
    [
      ['0', now],
      ['2', now],
    ],
  ]);
});

test('when the clock has been set since, timestamps move into the lifetime of the process', async (t) => {
  const { host, times, respond } = setUp();
  // A device that starts with a time in the past and gets the right time a minute later.
  const batch = batchOf(times, undefined, NOON + HOUR);
  await host.advance(MINUTE);
  const now = NOON + 400 * DAY;
  host.set(now);
  respond(0);
  for (const [[, timestamp] = []] of eventsIn(times.corrected(batch, true)) ?? [])
    t.true(Number(timestamp) >= now - 2 * MINUTE && Number(timestamp) <= now, `${timestamp}`);
});

test('events of an earlier process keep old timestamps, but not future ones', (t) => {
  const { host, times, respond } = setUp();
  const batch = batchOf(times, undefined);
  host.set(NOON + 20 * DAY);
  respond(0);
  t.deepEqual(eventsIn(times.corrected(batch, false)), [[['0', NOON]]]);
  host.set(NOON - DAY);
  respond(0);
  t.deepEqual(eventsIn(times.corrected(batch, false)), [[['0', NOON - DAY]]]);
});

test('settled timestamps are never changed', (t) => {
  const { host, times, respond } = setUp();
  respond(0);
  const batch = batchOf(times, undefined, NOON - HOUR);
  t.false(batch.isProvisional);
  host.set(NOON + 3 * HOUR);
  respond(-3 * HOUR);
  t.is(times.corrected(batch, true), undefined);
});
