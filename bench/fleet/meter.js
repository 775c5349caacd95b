import { timestampOf } from '@putlogs/core/internal';

/** What is seen from the service's side: requests by the second, and how old a record is as it is acknowledged. */
export class Meter {
  /** @type {import('./simulate.d.ts').Second[]} */
  seconds = [];
  /** How many records took so many milliseconds. */
  #delays = new Map();
  #clock;
  #begun;
  #watched = Number.POSITIVE_INFINITY;
  #watchedUntil = 0;

  /** @param {import('@putlogs/core').Clock} clock */
  constructor(clock) {
    this.#clock = clock;
    this.#begun = clock.now();
  }

  asked(call, isThrottled) {
    const second = this.#second();
    second[call]++;
    if (isThrottled) second.throttled++;
  }

  acknowledged(batch) {
    const now = this.#clock.now();
    for (const event of batch.events()) {
      const timestamp = timestampOf(event);
      const delay = now - timestamp;
      this.#delays.set(delay, (this.#delays.get(delay) ?? 0) + 1);
      if (timestamp < this.#watched) this.#watchedUntil = now;
    }
  }

  streamCreated() {
    this.#second().streamsCreated++;
  }

  /** From now on it is noted when the last record that was logged before is acknowledged. */
  watch() {
    this.#watched = this.#clock.now();
  }

  /** Seconds from then on. */
  get recovery() {
    return Math.max(0, this.#watchedUntil - this.#watched) / 1000;
  }

  /** @param {number} share of the records that took no longer @returns {number} seconds */
  delay(share) {
    const sorted = [...this.#delays].sort(([a], [b]) => a - b);
    let left = share * sorted.reduce((sum, [, records]) => sum + records, 0);
    for (const [ms, records] of sorted) {
      left -= records;
      if (left <= 0) return ms / 1000;
    }
    return Number.NaN;
  }

  #second() {
    const now = Math.floor((this.#clock.now() - this.#begun) / 1000);
    while (this.seconds.length <= now) this.seconds.push({ ...NOTHING });
    return this.seconds[now];
  }
}

const NOTHING = { putLogEvents: 0, createLogStream: 0, createLogGroup: 0, throttled: 0, streamsCreated: 0 };
