import type { Batch } from '../batching/batch.js';
import type { Gap } from '../batching/gap.js';
import type { StoredBatch } from '../contracts/batch-store.js';
import type { Destination } from '../contracts/destination.js';
import { type Link, LinkedList } from '../util/linked-list.js';
import { ReadyQueue } from '../util/ready-queue.js';
import { type Outline, QueuedBatch } from './queued-batch.js';

/** A batch that an earlier process left. */
export interface Found {
  readonly destination: Destination;
  readonly stored: StoredBatch;
  readonly outline: Outline;
}

/** The batches of one sender. */
interface Lane {
  readonly destination: Destination;
  /** Oldest first. */
  readonly waiting: LinkedList<QueuedBatch>;
  inFlight: number;
  /** About what those that wait take in memory. */
  heldBytes: number;
}

/** Where a batch is. */
interface Entry {
  readonly lane: Lane;
  /** Among all. */
  readonly link: Link<QueuedBatch>;
  /** Among those of its lane that wait; undefined in flight. */
  waiting: Link<QueuedBatch> | undefined;
}

/**
 * Every sealed batch that is not settled: in flight, or waiting. The oldest of a sender that may send goes first. Each event has a
 * position among all that were ever sealed; those that earlier processes left stand before 0.
 */
export class DeliveryQueue {
  /** All of them, oldest first. */
  readonly #all = new LinkedList<QueuedBatch>();
  readonly #entries = new Map<QueuedBatch, Entry>();
  readonly #lanes = new Map<Destination, Lane>();
  /** Of senders whose batches wait. */
  readonly #ready = new ReadyQueue<Destination>();
  readonly #freed: (destination: Destination) => void;
  #inFlight = 0;
  #events = 0;
  #heldBytes = 0;
  #begin = 0;
  #end = 0;

  /** @param freed is called when fewer batches of a sender wait, or are in flight, than before */
  constructor(freed: (destination: Destination) => void = () => undefined) {
    this.#freed = freed;
  }

  /** About what those that wait take in memory. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  heldBytesOf(destination: Destination): number {
    return this.#lanes.get(destination)?.heldBytes ?? 0;
  }

  /** Those whose batches wait. */
  get destinations(): Iterable<Destination> {
    return this.#lanes.keys();
  }

  /** How many wait or are in flight. */
  get events(): number {
    return this.#events;
  }

  isWaitingFor(destination: Destination): boolean {
    return this.#lanes.get(destination)?.waiting.first !== undefined;
  }

  /** Nothing waits or is in flight. */
  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** The position of the next event that is sealed. */
  get end(): number {
    return this.#end;
  }

  add(destination: Destination, batch: Batch, stored?: StoredBatch, gap?: Gap): void {
    const queued = QueuedBatch.sealed(this.#end, destination, batch, stored, gap);
    this.#end += batch.size;
    this.#enter(queued, this.#all.addLast(queued));
  }

  /** Puts them in front of all others. @param found oldest first */
  addFound(found: readonly Found[]): void {
    for (const { destination, stored, outline } of found.toReversed()) {
      this.#begin -= outline.size;
      const queued = QueuedBatch.found(this.#begin, destination, stored, outline);
      this.#enter(queued, this.#all.addFirst(queued));
    }
  }

  /**
   * The oldest that waits and may go is in flight from now on. A sender that may not is not asked again before it is freed, or
   * recalled.
   * @param mayGo whether a sender that has so many in flight may send one more
   * @param refusesAll whether a sender refuses whatever is sent: then what was refused least goes instead, the newest of it
   */
  take(
    mayGo: (destination: Destination, inFlight: number) => boolean,
    refusesAll: (destination: Destination) => boolean = () => false,
  ): QueuedBatch | undefined {
    const destination = this.#ready.next((asked) => mayGo(asked, this.inFlightOf(asked)));
    const waiting = destination && this.#lanes.get(destination)?.waiting;
    const queued = waiting && (refusesAll(destination) ? leastRefused(waiting) : waiting.first?.value);
    const entry = queued && this.#entries.get(queued);
    if (entry === undefined) return undefined;
    entry.lane.inFlight++;
    this.#inFlight++;
    this.#waitNoMore(entry);
    return queued;
  }

  inFlightOf(destination: Destination): number {
    return this.#lanes.get(destination)?.inFlight ?? 0;
  }

  /** A sender may go again, perhaps. */
  recall(destination: Destination): void {
    this.#ready.recall(destination);
  }

  /** Whether it is in flight: not when it was given up meanwhile. */
  isInFlight(queued: QueuedBatch): boolean {
    const entry = this.#entries.get(queued);
    return entry !== undefined && entry.waiting === undefined;
  }

  /** It is settled. @returns false when it was settled before */
  complete(queued: QueuedBatch): boolean {
    const entry = this.#entries.get(queued);
    if (entry === undefined) return false;
    this.#entries.delete(queued);
    this.#all.remove(entry.link);
    this.#events -= queued.size;
    if (entry.waiting !== undefined) this.#waitNoMore(entry);
    else this.#land(entry.lane);
    return true;
  }

  /** What is in flight waits again, in its old place; or its parts do. @param parts in their order */
  requeue(queued: QueuedBatch, parts: readonly QueuedBatch[] = [queued]): void {
    const entry = this.#entries.get(queued);
    if (entry === undefined) return;
    const links = parts.map((part) => ({ part, link: this.#all.addBefore(entry.link, part) }));
    this.complete(queued);
    for (const { part, link } of links) this.#enter(part, link);
  }

  oldestInMemory(destination: Destination): QueuedBatch | undefined {
    const waiting = this.#lanes.get(destination)?.waiting ?? [];
    return this.#first(waiting, ({ heldBytes }) => heldBytes > 0);
  }

  oldestOnDisk(): QueuedBatch | undefined {
    return this.#first(this.#all, ({ isPersisting }) => isPersisting);
  }

  /** What would be lost with the process: what is not on disk. Oldest first, also of those in flight. */
  inMemoryAlone(): QueuedBatch[] {
    return this.all().filter(({ isPersisting }) => !isPersisting);
  }

  /** Oldest first, also those in flight. */
  all(): QueuedBatch[] {
    return [...this.#all];
  }

  /**
   * Leaves the newest that can be spared to the disk, until so many bytes are free.
   * @param atOnce also those that had better be written in one piece before
   * @returns how many are free now
   */
  evictNewest(bytes: number, atOnce = false): number {
    let freed = 0;
    for (let link = this.#all.last; link !== undefined && freed < bytes; link = link.previous) {
      const entry = this.#entries.get(link.value);
      if (entry?.waiting === undefined) continue;
      const forgotten = link.value.evict(atOnce);
      entry.lane.heldBytes -= forgotten;
      freed += forgotten;
    }
    this.#heldBytes -= freed;
    return freed;
  }

  /** Whether all events before this position are settled. */
  isSettled(end: number): boolean {
    const oldest = this.#all.first?.value;
    return oldest === undefined || oldest.position >= end;
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
    this.#entries.set(queued, { lane, link, waiting: placed(lane.waiting, queued, position) });
    lane.heldBytes += queued.heldBytes;
    this.#events += queued.size;
    this.#heldBytes += queued.heldBytes;
    this.#placeInTurn(lane);
  }

  #waitNoMore(entry: Entry): void {
    if (entry.waiting === undefined) return;
    const { lane, waiting } = entry;
    lane.waiting.remove(waiting);
    entry.waiting = undefined;
    lane.heldBytes -= waiting.value.heldBytes;
    this.#heldBytes -= waiting.value.heldBytes;
    this.#placeInTurn(lane);
    this.#freed(lane.destination);
  }

  #land(lane: Lane): void {
    lane.inFlight--;
    this.#inFlight--;
    this.#placeInTurn(lane);
    this.#ready.recall(lane.destination);
    this.#freed(lane.destination);
  }

  #placeInTurn({ destination, waiting, inFlight }: Lane): void {
    const oldest = waiting.first?.value;
    if (oldest !== undefined) this.#ready.set(destination, oldest.position);
    else this.#ready.delete(destination);
    if (oldest === undefined && inFlight === 0) this.#lanes.delete(destination);
  }

  #first(
    queuedBatches: Iterable<QueuedBatch>,
    fits: (queued: QueuedBatch) => boolean,
  ): QueuedBatch | undefined {
    for (const queued of queuedBatches) if (this.#isWaiting(queued) && fits(queued)) return queued;
    return undefined;
  }
}

/** One that was not refused yet may show that the others are to blame themselves. */
function leastRefused(waiting: LinkedList<QueuedBatch>): QueuedBatch | undefined {
  let least: QueuedBatch | undefined;
  for (const queued of waiting) if (least === undefined || queued.refusals <= least.refusals) least = queued;
  return least;
}

/** Most are the newest. Those that come back were among the oldest. */
function placed(waiting: LinkedList<QueuedBatch>, queued: QueuedBatch, position: number): Link<QueuedBatch> {
  const { last } = waiting;
  if (last === undefined || last.value.position < position) return waiting.addLast(queued);
  let next = waiting.first;
  while (next !== undefined && next.value.position < position) next = next.next;
  return next === undefined ? waiting.addLast(queued) : waiting.addBefore(next, queued);
}
