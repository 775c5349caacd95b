import type { Report } from '@putlogs/core';
import { Reporter, ServiceClock } from '@putlogs/core/internal';
import test from 'ava';
import { ManualClock } from '../../support/manual-clock.js';

const NOON = Date.UTC(2026, 10, 24, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function setUp() {
  const host = new ManualClock(NOON);
  const reports: Report[] = [];
  const reporter = new Reporter((report) => reports.push(report), false, host);
  const clock = new ServiceClock(host, reporter);
  return {
    host,
    clock,
    /** The service responds. Its clock is this far ahead of the host's. */
    respond: (aheadMs: number) => clock.startSample()(new Date(host.now() + aheadMs).toUTCString()),
    problems: () => reports.map((report) => (report.kind === 'problem' ? report.message : report.kind)),
  };
}

test("the host's clock is used before the first response", (t) => {
  const { clock } = setUp();
  t.false(clock.isKnown);
  t.is(clock.offsetMs, 0);
  t.is(clock.now(), NOON);
});

for (const [aheadMs, words] of [
  [3 * HOUR, '3 hours behind that'],
  [-3 * HOUR, '3 hours ahead of that'],
  [61 * MINUTE, '1 hour 1 minute behind that'],
  [-20 * 24 * HOUR - 30 * MINUTE, '20 days 30 minutes ahead of that'],
  [MINUTE, '1 minute behind that'],
] as const) {
  test(`a host clock that is ${words} of the service is reported once`, (t) => {
    const { clock, respond, problems } = setUp();
    respond(aheadMs);
    respond(aheadMs);
    t.true(clock.isKnown);
    t.is(clock.offsetMs, aheadMs);
    t.is(clock.now(), NOON + aheadMs);
    t.is(problems().length, 1);
    t.true(
      problems()[0]?.startsWith(`The clock of this host is ${words} of CloudWatch Logs.`),
      problems()[0],
    );
    t.true(problems()[0]?.endsWith('Set the clock of this host.'));
  });
}

test('a difference of less than a minute is ignored', (t) => {
  const { clock, respond, problems } = setUp();
  for (const ms of [59_000, -59_000, 0]) {
    respond(ms);
    t.true(clock.isKnown);
    t.is(clock.offsetMs, 0);
  }
  t.deepEqual(problems(), []);
});

test('a difference around a minute does not flap', (t) => {
  const { clock, respond } = setUp();
  respond(61_000);
  respond(59_000);
  t.is(clock.offsetMs, 61_000);
  respond(0);
  t.is(clock.offsetMs, 0);
});

test('a response that took long is ignored, since the process may have been suspended', async (t) => {
  const { host, clock } = setUp();
  const finishSample = clock.startSample();
  const date = new Date(host.now()).toUTCString();
  await host.advance(3 * HOUR);
  finishSample(date);
  t.false(clock.isKnown);
});

test('a response is ignored if the clock was set meanwhile, or if its Date is invalid', (t) => {
  const { host, clock } = setUp();
  const finishSample = clock.startSample();
  host.set(NOON - HOUR);
  finishSample(new Date(NOON).toUTCString());
  clock.startSample()('soon');
  t.false(clock.isKnown);
});

test("when the host's clock is set, the difference is unknown until the next response", async (t) => {
  const { host, clock, respond } = setUp();
  respond(3 * HOUR);
  clock.observe(host.now());
  host.set(NOON + 3 * HOUR);
  clock.observe(host.now());
  t.false(clock.isKnown);
  t.is(clock.offsetMs, 0);
  respond(0);
  t.true(clock.isKnown);
  t.is(clock.offsetMs, 0);
  // Time that passes is not a clock that is set.
  await host.advance(3 * HOUR);
  clock.observe(host.now());
  t.true(clock.isKnown);
});

test('the start of the process is measured by the monotonic clock', async (t) => {
  const { host, clock, respond } = setUp();
  await host.advance(HOUR);
  host.set(NOON - 20 * 24 * HOUR);
  respond(20 * 24 * HOUR + HOUR);
  t.is(clock.processStart, NOON - MINUTE);
});
