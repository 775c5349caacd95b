import {
  acquireBuffer,
  Batch,
  DeliveryQueue,
  type Destination,
  QueuedBatch,
  type StoredBatch,
} from '@putlogs/core/internal';
import test from 'ava';
import fc from 'fast-check';

const destination: Destination = {
  nameAt: () => ({ logGroupName: '/test/app', logStreamName: 'stream', entity: undefined }),
  send: () => Promise.reject(new Error('nothing is sent here')),
};

const always = () => true;

const batchWith = (timestamp: number, message: string) => Batch.of([JSON.stringify({ timestamp, message })]);

const batchOf = (bytes: number) => batchWith(1_795_521_600_000, 'x'.repeat(bytes));

function storedAs(isPersisted: boolean): StoredBatch {
  return {
    isPersisting: true,
    isPersisted,
    written: Promise.resolve(isPersisted),
    mayLeaveMemory: () => isPersisted,
    release: () => undefined,
    read: () => Promise.resolve({ kind: 'read', batch: batchOf(100) }),
    accepted: () => undefined,
    settle: () => undefined,
    leave: () => undefined,
  };
}

/** Takes one out, if it is there. */
function take(queue: DeliveryQueue, queued: QueuedBatch | undefined): QueuedBatch | undefined {
  if (queued !== undefined) queue.complete(queued);
  return queued;
}

function takeAll(queue: DeliveryQueue, queuedBatches = queue.all()): QueuedBatch[] {
  for (const queued of queuedBatches) queue.complete(queued);
  return queuedBatches;
}

const positions = (queuedBatches: readonly QueuedBatch[]) => queuedBatches.map(({ position }) => position);

/** What is launched, and done with, one after the other. */
function launchAll(queue: DeliveryQueue): number[] {
  const launched: QueuedBatch[] = [];
  for (let next = queue.take(always); next !== undefined; next = queue.take(always)) {
    launched.push(next);
    queue.complete(next);
  }
  return positions(launched);
}

/** So many batches of one event; those at these positions are on disk, all of them or not yet. */
function backlogOf(count: number, stored: Readonly<Record<number, boolean>> = {}): DeliveryQueue {
  const queue = new DeliveryQueue();
  for (let i = 0; i < count; i++) {
    const isPersisted = stored[i];
    queue.add(destination, batchOf(100), isPersisted === undefined ? undefined : storedAs(isPersisted));
  }
  return queue;
}

/** So many are in flight. */
function launch(queue: DeliveryQueue, count: number): QueuedBatch[] {
  return Array.from({ length: count }, () => {
    const queued = queue.take(always);
    if (queued === undefined) throw new Error('nothing waits');
    return queued;
  });
}

for (const [what, order] of [
  ['in order', [0, 1, 2, 3]],
  ['in reverse', [3, 2, 1, 0]],
  ['in any order', [2, 0, 3, 1]],
] as const) {
  test(`what comes back ${what} takes its old place`, (t) => {
    const queue = backlogOf(6);
    const inFlight = launch(queue, 4);
    for (const index of order) {
      const queued = inFlight[index];
      if (queued !== undefined) queue.requeue(queued);
    }
    t.deepEqual(launchAll(queue), [0, 1, 2, 3, 4, 5]);
    t.true(queue.isEmpty);
  });
}

test('the parts of a batch take its place', (t) => {
  const queue = new DeliveryQueue();
  const batch = Batch.of(['a', 'b', 'c'].map((message) => JSON.stringify({ timestamp: 0, message })));
  for (const one of [batchOf(1), batch, batchOf(1)]) queue.add(destination, one);
  const [, middle, last] = launch(queue, 3);
  const halves = middle?.halves(batch);
  if (middle === undefined || last === undefined || halves === undefined) return t.fail();
  queue.requeue(last);
  queue.requeue(middle, halves);
  t.false(queue.isInFlight(middle));
  t.is(queue.inFlight, 1);
  t.deepEqual(launchAll(queue), [1, 2, 4]);
  t.true(queue.isSettled(0));
  t.false(queue.isSettled(1), 'the first is in flight');
});

test('all are taken at once, oldest first, and those in flight with them', (t) => {
  const queue = backlogOf(3);
  launch(queue, 1);
  t.deepEqual(positions(takeAll(queue)), [0, 1, 2]);
  t.is(queue.heldBytes, 0);
  t.is(queue.inFlight, 0);
  t.is(take(queue, queue.oldestInMemory(destination)), undefined);
  t.deepEqual(takeAll(queue), []);
});

/** The same in the plainest way: one array, and a look at all of it for each question. */
class Model {
  all: { position: number; size: number; destination: number; isPersisting: boolean; isInFlight: boolean }[] =
    [];
  readonly isFree = [true, true, true];

  waiting() {
    return this.all.filter(({ isInFlight }) => !isInFlight).toSorted((a, b) => a.position - b.position);
  }

  inFlight() {
    return this.all.filter(({ isInFlight }) => isInFlight);
  }

  remove(position: number): void {
    this.all = this.all.filter((one) => one.position !== position);
  }
}

type Step =
  | {
      readonly do: 'add';
      readonly destination: number;
      readonly size: number;
      readonly isPersisting: boolean;
    }
  | { readonly do: 'turn'; readonly destination: number }
  | { readonly do: 'launch' | 'take' | 'takeOnDisk' | 'takeInMemoryAlone' }
  | { readonly do: 'complete' | 'requeue' | 'split'; readonly which: number };

const sender3 = fc.nat({ max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      destination: sender3,
      size: fc.integer({ min: 1, max: 5 }),
      isPersisting: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('launch' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('turn' as const), destination: sender3 }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('complete' as const, 'requeue' as const, 'split' as const),
      which: fc.nat({ max: 9 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('take' as const, 'takeOnDisk' as const, 'takeInMemoryAlone' as const),
    }),
  },
);

test('whatever comes and goes: it does what one array would do that is searched each time', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (script) => {
      const freed: Destination[] = [];
      const queue = new DeliveryQueue((one) => freed.push(one));
      const destinations = [0, 1, 2].map(() => ({ ...destination }));
      const queuedBatches = new Map<number, QueuedBatch>();
      const model = new Model();
      const mayGo = (one: Destination, inFlight: number) =>
        (model.isFree[destinations.indexOf(one)] ?? false) && inFlight < 2;
      for (const one of script) {
        switch (one.do) {
          case 'add': {
            const events = Array.from({ length: one.size }, (_, i) =>
              JSON.stringify({ timestamp: i, message: `${i}` }),
            );
            const to = destinations[one.destination] ?? destination;
            const position = queue.endPosition;
            queue.add(to, Batch.of(events), one.isPersisting ? storedAs(true) : undefined);
            model.all.push({ ...one, position, isInFlight: false });
            break;
          }
          case 'turn': {
            model.isFree[one.destination] = !model.isFree[one.destination];
            queue.recall(destinations[one.destination] ?? destination);
            break;
          }
          case 'launch': {
            const expected = model
              .waiting()
              .find(
                (waits) =>
                  model.isFree[waits.destination] &&
                  model.inFlight().filter((flies) => flies.destination === waits.destination).length < 2,
              );
            const launched = queue.take(mayGo);
            t.is(launched?.position, expected?.position);
            if (expected === undefined || launched === undefined) break;
            expected.isInFlight = true;
            queuedBatches.set(expected.position, launched);
            break;
          }
          case 'complete':
          case 'requeue':
          case 'split': {
            const flies = model.inFlight()[one.which];
            const queued = flies && queuedBatches.get(flies.position);
            if (flies === undefined || queued === undefined) break;
            t.true(queue.isInFlight(queued));
            freed.length = 0;
            const halves = one.do === 'split' && queued.batch && queued.halves(queued.batch);
            if (halves) {
              queue.requeue(queued, halves);
              model.remove(flies.position);
              for (const { position, size } of halves)
                model.all.push({ ...flies, position, size, isInFlight: false });
            } else if (one.do === 'complete') {
              queue.complete(queued);
              model.remove(flies.position);
            } else {
              queue.requeue(queued);
              flies.isInFlight = false;
            }
            t.true(freed.includes(queued.destination));
            t.false(queue.isInFlight(queued));
            break;
          }
          case 'take':
          case 'takeOnDisk': {
            const onDisk = one.do === 'takeOnDisk';
            const mayGo = model.waiting().filter(({ isPersisting }) => isPersisting || !onDisk);
            const owner = destinations[mayGo[0]?.destination ?? 0] ?? destination;
            const taken = take(queue, onDisk ? queue.oldestOnDisk() : queue.oldestInMemory(owner));
            const [oldest] = mayGo;
            t.is(taken?.position, oldest?.position);
            if (oldest !== undefined) model.remove(oldest.position);
            break;
          }
          case 'takeInMemoryAlone': {
            const expected = model.all
              .filter(({ isPersisting }) => !isPersisting)
              .map(({ position }) => position);
            t.deepEqual(
              positions(takeAll(queue, queue.inMemoryOnly())),
              expected.toSorted((a, b) => a - b),
            );
            for (const position of expected) model.remove(position);
          }
        }
        t.is(queue.inFlight, model.inFlight().length);
        t.is(queue.isEmpty, model.all.length === 0);
        t.is(
          queue.eventCount,
          model.all.reduce((sum, { size }) => sum + size, 0),
        );
        for (const [i, one] of destinations.entries()) {
          t.is(
            queue.isWaitingFor(one),
            model.waiting().some((waits) => waits.destination === i),
          );
          t.is(queue.inFlightOf(one), model.inFlight().filter((flies) => flies.destination === i).length);
        }
        t.is(
          destinations.reduce((sum, one) => sum + queue.heldBytesOf(one), 0),
          queue.heldBytes,
        );
        const oldest = Math.min(...model.all.map(({ position }) => position), queue.endPosition);
        t.true(queue.isSettled(oldest));
        t.is(queue.isSettled(oldest + 1), model.all.length === 0);
      }
      for (const taken of takeAll(queue)) model.remove(taken.position);
      t.is(model.all.length, 0);
      t.is(queue.heldBytes, 0);
    }),
    { numRuns: 400 },
  );
});

test('of what is on disk the newest is forgotten first, and takes its place all the same', async (t) => {
  const queue = backlogOf(4, { 0: true, 1: true, 3: false });
  const each = queue.heldBytes / 4;
  t.is(queue.evictNewest(1), each);
  t.is(queue.heldBytes, 3 * each);
  t.is(queue.evictNewest(1), each);
  t.is(queue.heldBytes, 2 * each);
  t.is(queue.evictNewest(1), 0, 'the others are in memory alone');
  const [oldest] = launch(queue, 1);
  t.is(oldest?.position, 0);
  t.is(queue.heldBytes, 2 * each, 'it took none');
  t.is((await oldest?.read())?.kind, 'read');
  t.deepEqual(oldest?.batch?.events(), batchOf(100).events());
  t.deepEqual(positions(takeAll(queue)), [0, 1, 2, 3]);
  t.is(queue.heldBytes, 0);
});

test('parts are left to the disk, which has the whole, and each is read from there again', async (t) => {
  const events = ['a', 'b', 'c', 'd', 'e'].map((message) => JSON.stringify({ timestamp: 0, message }));
  const whole = Batch.of(events);
  let settled = 0;
  const stored: StoredBatch = {
    ...storedAs(true),
    read: () => Promise.resolve({ kind: 'read', batch: Batch.of(events) }),
    settle: (count) => {
      settled += count;
    },
  };
  const queue = new DeliveryQueue();
  queue.add(destination, whole, stored);
  const split = (queued: QueuedBatch | undefined) => {
    const halves = queued?.batch && queued.halves(queued.batch);
    if (queued === undefined || halves === undefined) throw new Error('it has no halves');
    queue.requeue(queued, halves);
  };
  split(launch(queue, 1)[0]);
  const [delivered, later] = launch(queue, 2);
  split(later);
  t.true(queue.evictNewest(Number.POSITIVE_INFINITY) > 0);
  if (delivered !== undefined) queue.complete(delivered);
  t.is(queue.heldBytes, 0);
  const parts = launch(queue, 2);
  const texts: unknown[] = [];
  for (const part of parts) {
    t.is((await part.read()).kind, 'read');
    texts.push(part.batch?.events());
    part.settle({ kind: 'dropped', reason: 'bufferFull' });
  }
  t.deepEqual(texts, [events.slice(2, 3), events.slice(3)]);
  t.is(settled, 3);
});

test('what has other times than the disk has does not leave memory', (t) => {
  const queue = backlogOf(1, { 0: true });
  const [queued] = launch(queue, 1);
  if (queued === undefined) return t.fail();
  queue.requeue(queued, queued.replacedBy([batchWith(1, 'x')]));
  t.is(queue.evictNewest(Number.POSITIVE_INFINITY), 0);
  t.true(queue.heldBytes > 0);
});

test('what is in flight is not forgotten, and takes its memory back', async (t) => {
  const queue = backlogOf(2, { 0: true, 1: true });
  const each = queue.heldBytes / 2;
  const [first] = launch(queue, 1);
  if (first === undefined) return t.fail();
  t.is(queue.evictNewest(Number.POSITIVE_INFINITY), each);
  t.is(queue.heldBytes, 0);
  queue.requeue(first);
  t.is(queue.heldBytes, each);
});

test('memory of a batch is for others when it is let go of, unless the disk still reads it', (t) => {
  for (const [what, isPersisted, isFree] of [
    ['no disk', undefined, true],
    ['the disk has it', true, true],
    ['the disk has not all of it', false, false],
  ] as const) {
    const memory = acquireBuffer();
    const batch = new Batch(1, memory);
    const stored = isPersisted === undefined ? undefined : storedAs(isPersisted);
    QueuedBatch.sealed(0, destination, batch, stored).release();
    t.is(acquireBuffer().buffer === memory.buffer, isFree, what);
  }
});

test('to free memory what is on disk alone is not taken', (t) => {
  const queue = backlogOf(3, { 0: true, 2: true });
  queue.evictNewest(Number.POSITIVE_INFINITY);
  t.is(take(queue, queue.oldestInMemory(destination))?.position, 1);
  t.is(queue.heldBytes, 0);
  t.is(take(queue, queue.oldestInMemory(destination)), undefined);
  t.is(takeAll(queue).length, 2);
});

test('a sender that may not go holds up no other, and is asked again when it is recalled, or one of its own lands', (t) => {
  const queue = new DeliveryQueue();
  const other: Destination = { ...destination };
  for (const one of [destination, other, destination]) queue.add(one, batchOf(1), undefined);
  const asked: Destination[] = [];
  const onlyOther = (one: Destination) => {
    asked.push(one);
    return one === other;
  };
  const launched = queue.take(onlyOther);
  t.is(launched?.destination, other);
  t.is(queue.take(onlyOther), undefined);
  t.deepEqual(asked, [destination, other], 'each was asked once');
  queue.recall(destination);
  const one = (_: Destination, inFlight: number) => inFlight === 0;
  const first = queue.take(one);
  t.is(first?.position, 0);
  t.is(queue.take(one), undefined, 'of its own it has one in flight');
  t.is(queue.inFlightOf(destination), 1);
  if (first !== undefined) queue.complete(first);
  t.is(queue.take(one)?.position, 2);
});

test('the oldest on disk is taken past those that are in memory alone', (t) => {
  const queue = backlogOf(3, { 1: false, 2: true });
  t.is(take(queue, queue.oldestOnDisk())?.position, 1);
  t.is(take(queue, queue.oldestOnDisk())?.position, 2);
  t.is(take(queue, queue.oldestOnDisk()), undefined);
  t.deepEqual(launchAll(queue), [0]);
});

test('what earlier processes left stands in front, those found later before those found first', (t) => {
  const queue = new DeliveryQueue();
  queue.add(destination, batchOf(1), undefined);
  const found = (size: number) => ({
    destination,
    stored: storedAs(true),
    outline: { size, firstTimestamp: 0, lastTimestamp: 0 },
  });
  queue.addRecovered([found(3), found(4)]);
  queue.addRecovered([found(5)]);
  t.deepEqual(launchAll(queue), [-12, -7, -4, 0]);
});

test('what is not on disk is taken, from those that wait and those in flight', (t) => {
  const queue = backlogOf(4, { 1: true, 3: true });
  const [first, second] = launch(queue, 2);
  if (first === undefined || second === undefined) return t.fail();
  t.deepEqual(positions(takeAll(queue, queue.inMemoryOnly())), [0, 2]);
  t.false(queue.isInFlight(first));
  t.true(queue.isInFlight(second));
  queue.complete(second);
  t.deepEqual(launchAll(queue), [3]);
  t.is(queue.heldBytes, 0);
});

test('however many wait, all can be taken at once', (t) => {
  const queue = new DeliveryQueue();
  const batch = batchOf(1);
  const outline = { size: 1, firstTimestamp: 0, lastTimestamp: 0 };
  const stored = (isPersisting: boolean): StoredBatch => ({
    isPersisting,
    isPersisted: isPersisting,
    written: Promise.resolve(isPersisting),
    mayLeaveMemory: () => isPersisting,
    release: () => undefined,
    read: () => Promise.resolve({ kind: 'read', batch }),
    accepted: () => undefined,
    settle: () => undefined,
    leave: () => undefined,
  });
  const [kept, lost] = [stored(true), stored(false)];
  const found = Array.from({ length: 200_000 }, (_, i) => ({
    destination,
    stored: i === 0 ? lost : kept,
    outline,
  }));
  queue.addRecovered(found);
  t.is(takeAll(queue, queue.inMemoryOnly()).length, 1);
  t.is(takeAll(queue).length, 199_999);
});
