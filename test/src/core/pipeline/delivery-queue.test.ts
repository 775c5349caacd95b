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
  send: () => Promise.reject(new Error('nothing may be sent')),
  explain: () => 'nothing fails here',
};

const always = () => true;

const batchWith = (timestamp: number, message: string) => Batch.of([JSON.stringify({ timestamp, message })]);

const batchOf = (bytes: number) => batchWith(1_795_521_600_000, 'x'.repeat(bytes));

function storedAs(isPersisted: boolean): StoredBatch {
  return {
    isPersisting: true,
    isPersisted,
    whenPersisted: Promise.resolve(isPersisted),
    mayLeaveMemory: () => isPersisted,
    release: () => undefined,
    read: () => Promise.resolve({ kind: 'read', batch: batchOf(100) }),
    accepted: () => undefined,
    settle: () => undefined,
    leave: () => undefined,
  };
}

/** Settles a batch, if there is one. */
function complete(queue: DeliveryQueue, queued: QueuedBatch | undefined): QueuedBatch | undefined {
  if (queued !== undefined) queue.complete(queued);
  return queued;
}

function completeAll(queue: DeliveryQueue, queuedBatches = queue.all()): QueuedBatch[] {
  for (const queued of queuedBatches) queue.complete(queued);
  return queuedBatches;
}

const positions = (queuedBatches: readonly QueuedBatch[]) => queuedBatches.map(({ position }) => position);

/** Takes and settles all batches. @returns their positions in the order in which they were taken */
function deliverAll(queue: DeliveryQueue): number[] {
  const taken: QueuedBatch[] = [];
  for (let next = queue.take(always); next !== undefined; next = queue.take(always)) {
    taken.push(next);
    queue.complete(next);
  }
  return positions(taken);
}

/** A queue of single-event batches. @param stored by position: batches with a copy on disk, complete or not yet */
function queueOf(count: number, stored: Readonly<Record<number, boolean>> = {}): DeliveryQueue {
  const queue = new DeliveryQueue();
  for (let i = 0; i < count; i++) {
    const isPersisted = stored[i];
    queue.add(destination, batchOf(100), isPersisted === undefined ? undefined : storedAs(isPersisted));
  }
  return queue;
}

/** Takes batches: they are in flight. */
function take(queue: DeliveryQueue, count: number): QueuedBatch[] {
  return Array.from({ length: count }, () => {
    const queued = queue.take(always);
    if (queued === undefined) throw new Error('no batch is waiting');
    return queued;
  });
}

for (const [what, order] of [
  ['in order', [0, 1, 2, 3]],
  ['in reverse', [3, 2, 1, 0]],
  ['in any order', [2, 0, 3, 1]],
] as const) {
  test(`batches that are requeued ${what} take their old places`, (t) => {
    const queue = queueOf(6);
    const inFlight = take(queue, 4);
    for (const index of order) {
      const queued = inFlight[index];
      if (queued !== undefined) queue.requeue(queued);
    }
    t.deepEqual(deliverAll(queue), [0, 1, 2, 3, 4, 5]);
    t.true(queue.isEmpty);
  });
}

test('the parts of a batch take its place', (t) => {
  const queue = new DeliveryQueue();
  const batch = Batch.of(['a', 'b', 'c'].map((message) => JSON.stringify({ timestamp: 0, message })));
  for (const one of [batchOf(1), batch, batchOf(1)]) queue.add(destination, one);
  const [, middle, last] = take(queue, 3);
  const halves = middle?.halves(batch);
  if (middle === undefined || last === undefined || halves === undefined) return t.fail();
  queue.requeue(last);
  queue.requeue(middle, halves);
  t.false(queue.isInFlight(middle));
  t.is(queue.inFlight, 1);
  t.deepEqual(deliverAll(queue), [1, 2, 4]);
  t.true(queue.isSettled(0));
  t.false(queue.isSettled(1), 'the first is in flight');
});

test('of a divided batch the part with a loss notice has its gap', (t) => {
  const message = JSON.stringify({ level: 'warn', message: 'putlogs: 1 "event" is missing here' });
  const batch = Batch.of(
    ['a', 'b', 'c', message].map((text) => JSON.stringify({ timestamp: 0, message: text })),
  );
  const gap = { events: 1, inFallback: 0, overRate: 0, firstTimestamp: 0, lastTimestamp: 0 };
  const queued = QueuedBatch.sealed(0, destination, batch, undefined, [{ gap, message }]);
  const halves = queued.halves(batch);
  const replaced = queued.replacedBy(batch.withTimes(() => 1));
  t.deepEqual(
    [...(halves ?? []), ...replaced].map(({ told }) => told.map((one) => one.gap)),
    [[], [gap], [gap]],
  );
});

test('all() returns all batches, oldest first, those in flight included', (t) => {
  const queue = queueOf(3);
  take(queue, 1);
  t.deepEqual(positions(completeAll(queue)), [0, 1, 2]);
  t.is(queue.heldBytes, 0);
  t.is(queue.inFlight, 0);
  t.is(complete(queue, queue.oldestInMemory(destination)), undefined);
  t.deepEqual(completeAll(queue), []);
});

/** The same behaviour in the simplest form: one array that is searched for every call. */
class Model {
  all: { position: number; size: number; destination: number; isPersisting: boolean; isInFlight: boolean }[] =
    [];
  readonly canSend = [true, true, true];

  waiting() {
    return this.all.filter(({ isInFlight }) => !isInFlight).toSorted((a, b) => a.position - b.position);
  }

  inFlight() {
    return this.all.filter(({ isInFlight }) => isInFlight);
  }

  remove(position: number): void {
    this.all = this.all.filter((batch) => batch.position !== position);
  }
}

type Step =
  | {
      readonly do: 'add';
      readonly destination: number;
      readonly size: number;
      readonly isPersisting: boolean;
    }
  | { readonly do: 'toggle'; readonly destination: number }
  | { readonly do: 'take' | 'dropFromMemory' | 'dropFromDisk' | 'dropMemoryOnly' }
  | { readonly do: 'complete' | 'requeue' | 'split'; readonly which: number };

const destinationIndex = fc.nat({ max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      destination: destinationIndex,
      size: fc.integer({ min: 1, max: 5 }),
      isPersisting: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('take' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('toggle' as const), destination: destinationIndex }) },
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
      do: fc.constantFrom('dropFromMemory' as const, 'dropFromDisk' as const, 'dropMemoryOnly' as const),
    }),
  },
);

test('in any sequence of calls the queue behaves like one array that is searched each time', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (script) => {
      const freed: Destination[] = [];
      const queue = new DeliveryQueue((one) => freed.push(one));
      const destinations = [0, 1, 2].map(() => ({ ...destination }));
      const queuedBatches = new Map<number, QueuedBatch>();
      const model = new Model();
      const maySend = (one: Destination, inFlight: number) =>
        (model.canSend[destinations.indexOf(one)] ?? false) && inFlight < 2;
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
          case 'toggle': {
            model.canSend[one.destination] = !model.canSend[one.destination];
            queue.recall(destinations[one.destination] ?? destination);
            break;
          }
          case 'take': {
            const inFlightOf = (index: number) =>
              model.inFlight().filter((batch) => batch.destination === index).length;
            const expected = model
              .waiting()
              .find((batch) => model.canSend[batch.destination] && inFlightOf(batch.destination) < 2);
            const taken = queue.take(maySend);
            t.is(taken?.position, expected?.position);
            if (expected === undefined || taken === undefined) break;
            expected.isInFlight = true;
            queuedBatches.set(expected.position, taken);
            break;
          }
          case 'complete':
          case 'requeue':
          case 'split': {
            const batch = model.inFlight()[one.which];
            const queued = batch && queuedBatches.get(batch.position);
            if (batch === undefined || queued === undefined) break;
            t.true(queue.isInFlight(queued));
            freed.length = 0;
            const halves = one.do === 'split' && queued.batch && queued.halves(queued.batch);
            if (halves) {
              queue.requeue(queued, halves);
              model.remove(batch.position);
              for (const { position, size } of halves)
                model.all.push({ ...batch, position, size, isInFlight: false });
            } else if (one.do === 'complete') {
              queue.complete(queued);
              model.remove(batch.position);
            } else {
              queue.requeue(queued);
              batch.isInFlight = false;
            }
            t.true(freed.includes(queued.destination));
            t.false(queue.isInFlight(queued));
            break;
          }
          case 'dropFromMemory':
          case 'dropFromDisk': {
            const fromDisk = one.do === 'dropFromDisk';
            const [oldest] = model.waiting().filter(({ isPersisting }) => isPersisting || !fromDisk);
            const owner = destinations[oldest?.destination ?? 0] ?? destination;
            const settled = complete(queue, fromDisk ? queue.oldestWithCopy() : queue.oldestInMemory(owner));
            t.is(settled?.position, oldest?.position);
            if (oldest !== undefined) model.remove(oldest.position);
            break;
          }
          case 'dropMemoryOnly': {
            const expected = model.all
              .filter(({ isPersisting }) => !isPersisting)
              .map(({ position }) => position);
            t.deepEqual(
              positions(completeAll(queue, queue.withoutCopy())),
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
            model.waiting().some((batch) => batch.destination === i),
          );
          t.is(queue.inFlightOf(one), model.inFlight().filter((batch) => batch.destination === i).length);
        }
        t.is(
          destinations.reduce((sum, one) => sum + queue.heldBytesOf(one), 0),
          queue.heldBytes,
        );
        const oldest = Math.min(...model.all.map(({ position }) => position), queue.endPosition);
        t.true(queue.isSettled(oldest));
        t.is(queue.isSettled(oldest + 1), model.all.length === 0);
      }
      for (const { position } of completeAll(queue)) model.remove(position);
      t.is(model.all.length, 0);
      t.is(queue.heldBytes, 0);
    }),
    { numRuns: 400 },
  );
});

test('the newest batches on disk are evicted first, and keep their places', async (t) => {
  const queue = queueOf(4, { 0: true, 1: true, 3: false });
  const each = queue.heldBytes / 4;
  t.is(queue.evictNewest(1), each);
  t.is(queue.heldBytes, 3 * each);
  t.is(queue.evictNewest(1), each);
  t.is(queue.heldBytes, 2 * each);
  t.is(queue.evictNewest(1), 0, 'the others are only in memory');
  const [oldest] = take(queue, 1);
  t.is(oldest?.position, 0);
  t.is(queue.heldBytes, 2 * each, 'it held no memory');
  t.is((await oldest?.read())?.kind, 'read');
  t.deepEqual(oldest?.batch?.events(), batchOf(100).events());
  t.deepEqual(positions(completeAll(queue)), [0, 1, 2, 3]);
  t.is(queue.heldBytes, 0);
});

test('parts of a batch on disk can be evicted, and each is read back from the whole', async (t) => {
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
    if (queued === undefined || halves === undefined) throw new Error('the batch has no halves');
    queue.requeue(queued, halves);
  };
  split(take(queue, 1)[0]);
  const [delivered, later] = take(queue, 2);
  split(later);
  t.true(queue.evictNewest(Number.POSITIVE_INFINITY) > 0);
  if (delivered !== undefined) queue.complete(delivered);
  t.is(queue.heldBytes, 0);
  const parts = take(queue, 2);
  const texts: unknown[] = [];
  for (const part of parts) {
    t.is((await part.read()).kind, 'read');
    texts.push(part.batch?.events());
    part.settle({ kind: 'dropped', reason: 'bufferFull' });
  }
  t.deepEqual(texts, [events.slice(2, 3), events.slice(3)]);
  t.is(settled, 3);
});

test('a batch whose timestamps differ from those on disk is not evicted', (t) => {
  const queue = queueOf(1, { 0: true });
  const [queued] = take(queue, 1);
  if (queued === undefined) return t.fail();
  queue.requeue(queued, queued.replacedBy([batchWith(1, 'x')]));
  t.is(queue.evictNewest(Number.POSITIVE_INFINITY), 0);
  t.true(queue.heldBytes > 0);
});

test('a batch in flight is not evicted, and counts again when it is requeued', async (t) => {
  const queue = queueOf(2, { 0: true, 1: true });
  const each = queue.heldBytes / 2;
  const [first] = take(queue, 1);
  if (first === undefined) return t.fail();
  t.is(queue.evictNewest(Number.POSITIVE_INFINITY), each);
  t.is(queue.heldBytes, 0);
  queue.requeue(first);
  t.is(queue.heldBytes, each);
});

test('the memory of a released batch is reused, unless the disk is still being written from it', (t) => {
  for (const [what, isPersisted, isReused] of [
    ['without a spool', undefined, true],
    ['on disk', true, true],
    ['not completely on disk', false, false],
  ] as const) {
    const buffer = acquireBuffer();
    const batch = new Batch(1, buffer, false);
    const stored = isPersisted === undefined ? undefined : storedAs(isPersisted);
    QueuedBatch.sealed(0, destination, batch, stored).release();
    t.is(acquireBuffer().buffer === buffer.buffer, isReused, what);
  }
});

test('the memory of a batch that is given up at a deadline is not reused, since the batch may be in flight', (t) => {
  for (const [settled, isReused] of [
    [{ kind: 'dropped', reason: 'closed' }, false],
    [{ kind: 'fallback', reason: 'closed' }, false],
    [{ kind: 'spooled' }, false],
    [{ kind: 'dropped', reason: 'bufferFull' }, true],
  ] as const) {
    const buffer = acquireBuffer();
    QueuedBatch.sealed(0, destination, new Batch(1, buffer, false)).settle(settled);
    t.is(acquireBuffer().buffer === buffer.buffer, isReused, JSON.stringify(settled));
  }
});

test('oldestInMemory() skips batches that are only on disk', (t) => {
  const queue = queueOf(3, { 0: true, 2: true });
  queue.evictNewest(Number.POSITIVE_INFINITY);
  t.is(complete(queue, queue.oldestInMemory(destination))?.position, 1);
  t.is(queue.heldBytes, 0);
  t.is(complete(queue, queue.oldestInMemory(destination)), undefined);
  t.is(completeAll(queue).length, 2);
});

test('a destination that cannot be sent to holds up no other; it is asked again when it is recalled or one of its batches is settled', (t) => {
  const queue = new DeliveryQueue();
  const other: Destination = { ...destination };
  for (const one of [destination, other, destination]) queue.add(one, batchOf(1), undefined);
  const asked: Destination[] = [];
  const onlyOther = (one: Destination) => {
    asked.push(one);
    return one === other;
  };
  t.is(queue.take(onlyOther)?.destination, other);
  t.is(queue.take(onlyOther), undefined);
  t.deepEqual(asked, [destination, other], 'each is asked once');
  queue.recall(destination);
  const oneAtATime = (_: Destination, inFlight: number) => inFlight === 0;
  const first = queue.take(oneAtATime);
  t.is(first?.position, 0);
  t.is(queue.take(oneAtATime), undefined, 'one of its batches is in flight');
  t.is(queue.inFlightOf(destination), 1);
  if (first !== undefined) queue.complete(first);
  t.is(queue.take(oneAtATime)?.position, 2);
});

test('oldestWithCopy() skips batches that are only in memory', (t) => {
  const queue = queueOf(3, { 1: false, 2: true });
  t.is(complete(queue, queue.oldestWithCopy())?.position, 1);
  t.is(complete(queue, queue.oldestWithCopy())?.position, 2);
  t.is(complete(queue, queue.oldestWithCopy()), undefined);
  t.deepEqual(deliverAll(queue), [0]);
});

test('batches of earlier processes go in front, those found later before those found first', (t) => {
  const queue = new DeliveryQueue();
  queue.add(destination, batchOf(1), undefined);
  const recovered = (size: number) => ({
    destination,
    stored: storedAs(true),
    outline: { size, firstTimestamp: 0, lastTimestamp: 0 },
  });
  queue.addRecovered([recovered(3), recovered(4)]);
  queue.addRecovered([recovered(5)]);
  t.deepEqual(deliverAll(queue), [-12, -7, -4, 0]);
});

test('withoutCopy() returns batches that are not on disk, those in flight included', (t) => {
  const queue = queueOf(4, { 1: true, 3: true });
  const [first, second] = take(queue, 2);
  if (first === undefined || second === undefined) return t.fail();
  t.deepEqual(positions(completeAll(queue, queue.withoutCopy())), [0, 2]);
  t.false(queue.isInFlight(first));
  t.true(queue.isInFlight(second));
  queue.complete(second);
  t.deepEqual(deliverAll(queue), [3]);
  t.is(queue.heldBytes, 0);
});

test('200,000 batches can be listed at once', (t) => {
  const queue = new DeliveryQueue();
  const outline = { size: 1, firstTimestamp: 0, lastTimestamp: 0 };
  const stored = (isPersisting: boolean): StoredBatch => ({ ...storedAs(isPersisting), isPersisting });
  const [persisting, lost] = [stored(true), stored(false)];
  const recovered = Array.from({ length: 200_000 }, (_, i) => ({
    destination,
    stored: i === 0 ? lost : persisting,
    outline,
  }));
  queue.addRecovered(recovered);
  t.is(completeAll(queue, queue.withoutCopy()).length, 1);
  t.is(completeAll(queue).length, 199_999);
});

test('where everything is refused, the batch that was refused least is taken, the newest of these', (t) => {
  const queue = new DeliveryQueue();
  for (const _ of [0, 1, 2, 3]) queue.add(destination, batchOf(1));
  const [first, second, third] = queue.all();
  for (const queued of [first, first, second, third]) queued?.refused(0);
  const taken: (number | undefined)[] = [];
  for (let next = queue.take(always, always); next !== undefined; next = queue.take(always, always))
    taken.push(next.position);
  t.deepEqual(taken, [3, 2, 1, 0]);
});
