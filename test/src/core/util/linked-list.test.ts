import { LinkedList } from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

test('a linked list has the contents of an array after the same changes', (t) => {
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
