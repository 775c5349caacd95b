import type { Batch } from './batch/batch.js';
import type { Gap } from './batch/gap.js';
import { type BatchSender, type Outline, Parcel, type StoredBatch } from './parcel.js';

/** A batch that an earlier process left. */
export interface Found {
  readonly sender: BatchSender;
  readonly stored: StoredBatch;
  readonly outline: Outline;
}

/**
 * Every sealed batch that has not found its fate: in flight, or waiting, oldest first. Each event has a position among
 * all that were ever sealed; those that earlier processes left stand before 0.
 */
export class Backlog {
  readonly #waiting: Parcel[] = [];
  /** How many of each sender. */
  readonly #waitingOf = new Map<BatchSender, number>();
  readonly #inFlight = new Set<Parcel>();
  #heldBytes = 0;
  #begin = 0;
  #end = 0;

  /** About what those that wait take in memory. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  isWaitingFor(sender: BatchSender): boolean {
    return this.#waitingOf.has(sender);
  }

  /** Nothing waits or is in flight. */
  get isEmpty(): boolean {
    return !this.isWaiting && this.#inFlight.size === 0;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** The position of the next event that is sealed. */
  get end(): number {
    return this.#end;
  }

  add(sender: BatchSender, batch: Batch, stored?: StoredBatch, gap?: Gap): void {
    this.#put(Parcel.sealed(this.#end, sender, batch, stored, gap));
    this.#end += batch.size;
  }

  /** Puts them in front of all others. @param found oldest first */
  addFound(found: readonly Found[]): void {
    this.#begin -= found.reduce((sum, { outline }) => sum + outline.size, 0);
    let position = this.#begin;
    for (const { sender, stored, outline } of found) {
      this.#put(Parcel.found(position, sender, stored, outline));
      position += outline.size;
    }
  }

  /**
   * The oldest that waits and may go is in flight from now on.
   * @param mayGo whether a sender that has so many in flight may send one more
   */
  launchOldest(mayGo: (sender: BatchSender, inFlight: number) => boolean): Parcel | undefined {
    const free = new Set<BatchSender>();
    for (const sender of this.#waitingOf.keys()) if (mayGo(sender, this.inFlightOf(sender))) free.add(sender);
    if (free.size === 0) return undefined;
    const parcel = this.#take(this.#waiting.findIndex(({ sender }) => free.has(sender)));
    if (parcel !== undefined) this.#inFlight.add(parcel);
    return parcel;
  }

  inFlightOf(sender: BatchSender): number {
    let count = 0;
    for (const parcel of this.#inFlight) if (parcel.sender === sender) count++;
    return count;
  }

  /** It is no longer in flight. @returns false when it was given up meanwhile */
  land(parcel: Parcel): boolean {
    return this.#inFlight.delete(parcel);
  }

  /** It waits again, in its old place; or its parts do. */
  putBack(...parcels: readonly Parcel[]): void {
    for (const parcel of parcels) this.#put(parcel);
  }

  takeOldestInMemory(): Parcel | undefined {
    return this.#take(this.#waiting.findIndex(({ heldBytes }) => heldBytes > 0));
  }

  takeOldestOnDisk(): Parcel | undefined {
    return this.#take(this.#waiting.findIndex(({ isKept }) => isKept));
  }

  /** Takes what would be lost with the process: what is not on disk. */
  takeInMemoryAlone(): Parcel[] {
    return this.#takeWhere(({ isKept }) => !isKept);
  }

  takeAll(): Parcel[] {
    return this.#takeWhere(() => true);
  }

  /** Leaves the newest that can be spared to the disk, until so many bytes are free. @returns how many are */
  forgetNewest(bytes: number): number {
    let freed = 0;
    for (let i = this.#waiting.length - 1; i >= 0 && freed < bytes; i--)
      freed += this.#waiting[i]?.forget() ?? 0;
    this.#heldBytes -= freed;
    return freed;
  }

  /** Whether all events before this position have found their fate. */
  isSettled(end: number): boolean {
    const [oldest] = this.#waiting;
    if (oldest !== undefined && oldest.position < end) return false;
    return ![...this.#inFlight].some(({ position }) => position < end);
  }

  #put(parcel: Parcel): void {
    const before = this.#waiting.findLastIndex(({ position }) => position < parcel.position);
    this.#waiting.splice(before + 1, 0, parcel);
    this.#heldBytes += parcel.heldBytes;
    this.#waitingOf.set(parcel.sender, (this.#waitingOf.get(parcel.sender) ?? 0) + 1);
  }

  #take(index: number): Parcel | undefined {
    const [parcel] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (parcel === undefined) return undefined;
    this.#heldBytes -= parcel.heldBytes;
    const left = (this.#waitingOf.get(parcel.sender) ?? 1) - 1;
    if (left === 0) this.#waitingOf.delete(parcel.sender);
    else this.#waitingOf.set(parcel.sender, left);
    return parcel;
  }

  #takeWhere(fits: (parcel: Parcel) => boolean): Parcel[] {
    const waiting = this.#waiting.splice(0);
    this.#waitingOf.clear();
    this.#heldBytes = 0;
    const taken: Parcel[] = [];
    for (const parcel of waiting) {
      if (fits(parcel)) taken.push(parcel);
      else this.#put(parcel);
    }
    for (const parcel of [...this.#inFlight].filter(fits)) {
      this.#inFlight.delete(parcel);
      taken.push(parcel);
    }
    return taken;
  }
}
