import test from 'ava';
import fc from 'fast-check';
import { Batch } from '../../../packages/core/dist/batch/batch.js';
import { Queue } from '../../../packages/core/dist/queue.js';

const parcel = (position: number, bytes = 1) => ({ position, batch: new Batch(0, 1, Buffer.alloc(bytes)) });

function numbers(queue: Queue): number[] {
  const taken: number[] = [];
  for (let next = queue.takeOldest(); next !== undefined; next = queue.takeOldest())
    taken.push(next.position);
  return taken;
}

for (const [what, added, taken] of [
  ['nothing', [], []],
  ['what comes in order', [1, 2, 3], [1, 2, 3]],
  ['what comes back to the front', [2, 3, 1], [1, 2, 3]],
  ['what comes back to the middle', [1, 4, 2, 3], [1, 2, 3, 4]],
  ['what comes in reverse', [3, 2, 1], [1, 2, 3]],
] as const) {
  test(`the oldest goes first: ${what}`, (t) => {
    const queue = new Queue();
    for (const number of added) queue.add(parcel(number));
    t.is(queue.oldestPosition, taken[0]);
    t.deepEqual(numbers(queue), [...taken]);
    t.is(queue.oldestPosition, undefined);
  });
}

test('all are taken at once, oldest first', (t) => {
  const queue = new Queue();
  for (const number of [2, 1, 3]) queue.add(parcel(number, 10));
  t.deepEqual(
    queue.takeAll().map(({ position }) => position),
    [1, 2, 3],
  );
  t.is(queue.heldBytes, 0);
  t.is(queue.takeOldest(), undefined);
  t.deepEqual(queue.takeAll(), []);
});

test('the bytes held are those of what waits, whatever comes and goes', (t) => {
  const steps = fc.array(fc.option(fc.tuple(fc.nat({ max: 20 }), fc.nat({ max: 100 })), { nil: undefined }));
  fc.assert(
    fc.property(steps, (script) => {
      const queue = new Queue();
      const held: (readonly [number: number, bytes: number])[] = [];
      for (const step of script) {
        if (step === undefined) {
          const taken = queue.takeOldest();
          const oldest = held.length === 0 ? undefined : Math.min(...held.map(([number]) => number));
          t.is(taken?.position, oldest);
          const index = held.findIndex(
            ([number, bytes]) => number === oldest && bytes === taken?.batch.payload.length,
          );
          t.is(index === -1, held.length === 0, 'what is taken was there');
          if (index >= 0) held.splice(index, 1);
        } else {
          queue.add(parcel(...step));
          held.push(step);
        }
        t.is(
          queue.heldBytes,
          held.reduce((sum, one) => sum + parcel(...one).batch.heldBytes, 0),
        );
      }
    }),
  );
});
