import type { Backlog } from './backlog.js';
import type { Copy, OpenBatches } from './batch/open-batches.js';
import type { BatchSender, BatchStore, Parcel, StoredBatch } from './parcel.js';

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
export class Bounds {
  readonly #maxBufferBytes: number;
  readonly #open: OpenBatches<BatchSender, StoredBatch & Copy>;
  readonly #backlog: Backlog;
  readonly #store: BatchStore | undefined;
  readonly #pump: () => void;
  readonly #drop: (parcel: Parcel, reason: 'bufferFull' | 'spoolFull') => void;
  /** Above this, batches that are on disk are evicted from memory. */
  #spareAbove: number;

  /** @param pump sends what may go, of what is sealed for it @param drop settles what there is no room for */
  constructor(
    maxBufferBytes: number,
    open: OpenBatches<BatchSender, StoredBatch & Copy>,
    backlog: Backlog,
    store: BatchStore | undefined,
    pump: () => void,
    drop: (parcel: Parcel, reason: 'bufferFull' | 'spoolFull') => void,
  ) {
    this.#maxBufferBytes = maxBufferBytes;
    this.#open = open;
    this.#backlog = backlog;
    this.#store = store;
    this.#pump = pump;
    this.#drop = drop;
    this.#spareAbove = maxBufferBytes * SPOOLED_SHARE;
  }

  get isHalfFull(): boolean {
    return this.#heldBytes > this.#maxBufferBytes / 2;
  }

  get #heldBytes(): number {
    return this.#backlog.heldBytes + this.#open.heldBytes;
  }

  /** @returns whether something was dropped */
  keep(): boolean {
    if (this.#store !== undefined) this.#sealEarly();
    if (this.#heldBytes > this.#spareAbove) this.#spare();
    let hasDropped = false;
    while (this.#heldBytes > this.#maxBufferBytes) {
      if (this.#spare(true) > 0) continue;
      const sender = this.#largestHolder();
      if (sender === undefined) break;
      const oldest = this.#backlog.oldestInMemory(sender);
      if (oldest === undefined) {
        this.#open.sealOldest(sender);
        this.#pump();
      } else {
        this.#drop(oldest, 'bufferFull');
        hasDropped = true;
      }
    }
    while (this.#store?.isFull) {
      const oldest = this.#backlog.oldestOnDisk();
      if (oldest === undefined) break; // the files are those of open batches and of those in flight
      this.#drop(oldest, 'spoolFull');
      hasDropped = true;
    }
    return hasDropped;
  }

  /** A flood of one log stream takes no room from the others. */
  #largestHolder(): BatchSender | undefined {
    let largest: BatchSender | undefined;
    let most = 0;
    for (const senders of [this.#backlog.senders, this.#open.targets]) {
      for (const sender of senders) {
        const held = this.#backlog.heldBytesOf(sender) + this.#open.heldBytesOf(sender);
        if (held <= most) continue;
        largest = sender;
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
  #spare(atOnce = false): number {
    if (this.#store === undefined) return 0;
    const enough = this.#maxBufferBytes * SPOOLED_SHARE;
    const freed = this.#backlog.forgetNewest(this.#heldBytes - enough, atOnce);
    // They are looked for among all that wait: before more has come, there are no others to find.
    this.#spareAbove = Math.max(enough, this.#heldBytes) + this.#maxBufferBytes * FREED_SHARE;
    return freed;
  }
}
