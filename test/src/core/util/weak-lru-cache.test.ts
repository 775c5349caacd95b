import { WeakLruCache } from '@putlogs/core/internal';
import test from 'ava';
import { collectGarbage } from '../../support/gc.js';
import { range } from '../../support/harness.js';
import { until } from '../../support/until.js';

const create = (key: string) => ({ key });
const get = (cache: WeakLruCache<{ key: string }>, key: string) => cache.get(key, () => create(key));

/** Waits until unreferenced items are collected. */
function shrunkTo(size: number, cache: WeakLruCache<object>): Promise<void> {
  return until(`a cache of ${size} items`, () => cache.size <= size, collectGarbage);
}

test('the same key returns the same item', (t) => {
  const cache = new WeakLruCache<{ key: string }>(2);
  const a = get(cache, 'a');
  t.is(get(cache, 'a'), a);
  t.not(get(cache, 'b'), a);
});

test('a referenced item stays in the cache, however many are added after it', async (t) => {
  const cache = new WeakLruCache<{ key: string }>(2);
  const a = get(cache, 'a');
  for (const i of range(1000)) get(cache, `${i}`);
  await shrunkTo(3, cache);
  t.is(cache.size, 3);
  t.is(get(cache, 'a'), a);
});

test('of unreferenced items, only the most recently used are kept', async (t) => {
  const cache = new WeakLruCache<{ key: string }>(2);
  const seen = new WeakSet<object>();
  for (const key of ['a', 'b', 'c']) seen.add(get(cache, key));
  seen.add(get(cache, 'b'));
  seen.add(get(cache, 'd'));
  await shrunkTo(2, cache);
  t.true(seen.has(get(cache, 'b')));
  t.true(seen.has(get(cache, 'd')));
  t.false(seen.has(get(cache, 'a')));
});
