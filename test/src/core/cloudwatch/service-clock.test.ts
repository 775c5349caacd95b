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
    /** The service answers, and its clock is so far ahead of the host's. */
    answer: (aheadMs: number) => clock.startSample()(new Date(host.now() + aheadMs).toUTCString()),
    told: () => reports.map((report) => (report.kind === 'problem' ? report.message : report.kind)),
  };
}

test('before the first answer the host counts', (t) => {
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
  test(`a host clock that is ${words} of the service is told, once`, (t) => {
    const { clock, answer, told } = setUp();
    answer(aheadMs);
    answer(aheadMs);
    t.true(clock.isKnown);
    t.is(clock.offsetMs, aheadMs);
    t.is(clock.now(), NOON + aheadMs);
    t.is(told().length, 1);
    t.true(told()[0]?.startsWith(`The clock of this host is ${words} of CloudWatch Logs.`), told()[0]);
    t.true(told()[0]?.endsWith('Set the clock of this host.'));
  });
}

test('a difference of less than a minute is none', (t) => {
  const { clock, answer, told } = setUp();
  for (const ms of [59_000, -59_000, 0]) {
    answer(ms);
    t.true(clock.isKnown);
    t.is(clock.offsetMs, 0);
  }
  t.deepEqual(told(), []);
});

test('one around a minute is not now one, now none', (t) => {
  const { clock, answer } = setUp();
  answer(61_000);
  answer(59_000);
  t.is(clock.offsetMs, 61_000);
  answer(0);
  t.is(clock.offsetMs, 0);
});

test('an answer that was long under way says nothing, as after a standstill', async (t) => {
  const { host, clock } = setUp();
  const hear = clock.startSample();
  const date = new Date(host.now()).toUTCString();
  await host.advance(3 * HOUR);
  hear(date);
  t.false(clock.isKnown);
});

test('nor does one during which somebody set the clock, or one with a Date that is none', (t) => {
  const { host, clock } = setUp();
  const hear = clock.startSample();
  host.set(NOON - HOUR);
  hear(new Date(NOON).toUTCString());
  clock.startSample()('soon');
  t.false(clock.isKnown);
});

test('when somebody sets the clock what was known of it is so no longer, until the next answer', async (t) => {
  const { host, clock, answer } = setUp();
  answer(3 * HOUR);
  clock.observe(host.now());
  host.set(NOON + 3 * HOUR);
  clock.observe(host.now());
  t.false(clock.isKnown);
  t.is(clock.offsetMs, 0);
  answer(0);
  t.true(clock.isKnown);
  t.is(clock.offsetMs, 0);
  // Time that merely passes is no such thing.
  await host.advance(3 * HOUR);
  clock.observe(host.now());
  t.true(clock.isKnown);
});

test('the start of the process is counted by a clock that nobody sets', async (t) => {
  const { host, clock, answer } = setUp();
  await host.advance(HOUR);
  host.set(NOON - 20 * 24 * HOUR);
  answer(20 * 24 * HOUR + HOUR);
  t.is(clock.processStart, NOON - MINUTE);
});
