import { LinkedList, ReadyQueue } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

const key = fc.nat({ max: 15 });
const step = fc.oneof(
  fc.record({ do: fc.constant('set' as const), key, place: fc.nat({ max: 1000 }) }),
  fc.record({ do: fc.constantFrom('delete' as const, 'recall' as const, 'forbid' as const), key }),
  fc.record({ do: fc.constant('next' as const) }),
);

test('the first that may go is next; who may not is asked once, until it is recalled', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (script) => {
      const ready = new ReadyQueue<number>();
      const places = new Map<number, number>();
      const aside = new Set<number>();
      const forbidden = new Set<number>();
      for (const one of script) {
        if (one.do === 'set') {
          ready.set(one.key, one.place);
          places.set(one.key, one.place);
        } else if (one.do === 'delete') {
          ready.delete(one.key);
          places.delete(one.key);
          aside.delete(one.key);
        } else if (one.do === 'recall') {
          ready.recall(one.key);
          aside.delete(one.key);
          forbidden.delete(one.key);
        } else if (one.do === 'forbid') {
          forbidden.add(one.key);
        } else {
          const asked: number[] = [];
          const next = ready.next((candidate) => {
            asked.push(candidate);
            return !forbidden.has(candidate);
          });
          const last = next === undefined ? Number.POSITIVE_INFINITY : (places.get(next) ?? Number.NaN);
          for (const [candidate, place] of places) {
            if (aside.has(candidate) || candidate === next) continue;
            if (place < last) {
              t.true(forbidden.has(candidate) && asked.includes(candidate));
              aside.add(candidate);
            } else if (asked.includes(candidate)) {
              t.is(place, last);
              aside.add(candidate);
            }
          }
          if (next !== undefined) t.false(forbidden.has(next) || aside.has(next));
        }
      }
    }),
    { numRuns: 1000 },
  );
});

test('a list is what an array would be', (t) => {
  const steps = fc.array(fc.tuple(fc.constantFrom('first', 'last', 'before', 'remove'), fc.nat({ max: 20 })));
  fc.assert(
    fc.property(steps, (script) => {
      const list = new LinkedList<number>();
      const links: ReturnType<typeof list.addLast>[] = [];
      for (const [i, [what, at]] of script.entries()) {
        const link = links[at];
        if (what === 'first') links.unshift(list.addFirst(i));
        else if (what === 'last') links.push(list.addLast(i));
        else if (link === undefined) continue;
        else if (what === 'before') links.splice(at, 0, list.addBefore(link, i));
        else {
          list.remove(link);
          links.splice(at, 1);
        }
        const values = links.map(({ value }) => value);
        t.deepEqual([...list], values);
        t.is(list.first?.value, values[0]);
        t.is(list.last?.value, values.at(-1));
      }
    }),
  );
});
