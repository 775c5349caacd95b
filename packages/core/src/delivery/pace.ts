import type { Clock } from '../clock.js';
import { backoffMs, MAX_FAILURES } from './backoff.js';
import type { TransientOutcome } from './outcome.js';

/**
 * How many batches may be in flight. After a failure none for a while; then one at a time, to see whether the
 * service is back; and after a success all again. Where the service throttled, a success takes back one failure
 * alone: it does not mean that there is room for all, and a fleet that is too large would begin its pauses anew with
 * each, and have most of its requests refused.
 */
export class Pace {
  readonly #maxInFlight: number;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #resumed: () => void;
  #cancelPause: (() => void) | undefined;
  #failures = 0;
  #isThrottled = false;

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
    this.#failures = this.#isThrottled ? Math.max(this.#failures - 1, 0) : 0;
  }

  /** Begins a pause. @returns false when one is under way already */
  failed(kind: TransientOutcome['kind'], maxPauseMs: number): boolean {
    if (this.#cancelPause !== undefined) return false;
    this.#isThrottled = kind === 'throttled';
    this.#failures = Math.min(this.#failures + 1, MAX_FAILURES);
    const ms = Math.min(backoffMs(kind, this.#failures, this.#random), maxPauseMs);
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
