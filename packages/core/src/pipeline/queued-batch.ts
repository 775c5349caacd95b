import type { Batch } from '../batching/batch.js';
import type { Gap } from '../batching/gap.js';
import type { ReadBack, StoredBatch } from '../contracts/batch-store.js';
import type { Destination } from '../contracts/destination.js';
import type { Settled } from '../contracts/settled.js';

/** What is known of a batch without looking into it. */
export interface Outline {
  /** The number of events. */
  readonly size: number;
  /** The timestamps of the first and of the last event. */
  readonly begin: number;
  readonly end: number;
}

/** Where a parcel lies in what is on disk. */
interface StoredRange {
  /** The index of its first event there. */
  readonly offset: number;
  /** How many events there are in all. */
  readonly of: number;
}

/** A sealed batch on its way: in memory, on disk, or both. */
export class QueuedBatch {
  /** Where its first event stands among all the events that were ever sealed. */
  readonly position: number;
  readonly destination: Destination;
  readonly size: number;
  readonly begin: number;
  readonly end: number;
  /** What events in it tell is missing. */
  readonly gap: Gap | undefined;
  /** undefined when what lies on disk has other times. */
  readonly #place: StoredRange | undefined;
  /** How often it, or the batch of which it is a part, was refused: with its entity and without. */
  #refusals = 0;
  #deliveriesBefore = 0;
  readonly #stored: StoredBatch | undefined;
  #batch: Batch | undefined;

  private constructor(
    position: number,
    destination: Destination,
    { size, begin, end }: Outline,
    batch: Batch | undefined,
    stored: StoredBatch | undefined,
    place: StoredRange | undefined,
    gap?: Gap,
  ) {
    this.position = position;
    this.destination = destination;
    this.size = size;
    this.begin = begin;
    this.end = end;
    this.#place = place;
    this.gap = gap;
    this.#batch = batch;
    this.#stored = stored;
  }

  static sealed(
    position: number,
    destination: Destination,
    batch: Batch,
    stored?: StoredBatch,
    gap?: Gap,
  ): QueuedBatch {
    return new QueuedBatch(position, destination, batch, batch, stored, { offset: 0, of: batch.size }, gap);
  }

  /** Of a batch that an earlier process left on disk. */
  static found(
    position: number,
    destination: Destination,
    stored: StoredBatch,
    outline: Outline,
  ): QueuedBatch {
    return new QueuedBatch(position, destination, outline, undefined, stored, {
      offset: 0,
      of: outline.size,
    });
  }

  /** Whether this process logged it. */
  get isOwn(): boolean {
    return this.position >= 0;
  }

  /** About what it takes in memory. */
  get heldBytes(): number {
    return this.#batch?.heldBytes ?? 0;
  }

  /** Whether the disk has it, or is about to. */
  get isPersisting(): boolean {
    return this.#stored?.isPersisting ?? false;
  }

  /** Leaves it to the disk, where that has it. @returns the bytes of memory that are free now */
  evict(atOnce: boolean): number {
    if (this.#place === undefined || !this.#stored?.mayLeaveMemory(atOnce)) return 0;
    const freed = this.heldBytes;
    this.release();
    return freed;
  }

  /** Nobody reads its events in memory any more; but what a disk is still written from is not for others, and left to V8. */
  release(): void {
    if (this.#stored?.isPersisted ?? true) this.#batch?.release();
    this.#stored?.release();
    this.#batch = undefined;
  }

  /** undefined when it is on disk alone. */
  get batch(): Batch | undefined {
    return this.#batch;
  }

  /** Reads it from the disk. */
  async read(): Promise<ReadBack> {
    if (this.#stored === undefined || this.#place === undefined)
      return { kind: 'unreadable', error: new Error('it is not on disk') };
    const back = await this.#stored.read();
    if (back.kind !== 'read') return back;
    const { offset, of } = this.#place;
    const { size } = back.batch;
    if (size !== of)
      return { kind: 'unreadable', error: new Error(`${size} events where ${of} were written`) };
    const batch = this.size === of ? back.batch : back.batch.slice(offset, offset + this.size);
    // The others of it are not needed.
    if (batch !== back.batch) this.#stored.release();
    this.#batch = batch;
    return { kind: 'read', batch };
  }

  /** Lets go of its memory and of its copy on disk, as far as nobody needs them. */
  settle(settled: Settled): void {
    if (staysOnDisk(settled)) {
      this.#stored?.leave(this.size);
      return;
    }
    this.release();
    // Last: with it goes the knowledge whether the disk is still written from this memory.
    this.#stored?.settle(this.size);
  }

  /** Whether all of it is on disk by now. */
  get isOnDisk(): boolean {
    return this.#stored?.isPersisted ?? false;
  }

  /** Whether it is on disk: resolves when that is known. */
  async isPersisted(): Promise<boolean> {
    return (await this.#stored?.written) ?? false;
  }

  get refusals(): number {
    return this.#refusals;
  }

  /** How many batches of its sender were delivered when it was refused first. */
  get deliveriesBefore(): number {
    return this.#deliveriesBefore;
  }

  /** @param deliveries how many batches of its sender were delivered by now */
  refused(deliveries: number): void {
    if (this.#refusals++ === 0) this.#deliveriesBefore = deliveries;
  }

  /** Its earlier and its later half, or undefined for a single event. */
  halves(batch: Batch): [QueuedBatch, QueuedBatch] | undefined {
    const [earlier, later] = batch.halves() ?? [];
    if (earlier === undefined || later === undefined) return undefined;
    this.#stored?.release();
    return [this.part(earlier, 0), this.part(later, earlier.size)];
  }

  /** Its events in other batches: in parts, or with other times. */
  replacedBy(batches: readonly Batch[]): QueuedBatch[] {
    let offset = 0;
    return batches.map((batch) => {
      const part = this.#partOf(batch, offset, undefined);
      offset += batch.size;
      return part;
    });
  }

  /** @param batch its events from index `offset` on */
  part(batch: Batch, offset: number): QueuedBatch {
    const place = this.#place && { ...this.#place, offset: this.#place.offset + offset };
    return this.#partOf(batch, offset, place);
  }

  #partOf(batch: Batch, offset: number, place: StoredRange | undefined): QueuedBatch {
    const gap = offset === 0 ? this.gap : undefined;
    const position = this.position + offset;
    const part = new QueuedBatch(position, this.destination, batch, batch, this.#stored, place, gap);
    part.#refusals = this.#refusals;
    part.#deliveriesBefore = this.#deliveriesBefore;
    return part;
  }
}

function staysOnDisk(settled: Settled): boolean {
  // The copy is for the next process, or for a person who looks at it.
  if (settled.kind === 'spooled' || settled.kind === 'unreadable') return true;
  // What is in flight when the time is over may still be read; and what the disk has of it is not lost.
  return settled.kind === 'dropped' && (settled.reason === 'closed' || settled.reason === 'abandoned');
}
