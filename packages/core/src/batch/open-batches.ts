import { type Batch, dayOf, OpenBatch } from './batch.js';
import type { LogEvent } from './event.js';
import { type Gap, joined } from './gap.js';

/** Of all targets and days together. */
export const MAX_OPEN = 5000;

/** What befalls open batches. */
export interface OpenBatchesEvents<Target, C extends Copy> {
  /** A batch takes no more events. */
  sealed(target: Target, batch: Batch, copy: C | undefined, gap: Gap | undefined): void;
  /** So many are open that one was sealed before its time. */
  crowded(): void;
}

/** A second place for the events of a batch, from the moment it is opened. */
export interface Copy {
  /** There is an event more. @param source has it, and all that was not taken yet, and keeps it until it is */
  append(source: Source): void;
  /** No more events will come. */
  seal(): void;
}

/** What is new in a batch: the JSON of each event, in UTF-8, with a comma and a newline. The bytes may be kept. */
export interface Source {
  takeNew(): Buffer;
}

interface Opened<Target, C extends Copy> {
  readonly target: Target;
  readonly batch: OpenBatch;
  readonly copy: C | undefined;
  /** What events in it tell is missing. */
  gap: Gap | undefined;
  /** It has waited long enough. */
  isExpired: boolean;
  /** When it took its last event, counted in changes from one batch to another. */
  usedAt: number;
}

/** The batches that still take events: one for each target and UTC day that has events. */
export class OpenBatches<Target, C extends Copy> {
  readonly #events: OpenBatchesEvents<Target, C>;
  readonly #maxOpen: number;
  readonly #copyFor: (target: Target, timestamp: number) => C | undefined;
  /** The one opened first is in front. */
  readonly #all = new Set<Opened<Target, C>>();
  readonly #byTarget = new Map<Target, Map<number, Opened<Target, C>>>();
  /** The one that took the last event, if it is still open. */
  #latest: Opened<Target, C> | undefined;
  #changes = 0;
  #fresh = 0;
  #heldBytes = 0;

  /**
   * @param copyFor makes the copy of a batch that is opened for an event of this time
   */
  constructor(
    events: OpenBatchesEvents<Target, C>,
    copyFor: (target: Target, timestamp: number) => C | undefined,
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
    return this.#fresh > 0;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** @param gap that the event tells of */
  add(target: Target, event: LogEvent, gap?: Gap): void {
    const found = this.#find(target, event.timestamp);
    const opened =
      found !== undefined && this.#addTo(found, event) ? found : this.#addToNew(target, event, found);
    if (gap !== undefined) opened.gap = joined(opened.gap, gap);
    if (this.#all.size > this.#maxOpen) this.#sealLeastRecentlyUsed();
  }

  #addToNew(target: Target, event: LogEvent, full: Opened<Target, C> | undefined): Opened<Target, C> {
    if (full !== undefined) this.#seal(full);
    const opened = this.#openFor(target, event.timestamp, full !== undefined);
    this.#addTo(opened, event);
    return opened;
  }

  /** They have waited long enough. */
  expire(): void {
    for (const opened of this.#all) opened.isExpired = true;
    this.#fresh = 0;
  }

  /** Seals the oldest that has waited long enough, and whose target may be sent to. */
  sealExpired(mayGo: (target: Target) => boolean): void {
    if (this.#fresh === this.#all.size) return;
    for (const opened of this.#all) {
      if (!opened.isExpired || !mayGo(opened.target)) continue;
      this.#seal(opened);
      return;
    }
  }

  sealAll(): void {
    for (const opened of this.#all) this.#seal(opened);
  }

  sealOldest(): void {
    for (const opened of this.#all) {
      this.#seal(opened);
      return;
    }
  }

  #find(target: Target, timestamp: number): Opened<Target, C> | undefined {
    const day = dayOf(timestamp);
    const latest = this.#latest;
    if (latest?.target === target && latest.batch.day === day) return latest;
    return this.#byTarget.get(target)?.get(day);
  }

  #openFor(target: Target, timestamp: number, followsFull: boolean): Opened<Target, C> {
    const batch = new OpenBatch(dayOf(timestamp), followsFull);
    const opened = {
      target,
      batch,
      copy: this.#copyFor(target, timestamp),
      gap: undefined,
      isExpired: false,
      usedAt: 0,
    };
    this.#all.add(opened);
    const days = this.#byTarget.get(target);
    if (days === undefined) this.#byTarget.set(target, new Map([[batch.day, opened]]));
    else days.set(batch.day, opened);
    this.#fresh++;
    this.#heldBytes += batch.heldBytes;
    return opened;
  }

  #addTo(opened: Opened<Target, C>, event: LogEvent): boolean {
    const { batch, copy } = opened;
    const before = batch.heldBytes;
    if (!batch.add(event)) return false;
    this.#heldBytes += batch.heldBytes - before;
    copy?.append(batch);
    this.#use(opened);
    return true;
  }

  #use(opened: Opened<Target, C>): void {
    if (opened === this.#latest) return;
    this.#latest = opened;
    opened.usedAt = ++this.#changes;
  }

  #sealLeastRecentlyUsed(): void {
    let least = this.#latest;
    for (const opened of this.#all) if (least === undefined || opened.usedAt < least.usedAt) least = opened;
    if (least === undefined) return;
    if (!least.isExpired) this.#events.crowded();
    this.#seal(least);
  }

  #seal(opened: Opened<Target, C>): void {
    const { target, batch, copy, gap } = opened;
    this.#all.delete(opened);
    const days = this.#byTarget.get(target);
    days?.delete(batch.day);
    if (days?.size === 0) this.#byTarget.delete(target);
    if (opened === this.#latest) this.#latest = undefined;
    if (!opened.isExpired) this.#fresh--;
    this.#heldBytes -= batch.heldBytes;
    copy?.seal();
    this.#events.sealed(target, batch.seal(), copy, gap);
  }
}
