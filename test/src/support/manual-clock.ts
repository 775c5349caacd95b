import type { Clock } from '@putlogs/core';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
  readonly keepAlive: boolean;
}

/** Time that passes when the test says so. */
export class ManualClock implements Clock {
  #now = 0;
  /** The time of day when the clock began. */
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

  /** Somebody sets the time of day, forwards or back; no time passes. */
  set(now: number): void {
    this.#origin = now - this.#now;
  }

  /** Time passes in which this process stands still: what is due comes late, when time passes again. */
  jump(ms: number): void {
    this.#now += ms;
  }

  after(ms: number, callback: () => void, keepAlive = false): () => void {
    const timer = { at: this.#now + ms, callback, keepAlive };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets `ms` milliseconds pass: what is due is called at its time, and what follows from it is done before the next. */
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

  /** How many timers are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /** How many of them keep the process alive. */
  get keepingAlive(): number {
    return [...this.#timers].filter(({ keepAlive }) => keepAlive).length;
  }

  /** The earliest that is due by `end`; of equal ones, the one set first. */
  #next(end: number): Timer | undefined {
    const due = [...this.#timers].filter(({ at }) => at <= end);
    return due.toSorted((a, b) => a.at - b.at)[0];
  }
}

/** Resolves when every promise that can go on without time passing has done so. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
