import { type Batch, dayOf, heldBytesOf, OpenBatch } from './batch.js';
import type { LogEvent } from './event.js';

/** From 14 days ago to 2 hours ahead, which is what the service takes, are 16 UTC days at most. */
const MAX_OPEN = 16;

/** A second place for the events of a batch, from the moment it is opened. */
export interface Copy {
  append(json: string): void;
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
    this.#heldBytes += heldBytesOf(event);
    const opened = this.#byDay.get(dayOf(event.timestamp));
    if (opened?.batch.add(event)) {
      opened.copy?.append(event.json);
      return;
    }
    if (opened !== undefined) this.#seal(opened);
    const batch = new OpenBatch(event);
    const copy = this.#copyFor(event.timestamp);
    copy?.append(event.json);
    this.#byDay.set(batch.day, { batch, copy });
    if (this.#byDay.size > MAX_OPEN) this.sealOldest();
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
