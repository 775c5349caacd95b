import { type Batch, dayOf, heldBytesOf, OpenBatch } from './batch.js';
import type { LogEvent } from './event.js';

/** From 14 days ago to 2 hours ahead, which is what the service takes, are 16 UTC days at most. */
const MAX_OPEN = 16;

/** The batches that still take events: one for each UTC day that has events. */
export class OpenBatches {
  readonly #sealed: (batch: Batch) => void;
  /** The one opened first is in front. */
  readonly #byDay = new Map<number, OpenBatch>();
  #heldBytes = 0;

  /** @param sealed gets each batch that takes no more events */
  constructor(sealed: (batch: Batch) => void) {
    this.#sealed = sealed;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  add(event: LogEvent): void {
    this.#heldBytes += heldBytesOf(event);
    const open = this.#byDay.get(dayOf(event.timestamp));
    if (open?.add(event)) return;
    if (open !== undefined) this.#seal(open);
    const opened = new OpenBatch(event);
    this.#byDay.set(opened.day, opened);
    if (this.#byDay.size > MAX_OPEN) this.sealOldest();
  }

  sealAll(): void {
    for (const open of this.#byDay.values()) this.#seal(open);
  }

  sealOldest(): void {
    for (const open of this.#byDay.values()) {
      this.#seal(open);
      return;
    }
  }

  #seal(open: OpenBatch): void {
    this.#byDay.delete(open.day);
    this.#heldBytes -= open.heldBytes;
    this.#sealed(open.seal());
  }
}
