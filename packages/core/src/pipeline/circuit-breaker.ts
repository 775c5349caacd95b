import type { Clock } from '../util/clock.js';
import { backoffMs, MAX_FAILURES, type PauseReason } from './backoff.js';
import { Refusals } from './refusals.js';
import { RequestSize } from './request-size.js';

export interface CircuitBreakerOptions {
  readonly maxInFlight: number;
  readonly requestTimeoutMs: number;
}

/**
 * How many batches may be in flight. After a failure none for a while; then one at a time, to see whether the
 * service is back; and after a success all again. Where the service throttled, a success takes back one failure
 * alone: it does not mean that there is room for all, and a fleet that is too large would begin its pauses anew with
 * each, and have most of its requests refused. On a link so slow that requests are limited in their size, one at a time.
 */
export class CircuitBreaker {
  readonly size: RequestSize;
  readonly refusals = new Refusals();
  readonly #maxInFlight: number;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #resumed: () => void;
  #cancelPause: (() => void) | undefined;
  #failures = 0;
  #isThrottled = false;

  /** @param resumed is called when a pause is over */
  constructor(
    { maxInFlight, requestTimeoutMs }: CircuitBreakerOptions,
    clock: Clock,
    random: () => number,
    resumed: () => void,
  ) {
    this.size = new RequestSize(requestTimeoutMs, clock);
    this.#maxInFlight = maxInFlight;
    this.#clock = clock;
    this.#random = random;
    this.#resumed = resumed;
  }

  get permits(): number {
    if (this.#cancelPause !== undefined) return 0;
    return this.#failures > 0 || this.size.isLimited ? 1 : this.#maxInFlight;
  }

  /** Failures in a row. Those of batches that were in flight together count as one. */
  get failures(): number {
    return this.#failures;
  }

  /** A batch of so many bytes was delivered in so many milliseconds. */
  delivered(bytes: number, tookMs: number): void {
    this.size.delivered(bytes, tookMs);
    this.refusals.delivered();
    this.answered();
  }

  /** The service is there. */
  answered(): void {
    this.#failures = this.#isThrottled ? Math.max(this.#failures - 1, 0) : 0;
  }

  /** Begins a pause. @returns false when one is under way already */
  failed(reason: PauseReason, maxPauseMs: number): boolean {
    if (this.#cancelPause !== undefined) return false;
    this.#isThrottled = reason === 'throttled';
    this.#failures = Math.min(this.#failures + 1, MAX_FAILURES);
    const ms = Math.min(backoffMs(reason, this.#failures, this.#random), maxPauseMs);
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
