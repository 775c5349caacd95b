/** Tells when something has made no progress for too long. */
export class Stall {
  readonly #patienceMs: number;
  readonly #progress: () => number;
  #last: number;
  #since = performance.now();

  /** @param progress a number that changes with each step */
  constructor(patienceMs: number, progress: () => number) {
    this.#patienceMs = patienceMs;
    this.#progress = progress;
    this.#last = progress();
  }

  /** Looks for progress. @returns whether there was none for too long */
  isOver(): boolean {
    const now = this.#progress();
    if (now !== this.#last) this.#since = performance.now();
    this.#last = now;
    return performance.now() - this.#since >= this.#patienceMs;
  }
}
