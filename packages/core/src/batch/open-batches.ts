import { type Batch, dayOf, OpenBatch } from './batch.js';
import type { LogEvent } from './event.js';

/** From 14 days ago to 2 hours ahead, which is what the service takes, are 16 UTC days at most. */
const MAX_OPEN = 16;

/** A second place for the events of a batch, from the moment it is opened. */
export interface Copy {
  /** @param json of an event, in UTF-8; it may be kept */
  append(json: Buffer): void;
  /** No more events will come. */
  seal(): void;
}

interface Opened<C extends Copy> {
  readonly batch: OpenBatch;
  readonly copy: C | undefined;
}

/** The batches that still take events: one for each UTC day that has events. */
export class OpenBatches<C extends Copy> {
  readonly #sealed: (batch: Batch, copy: C | undefined) => void;
  readonly #copyFor: (timestamp: number) => C | undefined;
  /** The one opened first is in front. */
  readonly #byDay = new Map<number, Opened<C>>();
  #heldBytes = 0;

  /**
   * @param sealed gets each batch that takes no more events
   * @param copyFor makes the copy of a batch that is opened for an event of this time
   */
  constructor(
    sealed: (batch: Batch, copy: C | undefined) => void,
    copyFor: (timestamp: number) => C | undefined,
  ) {
    this.#sealed = sealed;
    this.#copyFor = copyFor;
  }

  get isEmpty(): boolean {
    return this.#byDay.size === 0;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  add(event: LogEvent): void {
    const day = dayOf(event.timestamp);
    const opened = this.#byDay.get(day);
    if (opened !== undefined && this.#addTo(opened, event)) return;
    if (opened !== undefined) this.#seal(opened);
    this.#addTo(this.#openFor(day, event.timestamp), event);
    if (this.#byDay.size > MAX_OPEN) this.sealOldest();
  }

  #openFor(day: number, timestamp: number): Opened<C> {
    const opened = { batch: new OpenBatch(day), copy: this.#copyFor(timestamp) };
    this.#heldBytes += opened.batch.heldBytes;
    this.#byDay.set(day, opened);
    return opened;
  }

  #addTo({ batch, copy }: Opened<C>, event: LogEvent): boolean {
    const before = batch.heldBytes;
    const json = batch.add(event);
    if (json === undefined) return false;
    this.#heldBytes += batch.heldBytes - before;
    copy?.append(json);
    return true;
  }

  sealAll(): void {
    for (const opened of this.#byDay.values()) this.#seal(opened);
  }

  sealOldest(): void {
    for (const opened of this.#byDay.values()) {
      this.#seal(opened);
      return;
    }
  }

  #seal({ batch, copy }: Opened<C>): void {
    this.#byDay.delete(batch.day);
    this.#heldBytes -= batch.heldBytes;
    copy?.seal();
    this.#sealed(batch.seal(), copy);
  }
}
