import { keyOf, type TailEvent } from './tail-event.js';

/** Events may become visible out of order: each pass looks back this far, and leaves out what was shown. */
const LOOK_BACK_MS = 60_000;

/** The events of the last minute before the newest, so that a pass that begins there shows none twice. */
export class RecentEvents {
  #newest = 0;
  /** Timestamps by the keys of events. */
  #previous = new Map<string, number>();
  #current = new Map<string, number>();

  /** Begins a pass over the events since this time. @returns the time */
  nextPass(since: number): number {
    this.#previous = this.#current;
    this.#current = new Map();
    return Math.max(since, this.#newest - LOOK_BACK_MS);
  }

  /** @returns whether the pass before had the event. Equal events of one request are in the same passes. */
  isRepeated(event: TailEvent): boolean {
    const key = keyOf(event);
    this.#current.set(key, event.timestamp);
    this.#newest = Math.max(this.#newest, event.timestamp);
    this.#forgetOld();
    return this.#previous.has(key);
  }

  #forgetOld(): void {
    for (const [key, timestamp] of this.#current) {
      if (timestamp >= this.#newest - LOOK_BACK_MS) return;
      this.#current.delete(key);
    }
  }
}
