import { RequestSize } from '@putlogs/core/internal';
import test from 'ava';
import { ManualClock } from '../../support/manual-clock.js';

const KIB = 1024;

test('a timeout halves the limit down to 16 KiB; small requests that time out do not', (t) => {
  const size = new RequestSize(10_000, new ManualClock());
  t.false(size.isLimited);
  size.timedOut(16 * KIB);
  t.false(size.isLimited);
  const sizes: number[] = [];
  for (let bytes = 1024 * KIB; sizes.at(-1) !== 16 * KIB; bytes = size.maxBytes) {
    size.timedOut(bytes);
    sizes.push(size.maxBytes);
  }
  t.deepEqual(
    sizes.map((bytes) => bytes / KIB),
    [512, 256, 128, 64, 32, 16],
  );
});

test('an older, larger request that times out later does not raise the limit', (t) => {
  const size = new RequestSize(10_000, new ManualClock());
  size.timedOut(64 * KIB);
  size.timedOut(1024 * KIB);
  t.is(size.maxBytes, 32 * KIB);
});

test('quick deliveries near the limit raise it until there is none', (t) => {
  const size = new RequestSize(10_000, new ManualClock());
  size.timedOut(512 * KIB);
  for (const [bytes, tookMs, limit] of [
    [256, 2500, 256],
    [100, 1, 256],
    [128, 2499, 512],
    [512, 2499, 1024],
    [512, 1, Number.POSITIVE_INFINITY],
  ] as const) {
    size.delivered(bytes * KIB, tookMs);
    t.is(size.maxBytes, limit * KIB);
  }
});

test('the limit expires five minutes after its last confirmation', async (t) => {
  const clock = new ManualClock();
  const size = new RequestSize(10_000, clock);
  size.timedOut(512 * KIB);
  await clock.advance(299_999);
  t.true(size.isLimited);
  size.delivered(256 * KIB, 5000);
  await clock.advance(299_999);
  t.true(size.isLimited);
  size.delivered(1, 1);
  await clock.advance(1);
  t.false(size.isLimited);
});
