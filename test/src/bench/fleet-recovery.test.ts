import test from 'ava';
import { type Scenario, type Second, type Seen, simulate } from '../../../bench/fleet/simulate.js';

/** 50 processes on a four-hundredth of an account's quota, which is like 20,000 on the whole. */
const QUOTAS = { putLogEvents: 12.5, createLogStream: 1, createLogGroup: 1 };
const DOWN = { from: 60, to: 180 };
const FLEET: Scenario = {
  processes: 50,
  load: 'synchronised',
  flushIntervalMs: 5000,
  seconds: 300,
  outage: DOWN,
  quotas: QUOTAS,
  seed: 1,
};

const peakAfterwards = ({ seconds }: Seen) => Math.max(...seconds.slice(DOWN.to).map(requests));

const requests = ({ putLogEvents, createLogStream }: Second) => putLogEvents + createLogStream;

test('an outage is not followed by a storm', async (t) => {
  const seen = await simulate(FLEET);
  const alike = await simulate({ ...FLEET, hasJitter: false });
  t.true(peakAfterwards(seen) <= 2 * QUOTAS.putLogEvents, `${peakAfterwards(seen)} requests in a second`);
  t.true(peakAfterwards(seen) * 2 <= peakAfterwards(alike), `without jitter ${peakAfterwards(alike)}`);
  t.true(seen.recovery <= 25, 'no pause is longer than 20 s');
  t.is(seen.delivered, seen.accepted);
});

test('processes that fail in the same moment do not try again in the same moment', async (t) => {
  // Within half a second all have failed; and all is over before they log again, twenty seconds later.
  const outage = { from: 65, to: 185 };
  const seen = await simulate({
    ...FLEET,
    flushIntervalMs: 500,
    quotas: { ...QUOTAS, putLogEvents: 200 },
    outage,
  });
  const comingBack = seen.seconds.slice(outage.to, 199).map(requests);
  t.true(Math.max(...comingBack) <= FLEET.processes / 2, comingBack.join(' '));
});

test('processes that log in the same moment send within the flush interval, not at once', async (t) => {
  const { outage: _, ...day } = FLEET;
  const seen = await simulate(day);
  t.is(
    seen.seconds.reduce((sum, { throttled }) => sum + throttled, 0),
    0,
  );
  t.true(seen.delay.p99 <= 5.2);
  const alike = await simulate({ ...day, hasJitter: false });
  t.true(Math.max(...alike.seconds.map(requests)) >= FLEET.processes, 'all at once');
});

test('a fleet whose flush interval is too short has no more than half of its requests refused', async (t) => {
  const seen = await simulate({
    processes: 50,
    load: 'busy',
    flushIntervalMs: 1000,
    seconds: 120,
    quotas: QUOTAS,
    seed: 1,
  });
  const sum = (figure: (second: Second) => number) =>
    seen.seconds.reduce((all, second) => all + figure(second), 0);
  t.true(sum(({ throttled }) => throttled) <= 0.55 * sum(requests));
  t.is(seen.delivered, seen.accepted);
});

test('the same seed gives the same figures', async (t) => {
  t.deepEqual(await simulate(FLEET), await simulate(FLEET));
});
