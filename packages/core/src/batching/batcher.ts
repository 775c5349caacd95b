import { type Link, LinkedList } from '../util/linked-list.js';
import { ReadyQueue } from '../util/ready-queue.js';
import { type Batch, utcDayOf } from './batch.js';
import { BatchBuilder } from './batch-builder.js';
import type { BatchMirror } from './batch-mirror.js';
import { type Gap, mergeGaps } from './gap.js';
import type { LogEvent } from './log-event.js';

/** Of all targets and days together. */
export const MAX_OPEN = 5000;

/** With so many open, one in so many that are opened stays as long as those that were used again. */
const KEPT_SHARE = 8;

/** What happens to open batches. */
export interface BatcherEvents<D, C extends BatchMirror> {
  /** A batch takes no more events. */
  sealed(destination: D, batch: Batch, copy: C | undefined, gap: Gap | undefined): void;
  /** So many are open that one was sealed before its time. */
  tooManyOpenBatches(): void;
}

interface Opened<D, C extends BatchMirror> {
  readonly of: DestinationBatches<D, C>;
  readonly batch: BatchBuilder;
  readonly copy: C | undefined;
  /** What events in it tell is missing. */
  gap: Gap | undefined;
  /** How many were opened before it. */
  readonly place: number;
  /** Among those that were used less and more recently. */
  use: Link<Opened<D, C>> | undefined;
}

/** What is open of one target. */
interface DestinationBatches<D, C extends BatchMirror> {
  readonly destination: D;
  readonly byDay: Map<number, Opened<D, C>>;
  /** Those that have waited long enough: the one opened first is in front. */
  readonly expired: Set<Opened<D, C>>;
  heldBytes: number;
}

/** The batches that still take events: one for each target and UTC day that has events. */
export class Batcher<D, C extends BatchMirror> {
  readonly #events: BatcherEvents<D, C>;
  readonly #maxOpen: number;
  readonly #copyFor: (destination: D, timestamp: number) => C | undefined;
  /** The one opened first is in front. */
  readonly #all = new Set<Opened<D, C>>();
  /** Those that have not waited long enough: the one opened first is in front. */
  readonly #fresh = new Set<Opened<D, C>>();
  /** In front is the one that is sealed when another needs its place. */
  readonly #byUse = new LinkedList<Opened<D, C>>();
  readonly #byDestination = new Map<D, DestinationBatches<D, C>>();
  /** Of targets with batches that have waited long enough. */
  readonly #ready = new ReadyQueue<D>();
  /** The one that took the last event, if it is still open. */
  #latest: Opened<D, C> | undefined;
  #opened = 0;
  #eventCount = 0;
  #heldBytes = 0;

  /**
   * @param copyFor makes the copy of a batch that is opened for an event of this time
   */
  constructor(
    events: BatcherEvents<D, C>,
    copyFor: (destination: D, timestamp: number) => C | undefined,
    maxOpen = MAX_OPEN,
  ) {
    this.#events = events;
    this.#copyFor = copyFor;
    this.#maxOpen = maxOpen;
  }

  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  /** Whether one was opened since they expired. */
  get hasFresh(): boolean {
    return this.#fresh.size > 0;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  heldBytesOf(destination: D): number {
    return this.#byDestination.get(destination)?.heldBytes ?? 0;
  }

  /** Those that have open batches. */
  get destinations(): Iterable<D> {
    return this.#byDestination.keys();
  }

  /** How many are in open batches. */
  get events(): number {
    return this.#eventCount;
  }

  /** @param gap that the event tells of */
  add(destination: D, event: LogEvent, gap?: Gap): void {
    const found = this.#find(destination, event.timestamp);
    const opened =
      found !== undefined && this.#addTo(found, event) ? found : this.#addToNew(destination, event, found);
    if (gap !== undefined) opened.gap = mergeGaps(opened.gap, gap);
  }

  #addToNew(destination: D, event: LogEvent, full: Opened<D, C> | undefined): Opened<D, C> {
    if (full !== undefined) this.#seal(full);
    const opened = this.#openFor(destination, event.timestamp, full !== undefined);
    this.#addTo(opened, event);
    return opened;
  }

  /** They have waited long enough. */
  expire(): void {
    for (const opened of this.#fresh) {
      const { destination, expired } = opened.of;
      expired.add(opened);
      if (expired.size === 1) this.#ready.set(destination, opened.place);
    }
    this.#fresh.clear();
  }

  /**
   * Seals the oldest that has waited long enough, and whose target may be sent to. A target that may not is not asked again
   * before it is recalled.
   */
  sealExpired(mayGo: (destination: D) => boolean): void {
    const destination = this.#ready.next(mayGo);
    if (destination === undefined) return;
    for (const opened of this.#byDestination.get(destination)?.expired ?? []) {
      this.#seal(opened);
      return;
    }
  }

  /** A target may be sent to again, perhaps. */
  recall(destination: D): void {
    this.#ready.recall(destination);
  }

  sealAll(): void {
    for (const opened of this.#all) this.#seal(opened);
  }

  /** @param target undefined: of all targets */
  sealOldest(destination?: D): void {
    const among =
      destination === undefined ? this.#all : (this.#byDestination.get(destination)?.byDay.values() ?? []);
    for (const opened of among) {
      this.#seal(opened);
      return;
    }
  }

  #find(destination: D, timestamp: number): Opened<D, C> | undefined {
    const day = utcDayOf(timestamp);
    const latest = this.#latest;
    if (latest?.of.destination === destination && latest.batch.day === day) return latest;
    return this.#byDestination.get(destination)?.byDay.get(day);
  }

  #openFor(destination: D, timestamp: number, followsFull: boolean): Opened<D, C> {
    const isCrowded = this.#all.size >= this.#maxOpen;
    if (isCrowded) this.#makeRoom();
    const batch = new BatchBuilder(utcDayOf(timestamp), followsFull);
    const of = this.#byDestination.get(destination) ?? {
      destination,
      byDay: new Map(),
      expired: new Set(),
      heldBytes: 0,
    };
    this.#byDestination.set(destination, of);
    const copy = this.#copyFor(destination, timestamp);
    const opened: Opened<D, C> = {
      of,
      batch,
      copy,
      gap: undefined,
      place: this.#opened++,
      use: undefined,
    };
    of.byDay.set(batch.day, opened);
    this.#latest = opened;
    opened.use = this.#enter(opened, isCrowded);
    this.#all.add(opened);
    this.#fresh.add(opened);
    this.#hold(of, batch.heldBytes);
    return opened;
  }

  #addTo(opened: Opened<D, C>, event: LogEvent): boolean {
    const { batch, copy } = opened;
    const before = batch.heldBytes;
    if (!batch.add(event)) return false;
    this.#eventCount++;
    this.#hold(opened.of, batch.heldBytes - before);
    copy?.append(batch);
    this.#use(opened);
    return true;
  }

  #hold(of: DestinationBatches<D, C>, bytes: number): void {
    of.heldBytes += bytes;
    this.#heldBytes += bytes;
  }

  #use(opened: Opened<D, C>): void {
    if (opened === this.#latest) return;
    this.#latest = opened;
    if (opened.use !== undefined) this.#byUse.remove(opened.use);
    opened.use = this.#byUse.addLast(opened);
  }

  /**
   * Where more targets are in use than may be open, each in its turn, the one that was used least recently is the one that is
   * used next: to seal it would make a batch of each event. A new one gives its place to the next, unless it is used again.
   * Some stay all the same, so that what came first and is used no more leaves in the end.
   */
  #enter(opened: Opened<D, C>, isCrowded: boolean): Link<Opened<D, C>> {
    const stays = !isCrowded || opened.place % KEPT_SHARE === 0;
    return stays ? this.#byUse.addLast(opened) : this.#byUse.addFirst(opened);
  }

  #makeRoom(): void {
    const least = this.#byUse.first?.value;
    if (least === undefined) return;
    if (this.#fresh.has(least)) this.#events.tooManyOpenBatches();
    this.#seal(least);
  }

  #seal(opened: Opened<D, C>): void {
    const { of, batch, copy, gap, use } = opened;
    this.#all.delete(opened);
    if (use !== undefined) this.#byUse.remove(use);
    if (opened === this.#latest) this.#latest = undefined;
    of.byDay.delete(batch.day);
    if (of.byDay.size === 0) this.#byDestination.delete(of.destination);
    if (!this.#fresh.delete(opened)) this.#expiredSealed(opened);
    this.#eventCount -= batch.size;
    this.#hold(of, -batch.heldBytes);
    const sealed = batch.seal();
    copy?.seal(sealed);
    this.#events.sealed(of.destination, sealed, copy, gap);
  }

  #expiredSealed(opened: Opened<D, C>): void {
    const { destination, expired } = opened.of;
    expired.delete(opened);
    const [next] = expired;
    if (next === undefined) this.#ready.delete(destination);
    else this.#ready.set(destination, next.place);
  }
}
