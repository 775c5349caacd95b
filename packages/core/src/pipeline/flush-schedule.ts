import type { Clock } from '../util/clock.js';

/**
 * The times at which open batches are due: one interval apart, with a random phase. An event waits at most one interval, and
 * processes that start or log at the same time do not send at the same time.
 */
export class FlushSchedule {
  readonly #intervalMs: number;
  readonly #clock: Clock;
  readonly #origin: number;

  /** @param intervalMs a whole number @param random uniform in [0, 1) */
  constructor(intervalMs: number, clock: Clock, random: () => number) {
    this.#intervalMs = intervalMs;
    this.#clock = clock;
    this.#origin = clock.monotonic() + Math.floor(random() * intervalMs);
  }

  /** Milliseconds until the next time, more than 0. */
  get msToNext(): number {
    const passed = (this.#clock.monotonic() - this.#origin) % this.#intervalMs;
    return passed < 0 ? -passed : this.#intervalMs - passed;
  }
}
