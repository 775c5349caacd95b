import { type Link, List } from '../util/list.js';
import { Turns } from '../util/turns.js';
import { type Batch, dayOf, OpenBatch } from './batch.js';
import type { LogEvent } from './event.js';
import { type Gap, joined } from './gap.js';

/** Of all targets and days together. */
export const MAX_OPEN = 5000;

/** With so many open, one in so many that are opened stays as long as those that were used again. */
const KEPT_SHARE = 8;

/** What happens to open batches. */
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
  /** No more events will come. @param batch has them all from now on, beside what the source still has to give */
  seal(batch: Content): void;
}

/** A batch's events: the JSON of each, in UTF-8, with a comma and a newline. The bytes may be kept. */
export interface Content {
  takeAll(): Buffer;
}

/** Those of a batch that still takes some. */
export interface Source extends Content {
  /** Those that were not taken yet. */
  takeNew(): Buffer;
}

interface Opened<Target, C extends Copy> {
  readonly of: TargetBatches<Target, C>;
  readonly batch: OpenBatch;
  readonly copy: C | undefined;
  /** What events in it tell is missing. */
  gap: Gap | undefined;
  /** How many were opened before it. */
  readonly place: number;
  /** Among those that were used less and more recently. */
  use: Link<Opened<Target, C>> | undefined;
}

/** What is open of one target. */
interface TargetBatches<Target, C extends Copy> {
  readonly target: Target;
  readonly byDay: Map<number, Opened<Target, C>>;
  /** Those that have waited long enough: the one opened first is in front. */
  readonly expired: Set<Opened<Target, C>>;
  heldBytes: number;
}

/** The batches that still take events: one for each target and UTC day that has events. */
export class OpenBatches<Target, C extends Copy> {
  readonly #events: OpenBatchesEvents<Target, C>;
  readonly #maxOpen: number;
  readonly #copyFor: (target: Target, timestamp: number) => C | undefined;
  /** The one opened first is in front. */
  readonly #all = new Set<Opened<Target, C>>();
  /** Those that have not waited long enough: the one opened first is in front. */
  readonly #fresh = new Set<Opened<Target, C>>();
  /** In front is the one that is sealed when another needs its place. */
  readonly #byUse = new List<Opened<Target, C>>();
  readonly #byTarget = new Map<Target, TargetBatches<Target, C>>();
  /** Of targets with batches that have waited long enough. */
  readonly #turns = new Turns<Target>();
  /** The one that took the last event, if it is still open. */
  #latest: Opened<Target, C> | undefined;
  #opened = 0;
  #eventCount = 0;
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
    return this.#fresh.size > 0;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  heldBytesOf(target: Target): number {
    return this.#byTarget.get(target)?.heldBytes ?? 0;
  }

  /** Those that have open batches. */
  get targets(): Iterable<Target> {
    return this.#byTarget.keys();
  }

  /** How many are in open batches. */
  get events(): number {
    return this.#eventCount;
  }

  /** @param gap that the event tells of */
  add(target: Target, event: LogEvent, gap?: Gap): void {
    const found = this.#find(target, event.timestamp);
    const opened =
      found !== undefined && this.#addTo(found, event) ? found : this.#addToNew(target, event, found);
    if (gap !== undefined) opened.gap = joined(opened.gap, gap);
  }

  #addToNew(target: Target, event: LogEvent, full: Opened<Target, C> | undefined): Opened<Target, C> {
    if (full !== undefined) this.#seal(full);
    const opened = this.#openFor(target, event.timestamp, full !== undefined);
    this.#addTo(opened, event);
    return opened;
  }

  /** They have waited long enough. */
  expire(): void {
    for (const opened of this.#fresh) {
      const { target, expired } = opened.of;
      expired.add(opened);
      if (expired.size === 1) this.#turns.set(target, opened.place);
    }
    this.#fresh.clear();
  }

  /**
   * Seals the oldest that has waited long enough, and whose target may be sent to. A target that may not is not asked again
   * before it is recalled.
   */
  sealExpired(mayGo: (target: Target) => boolean): void {
    const target = this.#turns.next(mayGo);
    if (target === undefined) return;
    for (const opened of this.#byTarget.get(target)?.expired ?? []) {
      this.#seal(opened);
      return;
    }
  }

  /** A target may be sent to again, perhaps. */
  recall(target: Target): void {
    this.#turns.recall(target);
  }

  sealAll(): void {
    for (const opened of this.#all) this.#seal(opened);
  }

  /** @param target undefined: of all targets */
  sealOldest(target?: Target): void {
    const among = target === undefined ? this.#all : (this.#byTarget.get(target)?.byDay.values() ?? []);
    for (const opened of among) {
      this.#seal(opened);
      return;
    }
  }

  #find(target: Target, timestamp: number): Opened<Target, C> | undefined {
    const day = dayOf(timestamp);
    const latest = this.#latest;
    if (latest?.of.target === target && latest.batch.day === day) return latest;
    return this.#byTarget.get(target)?.byDay.get(day);
  }

  #openFor(target: Target, timestamp: number, followsFull: boolean): Opened<Target, C> {
    const isCrowded = this.#all.size >= this.#maxOpen;
    if (isCrowded) this.#makeRoom();
    const batch = new OpenBatch(dayOf(timestamp), followsFull);
    const of = this.#byTarget.get(target) ?? {
      target,
      byDay: new Map(),
      expired: new Set(),
      heldBytes: 0,
    };
    this.#byTarget.set(target, of);
    const copy = this.#copyFor(target, timestamp);
    const opened: Opened<Target, C> = {
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

  #addTo(opened: Opened<Target, C>, event: LogEvent): boolean {
    const { batch, copy } = opened;
    const before = batch.heldBytes;
    if (!batch.add(event)) return false;
    this.#eventCount++;
    this.#hold(opened.of, batch.heldBytes - before);
    copy?.append(batch);
    this.#use(opened);
    return true;
  }

  #hold(of: TargetBatches<Target, C>, bytes: number): void {
    of.heldBytes += bytes;
    this.#heldBytes += bytes;
  }

  #use(opened: Opened<Target, C>): void {
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
  #enter(opened: Opened<Target, C>, isCrowded: boolean): Link<Opened<Target, C>> {
    const stays = !isCrowded || opened.place % KEPT_SHARE === 0;
    return stays ? this.#byUse.addLast(opened) : this.#byUse.addFirst(opened);
  }

  #makeRoom(): void {
    const least = this.#byUse.first?.value;
    if (least === undefined) return;
    if (this.#fresh.has(least)) this.#events.crowded();
    this.#seal(least);
  }

  #seal(opened: Opened<Target, C>): void {
    const { of, batch, copy, gap, use } = opened;
    this.#all.delete(opened);
    if (use !== undefined) this.#byUse.remove(use);
    if (opened === this.#latest) this.#latest = undefined;
    of.byDay.delete(batch.day);
    if (of.byDay.size === 0) this.#byTarget.delete(of.target);
    if (!this.#fresh.delete(opened)) this.#expiredSealed(opened);
    this.#eventCount -= batch.size;
    this.#hold(of, -batch.heldBytes);
    const sealed = batch.seal();
    copy?.seal(sealed);
    this.#events.sealed(of.target, sealed, copy, gap);
  }

  #expiredSealed(opened: Opened<Target, C>): void {
    const { target, expired } = opened.of;
    expired.delete(opened);
    const [next] = expired;
    if (next === undefined) this.#turns.delete(target);
    else this.#turns.set(target, next.place);
  }
}
