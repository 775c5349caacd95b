import type { Clock } from '@putlogs/core';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
  readonly keepAlive: boolean;
}

/** A clock that the test advances. */
export class ManualClock implements Clock {
  #now = 0;
  /** The time of day when the monotonic clock was 0. */
  #origin: number;
  readonly #timers = new Set<Timer>();

  constructor(now = Date.UTC(2026, 10, 24, 12)) {
    this.#origin = now;
  }

  now(): number {
    return this.#origin + this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  /** Sets the time of day, as a user can set the system clock. No time passes. */
  set(now: number): void {
    this.#origin = now - this.#now;
  }

  /** Lets time pass while the process is suspended. Timers that become due are called by the next `advance`. */
  jump(ms: number): void {
    this.#now += ms;
  }

  after(ms: number, callback: () => void, keepAlive = false): () => void {
    const timer = { at: this.#now + ms, callback, keepAlive };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets time pass. Each timer is called when it is due, and its consequences are completed before the next one. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.at);
      timer.callback();
      await settled();
    }
    this.#now = end;
  }

  /** The number of active timers. */
  get timers(): number {
    return this.#timers.size;
  }

  /** The number of active timers that keep the process alive. */
  get keepingAlive(): number {
    return [...this.#timers].filter(({ keepAlive }) => keepAlive).length;
  }

  /** The next timer that is due by `end`. Of equal ones, the one that was set first. */
  #next(end: number): Timer | undefined {
    const due = [...this.#timers].filter(({ at }) => at <= end);
    return due.toSorted((a, b) => a.at - b.at)[0];
  }
}

/** Resolves when all promises that can settle without time passing have settled. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
