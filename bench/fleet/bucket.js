/** So many requests a second; what was not used of the last second may be used at once, and one at least. */
export class TokenBucket {
  #perSecond;
  #clock;
  #capacity;
  #tokens;
  #at;

  /** @param {number} perSecond @param {import('@putlogs/core').Clock} clock */
  constructor(perSecond, clock) {
    this.#perSecond = perSecond;
    this.#clock = clock;
    this.#capacity = Math.max(1, perSecond);
    this.#tokens = this.#capacity;
    this.#at = clock.now();
  }

  /** @returns {boolean} whether there was one left */
  take() {
    const now = this.#clock.now();
    const earned = ((now - this.#at) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#capacity, this.#tokens + earned);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
