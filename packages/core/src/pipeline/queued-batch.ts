import type { Batch } from '../batching/batch.js';
import type { ToldGap } from '../batching/gap.js';
import type { ReadBack, StoredBatch } from '../contracts/batch-store.js';
import type { Destination } from '../contracts/destination.js';
import type { Settled } from '../contracts/settled.js';

/** What is known of a batch without reading it. */
export interface BatchOutline {
  /** The number of events. */
  readonly size: number;
  /** The timestamps of the first and of the last event. */
  readonly firstTimestamp: number;
  readonly lastTimestamp: number;
}

/** The copy of a batch on disk. */
type DiskCopy =
  | { readonly kind: 'none' }
  /** Of the `total` events on disk, the batch's begin at index `offset`. */
  | {
      readonly kind: 'current';
      readonly stored: StoredBatch;
      readonly offset: number;
      readonly total: number;
    }
  /** The events on disk have other timestamps. They are of no use for sending, and are settled with the batch. */
  | { readonly kind: 'outdated'; readonly stored: StoredBatch };

const NO_COPY: DiskCopy = { kind: 'none' };

function wholeCopy(stored: StoredBatch | undefined, total: number): DiskCopy {
  return stored === undefined ? NO_COPY : { kind: 'current', stored, offset: 0, total };
}

/** A sealed batch until it is settled: in memory, on disk, or both. It owns its memory and its copy on disk. */
export class QueuedBatch {
  /** The position of its first event among all events that were ever sealed; below 0 for batches of earlier processes. */
  readonly position: number;
  readonly destination: Destination;
  readonly size: number;
  readonly firstTimestamp: number;
  readonly lastTimestamp: number;
  /** The gaps that the loss notices among its events report. */
  readonly told: readonly ToldGap[];
  readonly #copy: DiskCopy;
  #batch: Batch | undefined;
  /** How often the service refused this batch, or the batch that it is a part of. */
  #refusals = 0;
  #deliveriesBefore = 0;

  private constructor(
    position: number,
    destination: Destination,
    { size, firstTimestamp, lastTimestamp }: BatchOutline,
    batch: Batch | undefined,
    copy: DiskCopy,
    told: readonly ToldGap[] = [],
  ) {
    this.position = position;
    this.destination = destination;
    this.size = size;
    this.firstTimestamp = firstTimestamp;
    this.lastTimestamp = lastTimestamp;
    this.#copy = copy;
    this.told = told;
    this.#batch = batch;
  }

  /** A batch that this process has just sealed. */
  static sealed(
    position: number,
    destination: Destination,
    batch: Batch,
    stored?: StoredBatch,
    told?: readonly ToldGap[],
  ): QueuedBatch {
    return new QueuedBatch(position, destination, batch, batch, wholeCopy(stored, batch.size), told);
  }

  /** A batch that an earlier process left on disk. */
  static recovered(
    position: number,
    destination: Destination,
    stored: StoredBatch,
    outline: BatchOutline,
  ): QueuedBatch {
    return new QueuedBatch(position, destination, outline, undefined, wholeCopy(stored, outline.size));
  }

  get #stored(): StoredBatch | undefined {
    return this.#copy.kind === 'none' ? undefined : this.#copy.stored;
  }

  /** Whether this process logged the events. */
  get isOwn(): boolean {
    return this.position >= 0;
  }

  /** An estimate of the memory that it takes, in bytes. */
  get heldBytes(): number {
    return this.#batch?.heldBytes ?? 0;
  }

  /** Whether the disk has the batch, or is about to. */
  get isPersisting(): boolean {
    return this.#stored?.isPersisting ?? false;
  }

  /** Whether the whole batch is on disk now. */
  get isPersisted(): boolean {
    return this.#stored?.isPersisted ?? false;
  }

  /** Resolves, once that is known, with whether the whole batch is on disk. */
  async whenPersisted(): Promise<boolean> {
    return (await this.#stored?.whenPersisted) ?? false;
  }

  /** Undefined when the batch is on disk only. */
  get batch(): Batch | undefined {
    return this.#batch;
  }

  /**
   * Frees the memory of the events if the disk has them.
   * @param atOnce see {@link StoredBatch.mayLeaveMemory}
   * @returns the bytes of memory that were freed
   */
  evict(atOnce: boolean): number {
    if (this.#copy.kind !== 'current' || !this.#copy.stored.mayLeaveMemory(atOnce)) return 0;
    const freed = this.heldBytes;
    this.release();
    return freed;
  }

  /** Frees the memory of the events. Nobody may read them there any more. */
  release(): void {
    // Memory that the disk is still being written from must not be used again: it is left to the garbage collector.
    if (this.#stored?.isPersisted ?? true) this.#batch?.release();
    this.#stored?.release();
    this.#batch = undefined;
  }

  /** Reads the events from disk into memory. */
  async read(): Promise<ReadBack> {
    if (this.#copy.kind !== 'current')
      return { kind: 'unreadable', error: new Error('the batch is not on disk') };
    const { stored, offset, total } = this.#copy;
    const result = await stored.read();
    if (result.kind !== 'read') return result;
    const whole = result.batch;
    const { size } = whole;
    if (size !== total)
      return { kind: 'unreadable', error: new Error(`${size} events where ${total} were written`) };
    const batch = this.size === total ? whole : whole.slice(offset, offset + this.size);
    // A slice has memory of its own.
    if (batch !== whole) stored.release();
    this.#batch = batch;
    return { kind: 'read', batch };
  }

  /** Frees the memory and removes the copy on disk, unless the batch may still be in flight, or its copy is of use. */
  settle(settled: Settled): void {
    if (staysOnDisk(settled)) {
      // Nor is the memory released: a request may still be compressed from it. If another batch got it meanwhile, that
      // batch's events would go to this one's log group.
      this.#stored?.leave(this.size);
      return;
    }
    this.release();
    // After the release, which asks the store whether the disk is still being written from this memory.
    this.#stored?.settle(this.size);
  }

  get refusals(): number {
    return this.#refusals;
  }

  /** How many batches of its destination had been delivered when it was first refused. */
  get deliveriesBefore(): number {
    return this.#deliveriesBefore;
  }

  /** @param deliveries how many batches of its destination have been delivered by now */
  refused(deliveries: number): void {
    if (this.#refusals++ === 0) this.#deliveriesBefore = deliveries;
  }

  /** The earlier and the later half of the events, or undefined for a single event. */
  halves(batch: Batch): [QueuedBatch, QueuedBatch] | undefined {
    const [earlier, later] = batch.halves() ?? [];
    if (earlier === undefined || later === undefined) return undefined;
    this.#stored?.release();
    return [this.part(earlier, 0), this.part(later, earlier.size)];
  }

  /** The same events with other timestamps, in one batch or several. */
  replacedBy(batches: readonly Batch[]): QueuedBatch[] {
    const copy: DiskCopy = this.#stored === undefined ? NO_COPY : { kind: 'outdated', stored: this.#stored };
    let offset = 0;
    return batches.map((batch) => {
      const part = this.#partOf(batch, offset, copy);
      offset += batch.size;
      return part;
    });
  }

  /** @param batch the events from index `offset` on */
  part(batch: Batch, offset: number): QueuedBatch {
    const copy = this.#copy;
    return this.#partOf(
      batch,
      offset,
      copy.kind === 'current' ? { ...copy, offset: copy.offset + offset } : copy,
    );
  }

  #partOf(batch: Batch, offset: number, copy: DiskCopy): QueuedBatch {
    const told = this.told.filter(({ message }) => batch.has(message));
    const part = new QueuedBatch(this.position + offset, this.destination, batch, batch, copy, told);
    part.#refusals = this.#refusals;
    part.#deliveriesBefore = this.#deliveriesBefore;
    return part;
  }
}

function staysOnDisk(settled: Settled): boolean {
  // The copy is for the next process, or for a person to look at.
  if (settled.kind === 'spooled' || settled.kind === 'unreadable') return true;
  // A batch in flight at the deadline may still be read, and events that are on disk are not lost.
  const isLeft = settled.kind === 'dropped' || settled.kind === 'fallback';
  return isLeft && (settled.reason === 'closed' || settled.reason === 'abandoned');
}
