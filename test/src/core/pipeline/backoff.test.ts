import { backoffMs, MAX_FAILURES } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

for (const [failures, span] of [
  [1, 100],
  [2, 200],
  [3, 400],
  [4, 800],
  [5, 1600],
  [6, 3200],
  [7, 6400],
  [8, 12_800],
  [9, 20_000],
  [10, 20_000],
  [50, 20_000],
  [5000, 20_000],
] as const) {
  test(`after ${failures} failures the pause is a random part of ${span} ms`, (t) => {
    t.is(
      backoffMs('unavailable', failures, () => 0),
      0,
    );
    t.is(
      backoffMs('unavailable', failures, () => 0.5),
      span / 2,
    );
    t.is(
      backoffMs('unavailable', failures, () => 0.999),
      span * 0.999,
    );
  });
}

test('a pause is never negative and never longer than 20 seconds', (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (failures, share) => {
        for (const kind of ['throttled', 'unavailable', 'missing', 'denied'] as const) {
          const ms = backoffMs(kind, failures, () => share);
          t.true(ms >= 0 && ms < 20_000);
        }
      },
    ),
  );
});

test('after throttling the first span is a second', (t) => {
  const spans = [1, 2, 3, 4, 5, 6].map((failures) => backoffMs('throttled', failures, () => 0.5) * 2);
  t.deepEqual(spans, [1000, 2000, 4000, 8000, 16_000, 20_000]);
});

test('MAX_FAILURES reaches the longest span for every reason', (t) => {
  for (const kind of ['throttled', 'unavailable', 'missing', 'denied'] as const)
    t.is(
      backoffMs(kind, MAX_FAILURES, () => 0.5),
      10_000,
    );
});
