import type { Clock } from '../util/clock.js';

/** What may be logged at once, in seconds of the rate. */
const BURST_SECONDS = 10;

/** The share of the bucket that records of each level leave to higher ones, by Pino's numbers. The first that matches applies. */
const RESERVES: readonly (readonly [belowLevel: number, share: number])[] = [
  [30, 1 / 2],
  [40, 1 / 4],
  [50, 1 / 8],
];

/** Records of an unknown level count as this one: `info`. */
const DEFAULT_LEVEL = 30;

/** Bounds the bytes per second, as the service bills them, by a token bucket. Lower levels may not empty it. */
export class RateLimit {
  readonly #bytesPerSecond: number;
  readonly #capacity: number;
  readonly #clock: Clock;
  #tokens: number;
  #filledAt: number;

  constructor(bytesPerSecond: number, clock: Clock) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#capacity = BURST_SECONDS * bytesPerSecond;
    this.#clock = clock;
    this.#tokens = this.#capacity;
    this.#filledAt = clock.monotonic();
  }

  /**
   * Takes a record's bytes from the bucket.
   * @param bytes the messages of its events, plus 26 for each
   * @returns false when there are not enough, less what higher levels may need. Nothing is taken then
   */
  admits(bytes: number, level = DEFAULT_LEVEL): boolean {
    this.#fill();
    const [, share] = RESERVES.find(([belowLevel]) => level < belowLevel) ?? [0, 0];
    if (this.#tokens - bytes < share * this.#capacity) return false;
    this.#tokens -= bytes;
    return true;
  }

  #fill(): void {
    const now = this.#clock.monotonic();
    const gained = ((now - this.#filledAt) * this.#bytesPerSecond) / 1000;
    this.#tokens = Math.min(this.#tokens + gained, this.#capacity);
    this.#filledAt = now;
  }
}
