import type { Clock } from '../clock.js';
import { backoffMs } from './backoff.js';

/**
 * How many batches may be in flight. After a failure none for a while; then one at a time, to see whether the
 * service is back; and after a success all again.
 */
export class Pace {
  readonly #maxInFlight: number;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #resumed: () => void;
  #cancelPause: (() => void) | undefined;
  #failures = 0;

  /** @param resumed is called when a pause is over */
  constructor(maxInFlight: number, clock: Clock, random: () => number, resumed: () => void) {
    this.#maxInFlight = maxInFlight;
    this.#clock = clock;
    this.#random = random;
    this.#resumed = resumed;
  }

  get places(): number {
    if (this.#cancelPause !== undefined) return 0;
    return this.#failures > 0 ? 1 : this.#maxInFlight;
  }

  /** Failures in a row. Those of batches that were in flight together count as one. */
  get failures(): number {
    return this.#failures;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  /** Begins a pause. @returns false when one is under way already */
  failed(maxPauseMs: number): boolean {
    if (this.#cancelPause !== undefined) return false;
    this.#failures++;
    const ms = Math.min(backoffMs(this.#failures, this.#random), maxPauseMs);
    this.#cancelPause = this.#clock.after(ms, () => this.resume());
    return true;
  }

  /** Ends the pause. */
  resume(): void {
    this.stop();
    this.#resumed();
  }

  /** Ends the pause, and nothing follows from it. */
  stop(): void {
    this.#cancelPause?.();
    this.#cancelPause = undefined;
  }
}
