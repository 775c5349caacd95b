import { RateLimit } from '@putlogs/core/internal';
import test from 'ava';
import { ManualClock } from '../../support/manual-clock.js';

const RATE = 1000;

function setUp() {
  const clock = new ManualClock();
  const limit = new RateLimit(RATE, clock);
  return {
    clock,
    /** How many records of 100 bytes are admitted at once. */
    burst: (level?: number) => {
      let admitted = 0;
      while (limit.admits(100, level)) admitted++;
      return admitted;
    },
    admits: (bytes: number, level?: number) => limit.admits(bytes, level),
  };
}

for (const [what, level, admitted] of [
  ['trace', 10, 50],
  ['debug', 20, 50],
  ['a level of its own below info', 29, 50],
  ['info', 30, 75],
  ['an unknown level', undefined, 75],
  ['warn', 40, 87],
  ['error', 50, 100],
  ['fatal', 60, 100],
] as const) {
  test(`of ten seconds' worth, ${what} may take ${admitted} % at once`, (t) => {
    t.is(setUp().burst(level), admitted);
  });
}

test('what lower levels leave is there for higher ones', (t) => {
  const { burst } = setUp();
  t.deepEqual([burst(20), burst(30), burst(40), burst(50), burst(60)], [50, 25, 12, 13, 0]);
});

test('the bucket fills at the rate, for the highest level first', async (t) => {
  const { clock, burst } = setUp();
  burst(50);
  await clock.advance(1000);
  t.deepEqual([burst(30), burst(50)], [0, 10]);
  await clock.advance(2500);
  t.is(burst(30), 0);
  await clock.advance(100);
  t.is(burst(30), 1);
  await clock.advance(1000);
  t.is(burst(30), 10, 'in the long run as much as the rate');
});

test('it never holds more than ten seconds are worth, however long nothing is logged', async (t) => {
  const { clock, burst } = setUp();
  await clock.advance(3_600_000);
  t.is(burst(50), 100);
});

test('it does not depend on the time of day', (t) => {
  const { clock, burst } = setUp();
  burst(50);
  clock.set(clock.now() + 3_600_000);
  t.is(burst(50), 0);
  clock.set(clock.now() - 7_200_000);
  t.is(burst(50), 0);
});

test('a record for which there is not enough takes nothing', (t) => {
  const { admits, burst } = setUp();
  t.false(admits(10_001, 50));
  t.true(admits(9_900, 50));
  t.false(admits(101, 50));
  t.is(burst(50), 1);
});
