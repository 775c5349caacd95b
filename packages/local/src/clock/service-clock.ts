/** The clocks of the service, which can be shifted together: as if the clocks of its clients were wrong. */
export class ServiceClock {
  readonly #now: () => number;
  readonly #signingClock: () => number;
  /** How far the service is ahead, in milliseconds. */
  offsetMs = 0;

  constructor(now: () => number, signingClock: () => number) {
    this.#now = now;
    this.#signingClock = signingClock;
  }

  /** The time of events, in milliseconds since 1970. */
  now(): number {
    return this.#now() + this.offsetMs;
  }

  /** The time of signatures and of the Date header. */
  signingTime(): number {
    return this.#signingClock() + this.offsetMs;
  }
}
