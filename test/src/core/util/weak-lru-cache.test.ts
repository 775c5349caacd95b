import { WeakLruCache } from '@putlogs/core/internal';
import test from 'ava';
import { collectGarbage } from '../../support/gc.js';
import { range } from '../../support/harness.js';
import { until } from '../../support/until.js';

const create = (key: string) => ({ key });
const get = (pool: WeakLruCache<{ key: string }>, key: string) => pool.get(key, () => create(key));

/** What nobody holds is gone, and the pool has been told. */
function forgotten(pool: WeakLruCache<object>, size: number): Promise<void> {
  return until(`a pool of ${size}`, () => pool.size <= size, collectGarbage);
}

test('who asks with the same key gets the same', (t) => {
  const pool = new WeakLruCache<{ key: string }>(2);
  const a = get(pool, 'a');
  t.is(get(pool, 'a'), a);
  t.not(get(pool, 'b'), a);
});

test('what somebody holds stays the one for its key, however many come after it', async (t) => {
  const pool = new WeakLruCache<{ key: string }>(2);
  const a = get(pool, 'a');
  for (const i of range(1000)) get(pool, `${i}`);
  await forgotten(pool, 3);
  t.is(pool.size, 3);
  t.is(get(pool, 'a'), a);
});

test('of what nobody holds only the last ones are kept', async (t) => {
  const pool = new WeakLruCache<{ key: string }>(2);
  const seen = new WeakSet<object>();
  for (const key of ['a', 'b', 'c']) seen.add(get(pool, key));
  seen.add(get(pool, 'b'));
  seen.add(get(pool, 'd'));
  await forgotten(pool, 2);
  t.true(seen.has(get(pool, 'b')));
  t.true(seen.has(get(pool, 'd')));
  t.false(seen.has(get(pool, 'a')));
});
