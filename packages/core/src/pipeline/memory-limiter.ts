import type { BatchMirror } from '../batching/batch-mirror.js';
import type { Batcher } from '../batching/batcher.js';
import type { BatchStore, StoredBatch } from '../contracts/batch-store.js';
import type { Destination } from '../contracts/destination.js';
import type { DeliveryQueue } from './delivery-queue.js';
import type { QueuedBatch } from './queued-batch.js';

/** What is on disk is in memory as well as far as it goes next: this share of what may be there. */
const SPOOLED_SHARE = 1 / 4;

/** With a disk open batches take no more than this share. */
const OPEN_SHARE = 1 / 2;

/** So much has to come before more is left to the disk. */
const FREED_SHARE = 1 / 16;

/**
 * What waits takes no more memory, and no more of the disk, than it may. In memory the oldest goes of whoever holds most; on
 * disk the oldest of all, since batches share files, and a file goes with the last of them.
 */
export class MemoryLimiter {
  readonly #maxBufferBytes: number;
  readonly #open: Batcher<Destination, StoredBatch & BatchMirror>;
  readonly #queue: DeliveryQueue;
  readonly #store: BatchStore | undefined;
  readonly #pump: () => void;
  readonly #drop: (queued: QueuedBatch, reason: 'bufferFull' | 'spoolFull') => void;
  /** Above this, batches that are on disk are evicted from memory. */
  #evictAbove: number;

  /** @param pump sends what may go, of what is sealed for it @param drop settles what there is no room for */
  constructor(
    maxBufferBytes: number,
    open: Batcher<Destination, StoredBatch & BatchMirror>,
    queue: DeliveryQueue,
    store: BatchStore | undefined,
    pump: () => void,
    drop: (queued: QueuedBatch, reason: 'bufferFull' | 'spoolFull') => void,
  ) {
    this.#maxBufferBytes = maxBufferBytes;
    this.#open = open;
    this.#queue = queue;
    this.#store = store;
    this.#pump = pump;
    this.#drop = drop;
    this.#evictAbove = maxBufferBytes * SPOOLED_SHARE;
  }

  get isHalfFull(): boolean {
    return this.#heldBytes > this.#maxBufferBytes / 2;
  }

  get #heldBytes(): number {
    return this.#queue.heldBytes + this.#open.heldBytes;
  }

  /** @returns whether something was dropped */
  keep(): boolean {
    if (this.#store !== undefined) this.#sealEarly();
    if (this.#heldBytes > this.#evictAbove) this.#evict();
    let hasDropped = false;
    while (this.#heldBytes > this.#maxBufferBytes) {
      if (this.#evict(true) > 0) continue;
      const destination = this.#largestHolder();
      if (destination === undefined) break;
      const oldest = this.#queue.oldestInMemory(destination);
      if (oldest === undefined) {
        this.#open.sealOldest(destination);
        this.#pump();
      } else {
        this.#drop(oldest, 'bufferFull');
        hasDropped = true;
      }
    }
    while (this.#store?.isFull) {
      const oldest = this.#queue.oldestOnDisk();
      if (oldest === undefined) break; // the files are those of open batches and of those in flight
      this.#drop(oldest, 'spoolFull');
      hasDropped = true;
    }
    return hasDropped;
  }

  /** A flood of one log stream takes no room from the others. */
  #largestHolder(): Destination | undefined {
    let largest: Destination | undefined;
    let most = 0;
    for (const destinations of [this.#queue.destinations, this.#open.destinations]) {
      for (const destination of destinations) {
        const held = this.#queue.heldBytesOf(destination) + this.#open.heldBytesOf(destination);
        if (held <= most) continue;
        largest = destination;
        most = held;
      }
    }
    return largest;
  }

  /** What is open cannot leave memory: with many log streams it is sealed before room is short, for the disk to take it. */
  #sealEarly(): void {
    if (this.#open.heldBytes <= this.#maxBufferBytes * OPEN_SHARE) return;
    while (this.#open.heldBytes > this.#maxBufferBytes * OPEN_SHARE) this.#open.sealOldest();
    this.#pump();
  }

  /**
   * Leaves to the disk what it has, but for what goes next.
   * @param atOnce whether something has to be dropped otherwise
   * @returns the bytes of memory that are free now
   */
  #evict(atOnce = false): number {
    if (this.#store === undefined) return 0;
    const enough = this.#maxBufferBytes * SPOOLED_SHARE;
    const freed = this.#queue.evictNewest(this.#heldBytes - enough, atOnce);
    // They are looked for among all that wait: before more has come, there are no others to find.
    this.#evictAbove = Math.max(enough, this.#heldBytes) + this.#maxBufferBytes * FREED_SHARE;
    return freed;
  }
}
