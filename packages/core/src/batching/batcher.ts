import { type Link, LinkedList } from '../util/linked-list.js';
import { ReadyQueue } from '../util/ready-queue.js';
import { type Batch, utcDayOf } from './batch.js';
import { BatchBuilder } from './batch-builder.js';
import type { BatchMirror } from './batch-mirror.js';
import type { ToldGap } from './gap.js';
import type { LogEvent } from './log-event.js';

/** The most open batches of all destinations and days together. */
export const MAX_OPEN_BATCHES = 5000;

/** At the limit, one in this many new batches stays open as long as those that are used again. */
const LONG_LIVED_EVERY = 8;

export interface BatcherCallbacks<D, M extends BatchMirror> {
  /** A batch takes no more events. */
  sealed(destination: D, batch: Batch, mirror: M | undefined, told: readonly ToldGap[]): void;
  /** A batch was sealed before it was due, since too many are open. */
  tooManyOpenBatches(): void;
}

interface OpenBatch<D, M extends BatchMirror> {
  readonly of: DestinationBatches<D, M>;
  readonly builder: BatchBuilder;
  readonly mirror: M | undefined;
  /** The gaps that its events report. */
  readonly told: ToldGap[];
  /** How many batches were opened before it. */
  readonly sequence: number;
  /** Its place in the order of use. */
  use: Link<OpenBatch<D, M>> | undefined;
}

/** The open batches of one destination. */
interface DestinationBatches<D, M extends BatchMirror> {
  readonly destination: D;
  readonly byDay: Map<number, OpenBatch<D, M>>;
  /** Those that are due, oldest first. */
  readonly due: Set<OpenBatch<D, M>>;
  heldBytes: number;
}

/** Collects events in open batches: one for each destination and UTC day. */
export class Batcher<D, M extends BatchMirror> {
  readonly #callbacks: BatcherCallbacks<D, M>;
  readonly #maxOpen: number;
  readonly #mirrorFor: (destination: D, timestamp: number) => M | undefined;
  /** Oldest first. */
  readonly #all = new Set<OpenBatch<D, M>>();
  /** Those that are not due yet, oldest first. */
  readonly #fresh = new Set<OpenBatch<D, M>>();
  /** The first is sealed when another batch needs its place. */
  readonly #byUse = new LinkedList<OpenBatch<D, M>>();
  readonly #byDestination = new Map<D, DestinationBatches<D, M>>();
  /** Destinations with due batches, by the sequence of the oldest. */
  readonly #ready = new ReadyQueue<D>();
  /** The batch that took the last event, if it is still open. */
  #latest: OpenBatch<D, M> | undefined;
  #openedCount = 0;
  #eventCount = 0;
  #heldBytes = 0;

  /** @param mirrorFor creates the mirror of a batch that is opened for an event with this timestamp */
  constructor(
    callbacks: BatcherCallbacks<D, M>,
    mirrorFor: (destination: D, timestamp: number) => M | undefined,
    maxOpen = MAX_OPEN_BATCHES,
  ) {
    this.#callbacks = callbacks;
    this.#mirrorFor = mirrorFor;
    this.#maxOpen = maxOpen;
  }

  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  /** Whether a batch was opened since the last {@link makeAllDue}. */
  get hasFresh(): boolean {
    return this.#fresh.size > 0;
  }

  /** An estimate of the memory that open batches take, in bytes. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  heldBytesOf(destination: D): number {
    return this.#byDestination.get(destination)?.heldBytes ?? 0;
  }

  /** The destinations with open batches. */
  get destinations(): Iterable<D> {
    return this.#byDestination.keys();
  }

  /** The number of events in open batches. */
  get eventCount(): number {
    return this.#eventCount;
  }

  /** Adds an event to the open batch of its day. @param told the gap that the event reports */
  add(destination: D, event: LogEvent, told?: ToldGap): void {
    const found = this.#find(destination, event.timestamp);
    if (found === undefined || !this.#addTo(found, event)) {
      this.#addToNew(destination, event, found, told);
      return;
    }
    if (told !== undefined) found.told.push(told);
    this.#markUsed(found);
  }

  #addToNew(destination: D, event: LogEvent, full: OpenBatch<D, M> | undefined, told?: ToldGap): void {
    if (full !== undefined) this.#seal(full);
    const isAtLimit = this.#all.size >= this.#maxOpen;
    const hasSealedEarly = isAtLimit && this.#makeRoom();
    const builder = new BatchBuilder(utcDayOf(event.timestamp), full !== undefined);
    // First: if there is no memory for the event, nothing is opened.
    builder.add(event);
    this.#open(destination, builder, event.timestamp, isAtLimit, told);
    // Last: a listener to the report may log, and so add an event.
    if (hasSealedEarly) this.#callbacks.tooManyOpenBatches();
  }

  /** Makes all open batches due. */
  makeAllDue(): void {
    for (const open of this.#fresh) {
      const { destination, due } = open.of;
      due.add(open);
      if (due.size === 1) this.#ready.set(destination, open.sequence);
    }
    this.#fresh.clear();
  }

  /**
   * Seals the oldest due batch whose destination can be sent to. A destination that cannot be sent to is not asked again until it
   * is recalled.
   */
  sealDue(maySend: (destination: D) => boolean): void {
    const destination = this.#ready.next(maySend);
    if (destination === undefined) return;
    this.#sealFirst(this.#byDestination.get(destination)?.due ?? []);
  }

  /** A destination may be able to take batches again. */
  recall(destination: D): void {
    this.#ready.recall(destination);
  }

  sealAll(): void {
    for (const open of this.#all) this.#seal(open);
  }

  /** Seals the oldest open batch of a destination, or of all destinations. */
  sealOldest(destination?: D): void {
    if (destination === undefined) this.#sealFirst(this.#all);
    else this.#sealFirst(this.#byDestination.get(destination)?.byDay.values() ?? []);
  }

  #sealFirst(batches: Iterable<OpenBatch<D, M>>): void {
    for (const open of batches) {
      this.#seal(open);
      return;
    }
  }

  #find(destination: D, timestamp: number): OpenBatch<D, M> | undefined {
    const day = utcDayOf(timestamp);
    const latest = this.#latest;
    if (latest?.of.destination === destination && latest.builder.day === day) return latest;
    return this.#byDestination.get(destination)?.byDay.get(day);
  }

  /** @param builder has its first event, with this timestamp */
  #open(
    destination: D,
    builder: BatchBuilder,
    timestamp: number,
    isAtLimit: boolean,
    told: ToldGap | undefined,
  ): void {
    const mirror = this.#mirrorFor(destination, timestamp);
    const of = this.#byDestination.get(destination) ?? {
      destination,
      byDay: new Map(),
      due: new Set(),
      heldBytes: 0,
    };
    const open: OpenBatch<D, M> = {
      of,
      builder,
      mirror,
      told: told === undefined ? [] : [told],
      sequence: this.#openedCount++,
      use: undefined,
    };
    this.#byDestination.set(destination, of);
    of.byDay.set(builder.day, open);
    this.#latest = open;
    open.use = this.#enterByUse(open, isAtLimit);
    this.#all.add(open);
    this.#fresh.add(open);
    this.#added(open, 0);
  }

  #addTo(open: OpenBatch<D, M>, event: LogEvent): boolean {
    const { builder } = open;
    const before = builder.heldBytes;
    if (!builder.add(event)) return false;
    this.#added(open, before);
    return true;
  }

  #added({ of, builder, mirror }: OpenBatch<D, M>, heldBefore: number): void {
    this.#eventCount++;
    this.#hold(of, builder.heldBytes - heldBefore);
    mirror?.append(builder);
  }

  #hold(of: DestinationBatches<D, M>, bytes: number): void {
    of.heldBytes += bytes;
    this.#heldBytes += bytes;
  }

  #markUsed(open: OpenBatch<D, M>): void {
    this.#latest = open;
    if (open.use === this.#byUse.last) return;
    if (open.use !== undefined) this.#byUse.remove(open.use);
    open.use = this.#byUse.addLast(open);
  }

  /**
   * If more destinations are used in turn than may be open, the least recently used one is the next to be used: sealing it would
   * make a batch of every event. So a new batch is itself the next to be sealed, unless it is used again. One in some new batches
   * stays, so that batches that are no longer used are sealed in the end.
   */
  #enterByUse(open: OpenBatch<D, M>, isAtLimit: boolean): Link<OpenBatch<D, M>> {
    const stays = !isAtLimit || open.sequence % LONG_LIVED_EVERY === 0;
    return stays ? this.#byUse.addLast(open) : this.#byUse.addFirst(open);
  }

  /** @returns whether a batch that was not due was sealed */
  #makeRoom(): boolean {
    const least = this.#byUse.first?.value;
    if (least === undefined) return false;
    const isEarly = this.#fresh.has(least);
    this.#seal(least);
    return isEarly;
  }

  #seal(open: OpenBatch<D, M>): void {
    const { of, builder, mirror, told, use } = open;
    this.#all.delete(open);
    if (use !== undefined) this.#byUse.remove(use);
    if (open === this.#latest) this.#latest = undefined;
    of.byDay.delete(builder.day);
    if (of.byDay.size === 0) this.#byDestination.delete(of.destination);
    if (!this.#fresh.delete(open)) this.#removeDue(open);
    this.#eventCount -= builder.size;
    this.#hold(of, -builder.heldBytes);
    const batch = builder.seal();
    mirror?.seal(batch);
    this.#callbacks.sealed(of.destination, batch, mirror, told);
  }

  #removeDue(open: OpenBatch<D, M>): void {
    const { destination, due } = open.of;
    due.delete(open);
    const [next] = due;
    if (next === undefined) this.#ready.delete(destination);
    else this.#ready.set(destination, next.sequence);
  }
}
