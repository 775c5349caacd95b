import { MAX_BATCH_BYTES } from '../batching/limits.js';
import type { Clock } from '../util/clock.js';

/** A link on which that takes too long does not carry logs. */
const MIN_BYTES = 16 * 1024;

/** A limit that nothing confirms is forgotten after so long. */
const MEMORY_MS = 300_000;

/**
 * How large a request may be, so that a slow link carries it before it is given up: half of what timed out, for a while; and
 * twice as much again when one went quickly. Without it each request on such a link begins anew for ever.
 */
export class RequestSize {
  readonly #requestTimeoutMs: number;
  readonly #clock: Clock;
  #maxBytes = Number.POSITIVE_INFINITY;
  #until = Number.NEGATIVE_INFINITY;

  constructor(requestTimeoutMs: number, clock: Clock) {
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#clock = clock;
  }

  /** Of the events as JSON. */
  get maxBytes(): number {
    return this.#clock.monotonic() < this.#until ? this.#maxBytes : Number.POSITIVE_INFINITY;
  }

  get isLimited(): boolean {
    return this.maxBytes < Number.POSITIVE_INFINITY;
  }

  /** What is small already did not time out for its size. */
  timedOut(bytes: number): void {
    if (bytes > MIN_BYTES) this.#limit(Math.max(Math.min(bytes / 2, this.maxBytes), MIN_BYTES));
  }

  /** What is much smaller than it might be says nothing of larger ones. */
  delivered(bytes: number, tookMs: number): void {
    const { maxBytes } = this;
    if (!this.isLimited || bytes < maxBytes / 2) return;
    const isQuick = tookMs < this.#requestTimeoutMs / 4;
    this.#limit(isQuick ? 2 * maxBytes : maxBytes);
  }

  #limit(bytes: number): void {
    this.#maxBytes = bytes < 2 * MAX_BATCH_BYTES ? bytes : Number.POSITIVE_INFINITY;
    this.#until = this.#clock.monotonic() + MEMORY_MS;
  }
}
