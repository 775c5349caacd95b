import type { Batch } from '../batching/batch.js';
import type { ToldGap } from '../batching/gap.js';
import type { StoredBatch } from '../contracts/batch-store.js';
import type { Destination } from '../contracts/destination.js';
import { type Link, LinkedList } from '../util/linked-list.js';
import { ReadyQueue } from '../util/ready-queue.js';
import { type BatchOutline, QueuedBatch } from './queued-batch.js';

/** A batch that an earlier process left on disk. */
export interface RecoveredBatch {
  readonly destination: Destination;
  readonly stored: StoredBatch;
  readonly outline: BatchOutline;
}

/** The batches of one destination. */
interface Lane {
  readonly destination: Destination;
  /** Oldest first. */
  readonly waiting: LinkedList<QueuedBatch>;
  inFlight: number;
  /** An estimate of the memory that waiting batches take, in bytes. */
  heldBytes: number;
}

/** The place of a batch. */
interface Entry {
  readonly lane: Lane;
  /** In the list of all batches. */
  readonly link: Link<QueuedBatch>;
  /** In the list of its lane's waiting batches; undefined in flight. */
  waiting: Link<QueuedBatch> | undefined;
}

/**
 * Every sealed batch that is not settled: waiting or in flight. The oldest batch of a destination that can be sent to is taken
 * first. Each event has a position among all events that were ever sealed; those of earlier processes have positions below 0.
 */
export class DeliveryQueue {
  /** Oldest first. */
  readonly #all = new LinkedList<QueuedBatch>();
  readonly #entries = new Map<QueuedBatch, Entry>();
  readonly #lanes = new Map<Destination, Lane>();
  /** Destinations with waiting batches, by the position of the oldest. */
  readonly #ready = new ReadyQueue<Destination>();
  readonly #freed: (destination: Destination) => void;
  #inFlight = 0;
  #eventCount = 0;
  #heldBytes = 0;
  #startPosition = 0;
  #endPosition = 0;

  /** @param freed is called when a destination has fewer batches waiting or in flight than before */
  constructor(freed: (destination: Destination) => void = () => undefined) {
    this.#freed = freed;
  }

  /** An estimate of the memory that waiting batches take, in bytes. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  heldBytesOf(destination: Destination): number {
    return this.#lanes.get(destination)?.heldBytes ?? 0;
  }

  /** Those with batches, waiting or in flight. */
  get destinations(): Iterable<Destination> {
    return this.#lanes.keys();
  }

  /** The number of events, waiting or in flight. */
  get eventCount(): number {
    return this.#eventCount;
  }

  isWaitingFor(destination: Destination): boolean {
    return this.#lanes.get(destination)?.waiting.first !== undefined;
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** The position of the next event to be sealed. */
  get endPosition(): number {
    return this.#endPosition;
  }

  add(destination: Destination, batch: Batch, stored?: StoredBatch, told?: readonly ToldGap[]): void {
    const queued = QueuedBatch.sealed(this.#endPosition, destination, batch, stored, told);
    this.#endPosition += batch.size;
    this.#enter(queued, this.#all.addLast(queued));
  }

  /** Puts batches of earlier processes in front of all others. @param batches oldest first */
  addRecovered(batches: readonly RecoveredBatch[]): void {
    for (const { destination, stored, outline } of batches.toReversed()) {
      this.#startPosition -= outline.size;
      const queued = QueuedBatch.recovered(this.#startPosition, destination, stored, outline);
      this.#enter(queued, this.#all.addFirst(queued));
    }
  }

  /**
   * Takes the oldest waiting batch that may be sent: it is in flight from now on. A destination that cannot be sent to is not
   * asked again until one of its batches is settled or requeued, or it is recalled.
   * @param maySend whether one more batch may be sent to a destination with this many in flight
   * @param refusesAll whether a destination refuses everything: then the batch that was refused least is taken, the newest of these
   */
  take(
    maySend: (destination: Destination, inFlight: number) => boolean,
    refusesAll: (destination: Destination) => boolean = () => false,
  ): QueuedBatch | undefined {
    const destination = this.#ready.next((asked) => maySend(asked, this.inFlightOf(asked)));
    const waiting = destination && this.#lanes.get(destination)?.waiting;
    const queued = waiting && (refusesAll(destination) ? leastRefused(waiting) : waiting.first?.value);
    const entry = queued && this.#entries.get(queued);
    if (entry === undefined) return undefined;
    entry.lane.inFlight++;
    this.#inFlight++;
    this.#removeFromWaiting(entry);
    return queued;
  }

  inFlightOf(destination: Destination): number {
    return this.#lanes.get(destination)?.inFlight ?? 0;
  }

  /** A destination may be able to take batches again. */
  recall(destination: Destination): void {
    this.#ready.recall(destination);
  }

  /** False also for a batch that was settled while it was in flight. */
  isInFlight(queued: QueuedBatch): boolean {
    const entry = this.#entries.get(queued);
    return entry !== undefined && entry.waiting === undefined;
  }

  /** Removes a batch that is settled. @returns false when it was removed before */
  complete(queued: QueuedBatch): boolean {
    const entry = this.#entries.get(queued);
    if (entry === undefined) return false;
    this.#entries.delete(queued);
    this.#all.remove(entry.link);
    this.#eventCount -= queued.size;
    if (entry.waiting !== undefined) this.#removeFromWaiting(entry);
    else this.#removeFromFlight(entry.lane);
    return true;
  }

  /** Makes a batch in flight wait again in its old place, or its parts. @param parts in order */
  requeue(queued: QueuedBatch, parts: readonly QueuedBatch[] = [queued]): void {
    const entry = this.#entries.get(queued);
    if (entry === undefined) return;
    const links = parts.map((part) => ({ part, link: this.#all.addBefore(entry.link, part) }));
    this.complete(queued);
    for (const { part, link } of links) this.#enter(part, link);
  }

  oldestInMemory(destination: Destination): QueuedBatch | undefined {
    const waiting = this.#lanes.get(destination)?.waiting ?? [];
    return this.#firstWaiting(waiting, ({ heldBytes }) => heldBytes > 0);
  }

  oldestWithCopy(): QueuedBatch | undefined {
    return this.#firstWaiting(this.#all, ({ isPersisting }) => isPersisting);
  }

  /** Batches that are neither on disk nor on their way there, oldest first, those in flight included. */
  withoutCopy(): QueuedBatch[] {
    return this.all().filter(({ isPersisting }) => !isPersisting);
  }

  /** Oldest first, those in flight included. */
  all(): QueuedBatch[] {
    return [...this.#all];
  }

  /**
   * Evicts batches that are on disk from memory, the newest first, until this many bytes are freed.
   * @param atOnce see {@link StoredBatch.mayLeaveMemory}
   * @returns the bytes that were freed
   */
  evictNewest(bytes: number, atOnce = false): number {
    let freed = 0;
    for (let link = this.#all.last; link !== undefined && freed < bytes; link = link.previous) {
      const entry = this.#entries.get(link.value);
      if (entry?.waiting === undefined) continue;
      const bytesOfBatch = link.value.evict(atOnce);
      entry.lane.heldBytes -= bytesOfBatch;
      freed += bytesOfBatch;
    }
    this.#heldBytes -= freed;
    return freed;
  }

  /** Whether all events before this position are settled. */
  isSettled(position: number): boolean {
    const oldest = this.#all.first?.value;
    return oldest === undefined || oldest.position >= position;
  }

  #isWaiting(queued: QueuedBatch): boolean {
    return this.#entries.get(queued)?.waiting !== undefined;
  }

  #enter(queued: QueuedBatch, link: Link<QueuedBatch>): void {
    const { destination, position } = queued;
    const lane = this.#lanes.get(destination) ?? {
      destination,
      waiting: new LinkedList<QueuedBatch>(),
      inFlight: 0,
      heldBytes: 0,
    };
    this.#lanes.set(destination, lane);
    this.#entries.set(queued, { lane, link, waiting: insertByPosition(lane.waiting, queued, position) });
    lane.heldBytes += queued.heldBytes;
    this.#eventCount += queued.size;
    this.#heldBytes += queued.heldBytes;
    this.#updateReady(lane);
  }

  #removeFromWaiting(entry: Entry): void {
    if (entry.waiting === undefined) return;
    const { lane, waiting } = entry;
    lane.waiting.remove(waiting);
    entry.waiting = undefined;
    lane.heldBytes -= waiting.value.heldBytes;
    this.#heldBytes -= waiting.value.heldBytes;
    this.#updateReady(lane);
    this.#freed(lane.destination);
  }

  #removeFromFlight(lane: Lane): void {
    lane.inFlight--;
    this.#inFlight--;
    this.#updateReady(lane);
    this.#ready.recall(lane.destination);
    this.#freed(lane.destination);
  }

  #updateReady({ destination, waiting, inFlight }: Lane): void {
    const oldest = waiting.first?.value;
    if (oldest !== undefined) this.#ready.set(destination, oldest.position);
    else this.#ready.delete(destination);
    if (oldest === undefined && inFlight === 0) this.#lanes.delete(destination);
  }

  #firstWaiting(
    queuedBatches: Iterable<QueuedBatch>,
    fits: (queued: QueuedBatch) => boolean,
  ): QueuedBatch | undefined {
    for (const queued of queuedBatches) if (this.#isWaiting(queued) && fits(queued)) return queued;
    return undefined;
  }
}

/** If a batch that was not refused yet is delivered, the destination does not refuse everything. */
function leastRefused(waiting: LinkedList<QueuedBatch>): QueuedBatch | undefined {
  let least: QueuedBatch | undefined;
  for (const queued of waiting) if (least === undefined || queued.refusals <= least.refusals) least = queued;
  return least;
}

/** Inserts a batch by position. Most batches are the newest; those that are requeued are among the oldest. */
function insertByPosition(
  waiting: LinkedList<QueuedBatch>,
  queued: QueuedBatch,
  position: number,
): Link<QueuedBatch> {
  const { last } = waiting;
  if (last === undefined || last.value.position < position) return waiting.addLast(queued);
  let next = waiting.first;
  while (next !== undefined && next.value.position < position) next = next.next;
  return next === undefined ? waiting.addLast(queued) : waiting.addBefore(next, queued);
}
