import type { Clock } from '../util/clock.js';

/** The shortest limit. It is also the minimum of `requestTimeoutMs`. */
const MIN_MS = 100;

/**
 * The timers of everything that may hang. The limit is `requestTimeoutMs`. Before the process ends it is at most half of the time
 * that is left, so that whatever hangs can be tried again.
 */
export class IdleTimers {
  readonly #requestTimeoutMs: number;
  readonly #clock: Clock;
  readonly #running = new Set<IdleTimer>();
  #deadline: number | undefined;

  constructor(requestTimeoutMs: number, clock: Clock) {
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#clock = clock;
  }

  /** The current limit in milliseconds. */
  get #limitMs(): number {
    if (this.#deadline === undefined) return this.#requestTimeoutMs;
    const left = this.#deadline - this.#clock.monotonic();
    return Math.min(this.#requestTimeoutMs, Math.max(left / 2, MIN_MS));
  }

  /**
   * Starts a timer.
   * @param expired is called once, after a silence as long as the limit
   * @param periods how many times the limit the first silence may last
   */
  start(expired: (ms: number) => void, periods = 1): IdleTimer {
    const timer = new IdleTimer(
      () => this.#limitMs,
      this.#clock,
      expired,
      () => this.#running.delete(timer),
    );
    this.#running.add(timer);
    timer.restart(periods);
    return timer;
  }

  /**
   * Shortens the limit, since the process ends in this many milliseconds.
   * @returns restores the limit
   */
  shortenTo(ms: number): () => void {
    const deadline = this.#clock.monotonic() + ms;
    this.#deadline = deadline;
    for (const timer of this.#running) timer.applyLimit();
    return () => {
      if (this.#deadline === deadline) this.#deadline = undefined;
    };
  }
}

/** Expires after a silence as long as the limit. Every sign of life restarts it. */
export class IdleTimer {
  readonly #limitMs: () => number;
  readonly #clock: Clock;
  readonly #stopped: () => void;
  #expired: (ms: number) => void;
  #cancel: (() => void) | undefined;
  #periods = 1;

  constructor(limitMs: () => number, clock: Clock, expired: (ms: number) => void, stopped: () => void) {
    this.#limitMs = limitMs;
    this.#clock = clock;
    this.#expired = expired;
    this.#stopped = stopped;
  }

  /** @param periods how many times the limit the next silence may last */
  restart(periods = 1): void {
    this.#cancel?.();
    this.#periods = periods;
    const ms = periods * this.#limitMs();
    this.#cancel = this.#clock.after(ms, () => {
      this.stop();
      this.#expired(ms);
    });
  }

  /** Restarts with the limit as it is now. */
  applyLimit(): void {
    this.restart(this.#periods);
  }

  /** Restarts with another callback. */
  restartWith(expired: (ms: number) => void): void {
    this.#expired = expired;
    this.restart();
  }

  stop(): void {
    this.#cancel?.();
    this.#stopped();
  }
}
