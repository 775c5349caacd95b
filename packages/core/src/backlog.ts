import type { Batch } from './batch/batch.js';
import type { Gap } from './batch/gap.js';
import { type BatchSender, type Outline, Parcel, type StoredBatch } from './parcel.js';
import { type Link, List } from './util/list.js';
import { Turns } from './util/turns.js';

/** A batch that an earlier process left. */
export interface Found {
  readonly sender: BatchSender;
  readonly stored: StoredBatch;
  readonly outline: Outline;
}

/** The batches of one sender. */
interface Lane {
  readonly sender: BatchSender;
  /** Oldest first. */
  readonly waiting: List<Parcel>;
  inFlight: number;
  /** About what those that wait take in memory. */
  heldBytes: number;
}

/** Where a batch is. */
interface Entry {
  readonly lane: Lane;
  /** Among all. */
  readonly link: Link<Parcel>;
  /** Among those of its lane that wait; undefined in flight. */
  waiting: Link<Parcel> | undefined;
}

/**
 * Every sealed batch that is not settled: in flight, or waiting. The oldest of a sender that may send goes first. Each event has a
 * position among all that were ever sealed; those that earlier processes left stand before 0.
 */
export class Backlog {
  /** All of them, oldest first. */
  readonly #all = new List<Parcel>();
  readonly #entries = new Map<Parcel, Entry>();
  readonly #lanes = new Map<BatchSender, Lane>();
  /** Of senders whose batches wait. */
  readonly #turns = new Turns<BatchSender>();
  readonly #freed: (sender: BatchSender) => void;
  #inFlight = 0;
  #events = 0;
  #heldBytes = 0;
  #begin = 0;
  #end = 0;

  /** @param freed is called when fewer batches of a sender wait, or are in flight, than before */
  constructor(freed: (sender: BatchSender) => void = () => undefined) {
    this.#freed = freed;
  }

  /** About what those that wait take in memory. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  heldBytesOf(sender: BatchSender): number {
    return this.#lanes.get(sender)?.heldBytes ?? 0;
  }

  /** Those whose batches wait. */
  get senders(): Iterable<BatchSender> {
    return this.#lanes.keys();
  }

  /** How many wait or are in flight. */
  get events(): number {
    return this.#events;
  }

  isWaitingFor(sender: BatchSender): boolean {
    return this.#lanes.get(sender)?.waiting.first !== undefined;
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

  add(sender: BatchSender, batch: Batch, stored?: StoredBatch, gap?: Gap): void {
    const parcel = Parcel.sealed(this.#end, sender, batch, stored, gap);
    this.#end += batch.size;
    this.#enter(parcel, this.#all.addLast(parcel));
  }

  /** Puts them in front of all others. @param found oldest first */
  addFound(found: readonly Found[]): void {
    for (const { sender, stored, outline } of found.toReversed()) {
      this.#begin -= outline.size;
      const parcel = Parcel.found(this.#begin, sender, stored, outline);
      this.#enter(parcel, this.#all.addFirst(parcel));
    }
  }

  /**
   * The oldest that waits and may go is in flight from now on. A sender that may not is not asked again before it is freed, or
   * recalled.
   * @param mayGo whether a sender that has so many in flight may send one more
   * @param refusesAll whether a sender refuses whatever is sent: then what was refused least goes instead, the newest of it
   */
  launchOldest(
    mayGo: (sender: BatchSender, inFlight: number) => boolean,
    refusesAll: (sender: BatchSender) => boolean = () => false,
  ): Parcel | undefined {
    const sender = this.#turns.next((asked) => mayGo(asked, this.inFlightOf(asked)));
    const waiting = sender && this.#lanes.get(sender)?.waiting;
    const parcel = waiting && (refusesAll(sender) ? leastRefused(waiting) : waiting.first?.value);
    const entry = parcel && this.#entries.get(parcel);
    if (entry === undefined) return undefined;
    entry.lane.inFlight++;
    this.#inFlight++;
    this.#waitNoMore(entry);
    return parcel;
  }

  inFlightOf(sender: BatchSender): number {
    return this.#lanes.get(sender)?.inFlight ?? 0;
  }

  /** A sender may go again, perhaps. */
  recall(sender: BatchSender): void {
    this.#turns.recall(sender);
  }

  /** Whether it is in flight: not when it was given up meanwhile. */
  isInFlight(parcel: Parcel): boolean {
    const entry = this.#entries.get(parcel);
    return entry !== undefined && entry.waiting === undefined;
  }

  /** It is settled. @returns false when it was settled before */
  complete(parcel: Parcel): boolean {
    const entry = this.#entries.get(parcel);
    if (entry === undefined) return false;
    this.#entries.delete(parcel);
    this.#all.remove(entry.link);
    this.#events -= parcel.size;
    if (entry.waiting !== undefined) this.#waitNoMore(entry);
    else this.#land(entry.lane);
    return true;
  }

  /** What is in flight waits again, in its old place; or its parts do. @param parts in their order */
  requeue(parcel: Parcel, parts: readonly Parcel[] = [parcel]): void {
    const entry = this.#entries.get(parcel);
    if (entry === undefined) return;
    const links = parts.map((part) => ({ part, link: this.#all.addBefore(entry.link, part) }));
    this.complete(parcel);
    for (const { part, link } of links) this.#enter(part, link);
  }

  oldestInMemory(sender: BatchSender): Parcel | undefined {
    const waiting = this.#lanes.get(sender)?.waiting ?? [];
    return this.#first(waiting, ({ heldBytes }) => heldBytes > 0);
  }

  oldestOnDisk(): Parcel | undefined {
    return this.#first(this.#all, ({ isKept }) => isKept);
  }

  /** What would be lost with the process: what is not on disk. Oldest first, also of those in flight. */
  inMemoryAlone(): Parcel[] {
    return this.all().filter(({ isKept }) => !isKept);
  }

  /** Oldest first, also those in flight. */
  all(): Parcel[] {
    return [...this.#all];
  }

  /**
   * Leaves the newest that can be spared to the disk, until so many bytes are free.
   * @param atOnce also those that had better be written in one piece before
   * @returns how many are free now
   */
  forgetNewest(bytes: number, atOnce = false): number {
    let freed = 0;
    for (let link = this.#all.last; link !== undefined && freed < bytes; link = link.previous) {
      const entry = this.#entries.get(link.value);
      if (entry?.waiting === undefined) continue;
      const forgotten = link.value.forget(atOnce);
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

  #isWaiting(parcel: Parcel): boolean {
    return this.#entries.get(parcel)?.waiting !== undefined;
  }

  #enter(parcel: Parcel, link: Link<Parcel>): void {
    const { sender, position } = parcel;
    const lane = this.#lanes.get(sender) ?? {
      sender,
      waiting: new List<Parcel>(),
      inFlight: 0,
      heldBytes: 0,
    };
    this.#lanes.set(sender, lane);
    this.#entries.set(parcel, { lane, link, waiting: placed(lane.waiting, parcel, position) });
    lane.heldBytes += parcel.heldBytes;
    this.#events += parcel.size;
    this.#heldBytes += parcel.heldBytes;
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
    this.#freed(lane.sender);
  }

  #land(lane: Lane): void {
    lane.inFlight--;
    this.#inFlight--;
    this.#placeInTurn(lane);
    this.#turns.recall(lane.sender);
    this.#freed(lane.sender);
  }

  #placeInTurn({ sender, waiting, inFlight }: Lane): void {
    const oldest = waiting.first?.value;
    if (oldest !== undefined) this.#turns.set(sender, oldest.position);
    else this.#turns.delete(sender);
    if (oldest === undefined && inFlight === 0) this.#lanes.delete(sender);
  }

  #first(parcels: Iterable<Parcel>, fits: (parcel: Parcel) => boolean): Parcel | undefined {
    for (const parcel of parcels) if (this.#isWaiting(parcel) && fits(parcel)) return parcel;
    return undefined;
  }
}

/** One that was not refused yet may show that the others are to blame themselves. */
function leastRefused(waiting: List<Parcel>): Parcel | undefined {
  let least: Parcel | undefined;
  for (const parcel of waiting) if (least === undefined || parcel.refusals <= least.refusals) least = parcel;
  return least;
}

/** Most are the newest. Those that come back were among the oldest. */
function placed(waiting: List<Parcel>, parcel: Parcel, position: number): Link<Parcel> {
  const { last } = waiting;
  if (last === undefined || last.value.position < position) return waiting.addLast(parcel);
  let next = waiting.first;
  while (next !== undefined && next.value.position < position) next = next.next;
  return next === undefined ? waiting.addLast(parcel) : waiting.addBefore(next, parcel);
}
