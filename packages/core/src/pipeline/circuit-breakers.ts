import type { Destination } from '../contracts/destination.js';
import type { Clock } from '../util/clock.js';
import type { PauseReason } from './backoff.js';
import { CircuitBreaker, type CircuitBreakerOptions } from './circuit-breaker.js';

/**
 * One circuit breaker for each destination, so that a destination that fails holds up no other. (One whose requests hang may: until
 * they time out, they count towards `maxInFlight`, which all destinations share.)
 */
export class CircuitBreakers {
  readonly #byDestination = new WeakMap<Destination, CircuitBreaker>();
  readonly #paused = new Set<CircuitBreaker>();
  readonly #create: (destination: Destination) => CircuitBreaker;

  /** @param resumed is called when a destination's pause ends */
  constructor(
    options: CircuitBreakerOptions,
    clock: Clock,
    random: () => number,
    resumed: (destination: Destination) => void,
  ) {
    this.#create = (destination) => {
      const breaker = new CircuitBreaker(options, clock, random, () => {
        this.#paused.delete(breaker);
        resumed(destination);
      });
      return breaker;
    };
  }

  of(destination: Destination): CircuitBreaker {
    const known = this.#byDestination.get(destination);
    if (known !== undefined) return known;
    const breaker = this.#create(destination);
    this.#byDestination.set(destination, breaker);
    return breaker;
  }

  /** Begins a pause. @returns false during a pause */
  failed(destination: Destination, reason: PauseReason, maxPauseMs: number): boolean {
    const breaker = this.of(destination);
    const hasBegun = breaker.failed(reason, maxPauseMs);
    if (hasBegun) this.#paused.add(breaker);
    return hasBegun;
  }

  /** Ends all pauses now. */
  resumeAll(): void {
    for (const breaker of [...this.#paused]) breaker.resume();
  }

  /** Ends all pauses without calling `resumed`. */
  stopAll(): void {
    for (const breaker of this.#paused) breaker.stop();
    this.#paused.clear();
  }
}
