import type { Clock } from '../util/clock.js';

/**
 * Moments a period apart, the first of them by chance. What waits for the next one waits a period at most; and
 * processes that start together, or log in the same moment, do not send in the same moment.
 */
export class FlushSchedule {
  readonly #periodMs: number;
  readonly #clock: Clock;
  readonly #origin: number;

  /** @param periodMs a whole number @param random uniform in [0, 1) */
  constructor(periodMs: number, clock: Clock, random: () => number) {
    this.#periodMs = periodMs;
    this.#clock = clock;
    this.#origin = clock.monotonic() + Math.floor(random() * periodMs);
  }

  /** Milliseconds until the next moment: more than none. */
  get msToNext(): number {
    const passed = (this.#clock.monotonic() - this.#origin) % this.#periodMs;
    return passed < 0 ? -passed : this.#periodMs - passed;
  }
}
