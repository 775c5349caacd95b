import type { Clock } from '../util/clock.js';
import type { PauseReason } from './backoff.js';
import { CircuitBreaker, type CircuitBreakerOptions } from './circuit-breaker.js';

/** A pace for each sender, for as long as there is one: one that is refused holds up no other. */
export class CircuitBreakers<D extends object> {
  readonly #byDestination = new WeakMap<D, CircuitBreaker>();
  readonly #paused = new Set<CircuitBreaker>();
  readonly #create: (destination: D) => CircuitBreaker;

  /** @param resumed is called when a sender's pause is over */
  constructor(
    options: CircuitBreakerOptions,
    clock: Clock,
    random: () => number,
    resumed: (destination: D) => void,
  ) {
    this.#create = (destination) => {
      const breaker = new CircuitBreaker(options, clock, random, () => {
        this.#paused.delete(breaker);
        resumed(destination);
      });
      return breaker;
    };
  }

  of(destination: D): CircuitBreaker {
    const known = this.#byDestination.get(destination);
    if (known !== undefined) return known;
    const breaker = this.#create(destination);
    this.#byDestination.set(destination, breaker);
    return breaker;
  }

  /** Begins a pause. @returns false when one is under way already */
  failed(destination: D, reason: PauseReason, maxPauseMs: number): boolean {
    const breaker = this.of(destination);
    const begins = breaker.failed(reason, maxPauseMs);
    if (begins) this.#paused.add(breaker);
    return begins;
  }

  /** Ends every pause. */
  resumeAll(): void {
    for (const breaker of [...this.#paused]) breaker.resume();
  }

  /** Ends every pause, and nothing follows from it. */
  stopAll(): void {
    for (const breaker of this.#paused) breaker.stop();
    this.#paused.clear();
  }
}
