import type { Batcher } from '../batching/batcher.js';
import type { BatchStore, MirroredBatch } from '../contracts/batch-store.js';
import type { Destination } from '../contracts/destination.js';
import type { DeliveryQueue } from './delivery-queue.js';
import type { QueuedBatch } from './queued-batch.js';

/** With a spool, batches on disk leave memory above this share of `maxBufferBytes`. The next ones to be sent stay. */
const SPOOLED_SHARE = 1 / 4;

/** With a spool, open batches take at most this share of `maxBufferBytes`. */
const OPEN_SHARE = 1 / 2;

/** After an eviction this share of `maxBufferBytes` must come in before the next one. */
const EVICTION_STEP_SHARE = 1 / 16;

/** What else has to be done to get back within the limits. */
export type Relief =
  /** Seal the oldest open batch of the destination, or of all destinations, and send what can be sent. */
  | { readonly kind: 'seal'; readonly destination: Destination | undefined }
  | { readonly kind: 'drop'; readonly queued: QueuedBatch; readonly reason: 'bufferFull' | 'spoolFull' };

/**
 * Keeps waiting batches within `maxBufferBytes` of memory, and the spool within its size. It evicts batches that are on disk
 * from memory, and says what has to be sealed or dropped. Memory gives up the oldest batch of the destination that holds most.
 * The disk gives up the oldest batch of all, since batches share files and a file can go only with its last batch.
 */
export class MemoryLimiter {
  readonly #maxBufferBytes: number;
  readonly #batcher: Batcher<Destination, MirroredBatch>;
  readonly #queue: DeliveryQueue;
  readonly #store: BatchStore | undefined;
  /** Above this, batches that are on disk are evicted from memory. */
  #evictAbove: number;

  constructor(
    maxBufferBytes: number,
    batcher: Batcher<Destination, MirroredBatch>,
    queue: DeliveryQueue,
    store: BatchStore | undefined,
  ) {
    this.#maxBufferBytes = maxBufferBytes;
    this.#batcher = batcher;
    this.#queue = queue;
    this.#store = store;
    this.#evictAbove = maxBufferBytes * SPOOLED_SHARE;
  }

  get isHalfFull(): boolean {
    return this.heldBytes > this.#maxBufferBytes / 2;
  }

  /** What counts towards `maxBufferBytes`. */
  get heldBytes(): number {
    return this.#queue.heldBytes + this.#batcher.heldBytes;
  }

  /**
   * Evicts batches as far as the limits ask for it.
   * @returns what has to be done next, or undefined within the limits. Call it again after that is done
   */
  relieve(): Relief | undefined {
    // Open batches cannot be evicted. With many destinations they are sealed early, for the disk to take them.
    if (this.#store !== undefined && this.#batcher.heldBytes > this.#maxBufferBytes * OPEN_SHARE)
      return { kind: 'seal', destination: undefined };
    if (this.heldBytes > this.#evictAbove) this.#evict(false);
    return this.#reliefOfMemory() ?? this.#reliefOfDisk();
  }

  #reliefOfMemory(): Relief | undefined {
    while (this.heldBytes > this.#maxBufferBytes) {
      if (this.#evict(true) > 0) continue;
      const destination = this.#largestHolder();
      if (destination === undefined) return undefined;
      const queued = this.#queue.oldestInMemory(destination);
      return queued === undefined
        ? { kind: 'seal', destination }
        : { kind: 'drop', queued, reason: 'bufferFull' };
    }
    return undefined;
  }

  #reliefOfDisk(): Relief | undefined {
    if (!this.#store?.isFull) return undefined;
    const queued = this.#queue.oldestWithCopy();
    // Without one, the files belong to open batches and to batches in flight.
    return queued && { kind: 'drop', queued, reason: 'spoolFull' };
  }

  /** A flood to one destination must not take the room of the others. */
  #largestHolder(): Destination | undefined {
    let largest: Destination | undefined;
    let most = 0;
    for (const destinations of [this.#queue.destinations, this.#batcher.destinations]) {
      for (const destination of destinations) {
        const held = this.#queue.heldBytesOf(destination) + this.#batcher.heldBytesOf(destination);
        if (held <= most) continue;
        largest = destination;
        most = held;
      }
    }
    return largest;
  }

  /**
   * Evicts batches that are on disk, except for those that are sent next.
   * @param atOnce whether something has to be dropped otherwise
   * @returns the bytes of memory that were freed
   */
  #evict(atOnce: boolean): number {
    if (this.#store === undefined) return 0;
    const enough = this.#maxBufferBytes * SPOOLED_SHARE;
    const freed = this.#queue.evictNewest(this.heldBytes - enough, atOnce);
    // An eviction searches all waiting batches. Until more has come in, it would find nothing new.
    this.#evictAbove = Math.max(enough, this.heldBytes) + this.#maxBufferBytes * EVICTION_STEP_SHARE;
    return freed;
  }
}
