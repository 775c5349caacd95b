import type { Clock } from '../util/clock.js';
import { backoffMs, MAX_FAILURES, type PauseReason } from './backoff.js';
import { Refusals } from './refusals.js';
import { RequestSize } from './request-size.js';

export interface CircuitBreakerOptions {
  readonly maxInFlight: number;
  readonly requestTimeoutMs: number;
}

/**
 * Says how many batches of a destination may be in flight. After a failure none may for a while, then one at a time to probe the
 * service, and after a success all again. After throttling, each success undoes only one failure: otherwise a fleet that is too
 * large would shorten its pauses with every success, and most of its requests would be throttled. While a slow link limits the
 * size of requests, one batch may be in flight.
 */
export class CircuitBreaker {
  readonly requestSize: RequestSize;
  readonly refusals = new Refusals();
  readonly #maxInFlight: number;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #resumed: () => void;
  #cancelPause: (() => void) | undefined;
  #failures = 0;
  #isThrottled = false;

  /** @param resumed is called when a pause ends */
  constructor(
    { maxInFlight, requestTimeoutMs }: CircuitBreakerOptions,
    clock: Clock,
    random: () => number,
    resumed: () => void,
  ) {
    this.requestSize = new RequestSize(requestTimeoutMs, clock);
    this.#maxInFlight = maxInFlight;
    this.#clock = clock;
    this.#random = random;
    this.#resumed = resumed;
  }

  /** How many batches may be in flight now. */
  get permits(): number {
    if (this.#cancelPause !== undefined) return 0;
    return this.#failures > 0 || this.requestSize.isLimited ? 1 : this.#maxInFlight;
  }

  /** Failures in a row. The failures of batches that were in flight together count as one. */
  get failures(): number {
    return this.#failures;
  }

  /** A batch of this size was delivered. */
  delivered(bytes: number, tookMs: number): void {
    this.requestSize.delivered(bytes, tookMs);
    this.refusals.delivered();
    this.responded();
  }

  /** The service responded. */
  responded(): void {
    this.#failures = this.#isThrottled ? Math.max(this.#failures - 1, 0) : 0;
  }

  /** Begins a pause. @returns false during a pause */
  failed(reason: PauseReason, maxPauseMs: number): boolean {
    if (this.#cancelPause !== undefined) return false;
    this.#isThrottled = reason === 'throttled';
    this.#failures = Math.min(this.#failures + 1, MAX_FAILURES);
    const ms = Math.min(backoffMs(reason, this.#failures, this.#random), maxPauseMs);
    this.#cancelPause = this.#clock.after(ms, () => this.resume());
    return true;
  }

  /** Ends the pause now. */
  resume(): void {
    this.stop();
    this.#resumed();
  }

  /** Ends the pause without calling `resumed`. */
  stop(): void {
    this.#cancelPause?.();
    this.#cancelPause = undefined;
  }
}
