import test from 'ava';
import fc from 'fast-check';
import { Backlog } from '../../../packages/core/dist/backlog.js';
import { Batch } from '../../../packages/core/dist/batch/batch.js';
import { takeMemory } from '../../../packages/core/dist/batch/memory.js';
import { type BatchSender, Parcel, type StoredBatch } from '../../../packages/core/dist/parcel.js';

const sender: BatchSender = {
  addressFor: () => ({ logGroupName: '/test/app', logStreamName: 'stream', entity: undefined }),
  send: () => Promise.reject(new Error('nothing is sent here')),
};

const always = () => true;

const batchWith = (timestamp: number, message: string) => Batch.of([JSON.stringify({ timestamp, message })]);

const batchOf = (bytes: number) => batchWith(1_795_521_600_000, 'x'.repeat(bytes));

const parcel = (position: number, bytes = 1) => Parcel.sealed(position, sender, batchOf(bytes));

/** One that is on disk as well, if that has it by now. */
function storedParcel(position: number, isWritten: boolean): Parcel {
  return Parcel.sealed(position, sender, batchOf(100), storedAs(isWritten));
}

function storedAs(isWritten: boolean): StoredBatch {
  return {
    isKept: true,
    isWritten,
    written: Promise.resolve(isWritten),
    read: () => Promise.resolve(batchOf(100)),
    settle: () => undefined,
  };
}

const numbers = (backlog: Backlog) => {
  const launched: number[] = [];
  for (let next = backlog.launchOldest(always); next !== undefined; next = backlog.launchOldest(always)) {
    launched.push(next.position);
    backlog.land(next);
  }
  return launched;
};

for (const [what, added, taken] of [
  ['nothing', [], []],
  ['what comes in order', [1, 2, 3], [1, 2, 3]],
  ['what comes back to the front', [2, 3, 1], [1, 2, 3]],
  ['what comes back to the middle', [1, 4, 2, 3], [1, 2, 3, 4]],
  ['what comes in reverse', [3, 2, 1], [1, 2, 3]],
] as const) {
  test(`the oldest goes first: ${what}`, (t) => {
    const backlog = new Backlog();
    for (const number of added) backlog.putBack(parcel(number));
    t.is(backlog.isWaiting, taken.length > 0);
    t.true(backlog.isSettled(taken[0] ?? 0));
    t.is(backlog.isSettled((taken[0] ?? 0) + 1), taken.length === 0);
    t.deepEqual(numbers(backlog), [...taken]);
    t.false(backlog.isWaiting);
    t.true(backlog.isSettled(100));
  });
}

test('all are taken at once, oldest first', (t) => {
  const backlog = new Backlog();
  for (const number of [2, 1, 3]) backlog.putBack(parcel(number, 10));
  t.deepEqual(
    backlog.takeAll().map(({ position }) => position),
    [1, 2, 3],
  );
  t.is(backlog.heldBytes, 0);
  t.is(backlog.takeOldestInMemory(), undefined);
  t.deepEqual(backlog.takeAll(), []);
});

test('the bytes held are those of what waits, whatever comes and goes', (t) => {
  const steps = fc.array(
    fc.option(fc.tuple(fc.nat({ max: 20 }), fc.integer({ min: 1, max: 100 })), { nil: undefined }),
  );
  fc.assert(
    fc.property(steps, (script) => {
      const backlog = new Backlog();
      const held: (readonly [number: number, bytes: number])[] = [];
      for (const step of script) {
        if (step === undefined) {
          const taken = backlog.takeOldestInMemory();
          const oldest = held.length === 0 ? undefined : Math.min(...held.map(([number]) => number));
          t.is(taken?.position, oldest);
          const index = held.findIndex(
            ([number, bytes]) => number === oldest && parcel(0, bytes).heldBytes === taken?.heldBytes,
          );
          t.is(index === -1, held.length === 0, 'what is taken was there');
          if (index >= 0) held.splice(index, 1);
        } else {
          backlog.putBack(parcel(...step));
          held.push(step);
        }
        t.is(
          backlog.heldBytes,
          held.reduce((sum, one) => sum + parcel(...one).heldBytes, 0),
        );
      }
    }),
  );
});

test('of what is on disk the newest is forgotten first, and takes its place all the same', async (t) => {
  const backlog = new Backlog();
  for (const one of [storedParcel(1, true), storedParcel(2, true), parcel(3, 100), storedParcel(4, false)])
    backlog.putBack(one);
  const each = backlog.heldBytes / 4;
  t.is(backlog.forgetNewest(1), each);
  t.is(backlog.heldBytes, 3 * each);
  t.is(backlog.forgetNewest(1), each);
  t.is(backlog.heldBytes, 2 * each);
  t.is(backlog.forgetNewest(1), 0, 'the others are in memory alone');
  const oldest = backlog.launchOldest(always);
  t.is(oldest?.position, 1);
  t.is(backlog.heldBytes, 2 * each, 'it took none');
  t.deepEqual((await oldest?.read())?.events(), batchOf(100).events());
  t.deepEqual(
    backlog.takeAll().map(({ position }) => position),
    [2, 3, 4, 1],
  );
  t.is(backlog.heldBytes, 0);
});

test('memory of a batch is for others when it is let go of, unless the disk still reads it', (t) => {
  for (const [what, isWritten, isFree] of [
    ['no disk', undefined, true],
    ['the disk has it', true, true],
    ['the disk has not all of it', false, false],
  ] as const) {
    const memory = takeMemory();
    const batch = new Batch(1, memory);
    const stored = isWritten === undefined ? undefined : storedAs(isWritten);
    Parcel.sealed(0, sender, batch, stored).release();
    t.is(takeMemory().buffer === memory.buffer, isFree, what);
  }
});

test('to free memory what is on disk alone is not taken', (t) => {
  const backlog = new Backlog();
  backlog.putBack(storedParcel(1, true), parcel(2), storedParcel(3, true));
  backlog.forgetNewest(Number.POSITIVE_INFINITY);
  t.is(backlog.heldBytes, parcel(2).heldBytes);
  t.is(backlog.takeOldestInMemory()?.position, 2);
  t.is(backlog.takeOldestInMemory(), undefined);
  t.is(backlog.takeAll().length, 2);
});

test('a sender that may not go holds up no other', (t) => {
  const backlog = new Backlog();
  const other: BatchSender = { ...sender };
  for (const one of [sender, other, sender]) backlog.add(one, batchOf(1), undefined);
  const launched = backlog.launchOldest((asked) => asked === other);
  t.is(launched?.sender, other);
  t.is(
    backlog.launchOldest((asked) => asked === other),
    undefined,
  );
  t.is(backlog.launchOldest((_, inFlight) => inFlight === 0)?.position, 0);
  t.is(
    backlog.launchOldest((_, inFlight) => inFlight === 0),
    undefined,
    'of its own it has one in flight',
  );
  t.is(backlog.inFlightOf(sender), 1);
});

test('the oldest on disk is taken past those that are in memory alone', (t) => {
  const backlog = new Backlog();
  for (const one of [parcel(1), storedParcel(2, false), storedParcel(3, true)]) backlog.putBack(one);
  t.is(backlog.takeOldestOnDisk()?.position, 2);
  t.is(backlog.takeOldestOnDisk()?.position, 3);
  t.is(backlog.takeOldestOnDisk(), undefined);
  t.deepEqual(numbers(backlog), [1]);
});

test('what is in flight is not settled, comes back to its place, or lands', (t) => {
  const backlog = new Backlog();
  for (const text of ['a', 'b']) backlog.add(sender, batchWith(0, text), undefined);
  t.is(backlog.end, 2);
  const first = backlog.launchOldest(always);
  if (first === undefined) return t.fail();
  t.is(backlog.inFlight, 1);
  t.false(backlog.isSettled(1));
  t.true(backlog.land(first));
  t.false(backlog.land(first), 'once');
  backlog.putBack(first);
  t.is(backlog.launchOldest(always), first);
  t.true(backlog.land(first));
  t.true(backlog.isSettled(1));
  t.false(backlog.isSettled(2));
});

test('what earlier processes left stands in front, those found later before those found first', (t) => {
  const backlog = new Backlog();
  backlog.add(sender, batchOf(1), undefined);
  const found = (size: number) => ({
    sender,
    stored: {
      isKept: true,
      isWritten: true,
      written: Promise.resolve(true),
      read: async () => batchOf(1),
      settle: () => undefined,
    },
    outline: { size, begin: 0, end: 0 },
  });
  backlog.addFound([found(3), found(4)]);
  backlog.addFound([found(5)]);
  t.deepEqual(numbers(backlog), [-12, -7, -4, 0]);
});

test('what is not on disk is taken, from those that wait and those in flight', (t) => {
  const backlog = new Backlog();
  backlog.putBack(parcel(1), storedParcel(2, true), parcel(3), storedParcel(4, true));
  const [one, two] = [backlog.launchOldest(always), backlog.launchOldest(always)];
  t.deepEqual(
    backlog.takeInMemoryAlone().map(({ position }) => position),
    [3, 1],
  );
  t.false(one !== undefined && backlog.land(one));
  t.true(two !== undefined && backlog.land(two));
  t.deepEqual(numbers(backlog), [4]);
  t.is(backlog.heldBytes, 0);
});

test('however many wait, all can be taken at once', (t) => {
  const backlog = new Backlog();
  const batch = batchOf(1);
  const outline = { size: 1, begin: 0, end: 0 };
  const stored = (isKept: boolean): StoredBatch => ({
    isKept,
    isWritten: isKept,
    written: Promise.resolve(isKept),
    read: () => Promise.resolve(batch),
    settle: () => undefined,
  });
  const [kept, lost] = [stored(true), stored(false)];
  const found = Array.from({ length: 200_000 }, (_, i) => ({
    sender,
    stored: i === 0 ? lost : kept,
    outline,
  }));
  backlog.addFound(found);
  t.is(backlog.takeInMemoryAlone().length, 1);
  t.is(backlog.takeAll().length, 199_999);
});
