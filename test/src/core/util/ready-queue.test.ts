import { ReadyQueue } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

const key = fc.nat({ max: 15 });
const step = fc.oneof(
  fc.record({ action: fc.constant('set' as const), key, order: fc.nat({ max: 1000 }) }),
  fc.record({ action: fc.constantFrom('delete' as const, 'recall' as const, 'forbid' as const), key }),
  fc.record({ action: fc.constant('next' as const) }),
);

test('next() returns the first key that may go, and checks other keys once until they are recalled', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (script) => {
      const ready = new ReadyQueue<number>();
      const orders = new Map<number, number>();
      const parked = new Set<number>();
      const forbidden = new Set<number>();
      for (const one of script) {
        if (one.action === 'set') {
          ready.set(one.key, one.order);
          orders.set(one.key, one.order);
        } else if (one.action === 'delete') {
          ready.delete(one.key);
          orders.delete(one.key);
          parked.delete(one.key);
        } else if (one.action === 'recall') {
          ready.recall(one.key);
          parked.delete(one.key);
          forbidden.delete(one.key);
        } else if (one.action === 'forbid') {
          forbidden.add(one.key);
        } else {
          const checked: number[] = [];
          const next = ready.next((candidate) => {
            checked.push(candidate);
            return !forbidden.has(candidate);
          });
          const last = next === undefined ? Number.POSITIVE_INFINITY : (orders.get(next) ?? Number.NaN);
          for (const [candidate, order] of orders) {
            if (parked.has(candidate) || candidate === next) continue;
            if (order < last) {
              t.true(forbidden.has(candidate) && checked.includes(candidate));
              parked.add(candidate);
            } else if (checked.includes(candidate)) {
              t.is(order, last);
              parked.add(candidate);
            }
          }
          if (next !== undefined) t.false(forbidden.has(next) || parked.has(next));
        }
      }
    }),
    { numRuns: 1000 },
  );
});
