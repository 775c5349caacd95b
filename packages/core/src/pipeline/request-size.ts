import { MAX_BATCH_BYTES } from '../batching/limits.js';
import type { Clock } from '../util/clock.js';

/** The smallest limit. A link that cannot carry this in time is too slow for logs. */
const MIN_BYTES = 16 * 1024;

/** A limit that nothing confirms expires after this time. */
const EXPIRY_MS = 300_000;

/**
 * Limits the size of requests so that a slow link carries each before it times out; otherwise the same batch would time out again
 * and again. A timeout halves the limit. A quick delivery doubles it.
 */
export class RequestSize {
  readonly #requestTimeoutMs: number;
  readonly #clock: Clock;
  #maxBytes = Number.POSITIVE_INFINITY;
  #expiresAt = Number.NEGATIVE_INFINITY;

  constructor(requestTimeoutMs: number, clock: Clock) {
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#clock = clock;
  }

  /** The limit for the JSON of the events, in bytes. */
  get maxBytes(): number {
    return this.#clock.monotonic() < this.#expiresAt ? this.#maxBytes : Number.POSITIVE_INFINITY;
  }

  get isLimited(): boolean {
    return this.maxBytes < Number.POSITIVE_INFINITY;
  }

  /** A request of this size timed out. A small one did so for a reason other than its size. */
  timedOut(bytes: number): void {
    if (bytes > MIN_BYTES) this.#limit(Math.max(Math.min(bytes / 2, this.maxBytes), MIN_BYTES));
  }

  /** A request of this size was delivered. One much smaller than the limit says nothing about larger ones. */
  delivered(bytes: number, tookMs: number): void {
    const { maxBytes } = this;
    if (!this.isLimited || bytes < maxBytes / 2) return;
    const isQuick = tookMs < this.#requestTimeoutMs / 4;
    this.#limit(isQuick ? 2 * maxBytes : maxBytes);
  }

  #limit(bytes: number): void {
    this.#maxBytes = bytes < 2 * MAX_BATCH_BYTES ? bytes : Number.POSITIVE_INFINITY;
    this.#expiresAt = this.#clock.monotonic() + EXPIRY_MS;
  }
}
