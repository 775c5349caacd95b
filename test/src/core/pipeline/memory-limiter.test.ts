import {
  Batch,
  Batcher,
  DeliveryQueue,
  type Destination,
  MemoryLimiter,
  type StoredBatch,
  toLogEvents,
} from '@putlogs/core/internal';
import test from 'ava';

const NOON = Date.UTC(2026, 10, 24, 12);

const destination = (logStreamName: string): Destination => ({
  nameAt: () => ({ logGroupName: '/test/app', logStreamName, entity: undefined }),
  send: () => Promise.reject(new Error('nothing is sent here')),
  explain: () => 'nothing fails here',
});

const [one, other] = [destination('one'), destination('other')];

/** A batch that is wholly on disk. */
const PERSISTED: StoredBatch = {
  isPersisting: true,
  isPersisted: true,
  whenPersisted: Promise.resolve(true),
  mayLeaveMemory: () => true,
  release: () => undefined,
  read: () => Promise.reject(new Error('nothing is read here')),
  accepted: () => undefined,
  settle: () => undefined,
  leave: () => undefined,
};

function setUp({ isStoreFull = false } = {}) {
  const queue = new DeliveryQueue();
  const batcher = new Batcher<Destination, never>(
    { sealed: () => undefined, tooManyOpenBatches: () => undefined },
    () => undefined,
  );
  const store = { isFull: isStoreFull, whenFull: () => undefined, create: () => undefined };
  return {
    queue,
    batcher,
    open(destination: Destination): void {
      for (const event of toLogEvents(NOON, 'open')) batcher.add(destination, event);
    },
    enqueue(destination: Destination, stored?: StoredBatch): void {
      queue.add(destination, Batch.of([JSON.stringify({ timestamp: NOON, message: 'queued' })]), stored);
    },
    limiter: (maxBufferBytes: number) => new MemoryLimiter(maxBufferBytes, batcher, queue, undefined),
    limiterWithStore: (maxBufferBytes: number) => new MemoryLimiter(maxBufferBytes, batcher, queue, store),
  };
}

test('with a store, open batches that take more than half of the memory are sealed', (t) => {
  const { batcher, open, limiter, limiterWithStore } = setUp();
  open(one);
  const half = batcher.heldBytes;
  t.is(limiterWithStore(2 * half).relieve(), undefined);
  t.deepEqual(limiterWithStore(2 * half - 1).relieve(), { kind: 'seal', destination: undefined });
  t.is(limiter(2 * half - 1).relieve(), undefined, 'without a store they may take all of it');
});

test('batches on disk leave memory above a quarter of it', (t) => {
  const { queue, enqueue, limiterWithStore } = setUp();
  for (let i = 0; i < 16; i++) enqueue(one, PERSISTED);
  const held = queue.heldBytes;
  t.is(limiterWithStore(4 * held).relieve(), undefined);
  t.is(queue.heldBytes, held);
  t.is(limiterWithStore(4 * held - 4).relieve(), undefined);
  t.is(queue.heldBytes, held - held / 16);
});

test('the next eviction waits until a sixteenth of the memory has come in', (t) => {
  const { queue, enqueue, limiterWithStore } = setUp();
  enqueue(one, PERSISTED);
  const each = queue.heldBytes;
  // A quarter are four batches, a sixteenth is one.
  const limiter = limiterWithStore(16 * each);
  const heldAfter = (count: number) => {
    for (let i = 0; i < count; i++) enqueue(one, PERSISTED);
    limiter.relieve();
    return queue.heldBytes / each;
  };
  t.is(heldAfter(4), 4, 'five are more than a quarter');
  t.is(heldAfter(1), 5, 'no more than a sixteenth has come in');
  t.is(heldAfter(1), 4);
});

test('without a store, the destination that holds most gives up its oldest batch', (t) => {
  const { queue, enqueue, limiter } = setUp();
  enqueue(one);
  enqueue(other);
  enqueue(other);
  t.is(limiter(queue.heldBytes).relieve(), undefined);
  t.deepEqual(limiter(queue.heldBytes - 1).relieve(), {
    kind: 'drop',
    queued: queue.oldestInMemory(other),
    reason: 'bufferFull',
  });
});

test('where nothing is queued, the destination that holds most is sealed first', (t) => {
  const { batcher, open, limiter } = setUp();
  open(one);
  open(other);
  open(other);
  const held = batcher.heldBytes;
  t.is(limiter(held).relieve(), undefined);
  const relief = limiter(held - 1).relieve();
  t.is(relief?.kind, 'seal');
});

test('a full store gives up the oldest batch of all', (t) => {
  const { queue, enqueue, limiterWithStore } = setUp({ isStoreFull: true });
  const limiter = limiterWithStore(1024 * 1024);
  t.is(limiter.relieve(), undefined, 'its files belong to batches that cannot be dropped now');
  enqueue(one);
  enqueue(other, PERSISTED);
  enqueue(one, PERSISTED);
  t.deepEqual(limiter.relieve(), { kind: 'drop', queued: queue.oldestWithCopy(), reason: 'spoolFull' });
});

test('memory is half full above one half', (t) => {
  const { queue, batcher, open, enqueue, limiter } = setUp();
  open(one);
  enqueue(one);
  const held = queue.heldBytes + batcher.heldBytes;
  t.false(limiter(2 * held).isHalfFull);
  t.true(limiter(2 * held - 1).isHalfFull);
});
