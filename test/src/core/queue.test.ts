import test from 'ava';
import fc from 'fast-check';
import { Batch } from '../../../packages/core/dist/batch/batch.js';
import { toLogEvents } from '../../../packages/core/dist/batch/event.js';
import { type BatchSender, Parcel, type StoredBatch } from '../../../packages/core/dist/parcel.js';
import { Queue } from '../../../packages/core/dist/queue.js';

const sender: BatchSender = {
  addressFor: () => ({ logGroupName: '/test/app', logStreamName: 'stream', entity: undefined }),
  send: () => Promise.reject(new Error('nothing is sent here')),
};

const batchOf = (bytes: number) => Batch.of(toLogEvents(1_795_521_600_000, 'x'.repeat(bytes)));

const parcel = (position: number, bytes = 1) => Parcel.sealed(position, sender, batchOf(bytes));

/** One that is on disk as well, if that has it by now. */
function storedParcel(position: number, isWritten: boolean): Parcel {
  const batch = batchOf(100);
  const stored: StoredBatch = {
    isWritten,
    written: Promise.resolve(isWritten),
    read: () => Promise.resolve(batch),
    settle: () => undefined,
  };
  return Parcel.sealed(position, sender, batch, stored);
}

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
  const steps = fc.array(
    fc.option(fc.tuple(fc.nat({ max: 20 }), fc.integer({ min: 1, max: 100 })), { nil: undefined }),
  );
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
            ([number, bytes]) => number === oldest && parcel(0, bytes).heldBytes === taken?.heldBytes,
          );
          t.is(index === -1, held.length === 0, 'what is taken was there');
          if (index >= 0) held.splice(index, 1);
        } else {
          queue.add(parcel(...step));
          held.push(step);
        }
        t.is(
          queue.heldBytes,
          held.reduce((sum, one) => sum + parcel(...one).heldBytes, 0),
        );
      }
    }),
  );
});

test('of what is on disk the newest is forgotten first, and takes its place all the same', async (t) => {
  const queue = new Queue();
  for (const one of [storedParcel(1, true), storedParcel(2, true), parcel(3, 100), storedParcel(4, false)])
    queue.add(one);
  const each = queue.heldBytes / 4;
  t.true(queue.forgetNewest());
  t.is(queue.heldBytes, 3 * each);
  t.true(queue.forgetNewest());
  t.is(queue.heldBytes, 2 * each);
  t.false(queue.forgetNewest(), 'the others are in memory alone');
  const oldest = queue.takeOldest();
  t.is(oldest?.position, 1);
  t.is(queue.heldBytes, 2 * each, 'it took none');
  t.deepEqual((await oldest?.read())?.events(), batchOf(100).events());
  t.deepEqual(numbers(queue), [2, 3, 4]);
  t.is(queue.heldBytes, 0);
});

test('the oldest on disk is taken past those that are in memory alone', (t) => {
  const queue = new Queue();
  for (const one of [parcel(1), storedParcel(2, false), storedParcel(3, true)]) queue.add(one);
  t.is(queue.takeOldestStored()?.position, 2);
  t.is(queue.takeOldestStored()?.position, 3);
  t.is(queue.takeOldestStored(), undefined);
  t.deepEqual(numbers(queue), [1]);
});
