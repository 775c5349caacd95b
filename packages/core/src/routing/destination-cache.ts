import type { Clock } from '../util/clock.js';

/** A destination without records for this long may be evicted. */
const IDLE_MS = 10 * 60_000;

/** The time of the last use is updated at most this often, since each update moves an entry of the map. */
const USE_RESOLUTION_MS = 10_000;

interface Entry<D> {
  readonly destination: D;
  readonly usedAt: number;
}

/**
 * The destinations in use, up to a maximum. Whoever controls the text of records can make up any number of names, and
 * each name costs a log stream, requests and memory.
 */
export class DestinationCache<D> {
  readonly #max: number;
  readonly #clock: Clock;
  /** The least recently used first. */
  readonly #entries = new Map<string, Entry<D>>();

  constructor(max: number, clock: Clock) {
    this.#max = max;
    this.#clock = clock;
  }

  /** @returns undefined for a new key if there is no room */
  get(key: string, create: () => D): D | undefined {
    const now = this.#clock.monotonic();
    const entry = this.#entries.get(key);
    if (entry === undefined) return this.#hasRoom(now) ? this.#add(key, create(), now) : undefined;
    if (now - entry.usedAt > USE_RESOLUTION_MS) {
      this.#entries.delete(key);
      this.#add(key, entry.destination, now);
    }
    return entry.destination;
  }

  #add(key: string, destination: D, usedAt: number): D {
    this.#entries.set(key, { destination, usedAt });
    return destination;
  }

  /** Evicts the least recently used destination if that makes room. */
  #hasRoom(now: number): boolean {
    if (this.#entries.size < this.#max) return true;
    for (const [key, { usedAt }] of this.#entries) {
      if (now - usedAt < IDLE_MS) return false;
      this.#entries.delete(key);
      return true;
    }
    return false;
  }
}
