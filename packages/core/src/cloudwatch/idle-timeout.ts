import type { Clock } from '../util/clock.js';

/** No limit gets shorter than this. It is the least that `requestTimeoutMs` may be. */
const MIN_MS = 100;

/**
 * How long something may be silent before it is given up: `requestTimeoutMs`, and while the process waits to end at most half
 * of the time that is left, so that what hangs is tried again before the end.
 */
export class IdleTimeouts {
  readonly #requestTimeoutMs: number;
  readonly #clock: Clock;
  readonly #watches = new Set<IdleTimeout>();
  #deadline: number | undefined;

  constructor(requestTimeoutMs: number, clock: Clock) {
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#clock = clock;
  }

  /** The limit as it is now, in milliseconds. */
  get ms(): number {
    if (this.#deadline === undefined) return this.#requestTimeoutMs;
    const left = this.#deadline - this.#clock.monotonic();
    return Math.min(this.#requestTimeoutMs, Math.max(left / 2, MIN_MS));
  }

  /**
   * Watches over one wait, from now on.
   * @param expired is called once, when it was silent for as long as the limit
   * @param periods how many limits the first wait may take
   */
  watch(expired: (ms: number) => void, periods = 1): IdleTimeout {
    const watch = new IdleTimeout(
      () => this.ms,
      this.#clock,
      expired,
      () => this.#watches.delete(watch),
    );
    this.#watches.add(watch);
    watch.restart(periods);
    return watch;
  }

  /** The process ends in so many milliseconds, unless the returned function is called. */
  stopWaiting(ms: number): () => void {
    const deadline = this.#clock.monotonic() + ms;
    this.#deadline = deadline;
    for (const watch of this.#watches) watch.stopWaiting();
    return () => {
      if (this.#deadline === deadline) this.#deadline = undefined;
    };
  }
}

/** Over one wait: begins anew with each sign of life. */
export class IdleTimeout {
  readonly #limit: () => number;
  readonly #clock: Clock;
  readonly #stopped: () => void;
  #expired: (ms: number) => void;
  #cancel: (() => void) | undefined;
  #periods = 1;

  constructor(limit: () => number, clock: Clock, expired: (ms: number) => void, stopped: () => void) {
    this.#limit = limit;
    this.#clock = clock;
    this.#expired = expired;
    this.#stopped = stopped;
  }

  /** There was a sign of life. @param periods how many limits the silence may last now */
  restart(periods = 1): void {
    this.#cancel?.();
    this.#periods = periods;
    const ms = periods * this.#limit();
    this.#cancel = this.#clock.after(ms, () => {
      this.stop();
      this.#expired(ms);
    });
  }

  /** The limit is another one now. */
  stopWaiting(): void {
    this.restart(this.#periods);
  }

  /** There was a sign of life, and from now on something else is to be done when it is silent for too long. */
  goOn(expired: (ms: number) => void): void {
    this.#expired = expired;
    this.restart();
  }

  stop(): void {
    this.#cancel?.();
    this.#stopped();
  }
}
