import type { Clock } from '../util/clock.js';

/** One that took no record for so long gives its place to another. */
const IDLE_MS = 10 * 60_000;

/** To note each use would cost more than it tells. */
const USE_MS = 10_000;

interface Entry<D> {
  readonly destination: D;
  readonly usedAt: number;
}

/**
 * The destinations in use: no more than `max`. Who chooses the text of records can make up names without end, and each name
 * costs a log stream, its requests and its share of the memory.
 */
export class DestinationCache<D> {
  readonly #max: number;
  readonly #clock: Clock;
  /** The one that was not used for longest is in front. */
  readonly #places = new Map<string, Entry<D>>();

  constructor(max: number, clock: Clock) {
    this.#max = max;
    this.#clock = clock;
  }

  /** @returns undefined for a new one while every place is taken */
  get(key: string, create: () => D): D | undefined {
    const now = this.#clock.monotonic();
    const known = this.#places.get(key);
    if (known === undefined) return this.#hasRoom(now) ? this.#put(key, create(), now) : undefined;
    if (now - known.usedAt > USE_MS) {
      this.#places.delete(key);
      this.#put(key, known.destination, now);
    }
    return known.destination;
  }

  #put(key: string, destination: D, usedAt: number): D {
    this.#places.set(key, { destination, usedAt });
    return destination;
  }

  #hasRoom(now: number): boolean {
    if (this.#places.size < this.#max) return true;
    for (const [key, { usedAt }] of this.#places) {
      if (now - usedAt < IDLE_MS) return false;
      this.#places.delete(key);
      return true;
    }
    return false;
  }
}
