import type { Clock } from '../util/clock.js';

/** A running call is checked this often, and counts as stalled after this many checks. */
const CHECK_MS = 1000;
const CHECKS = 5;

export const STALLED_MS = CHECK_MS * CHECKS;

interface Watcher {
  readonly clock: Clock;
  readonly onStall: () => void;
}

/** Runs asynchronous calls one at a time, first come, first served. */
export class CallQueue {
  readonly #waiting: (() => void)[] = [];
  readonly #watchers = new Set<Watcher>();
  #isBusy = false;

  /**
   * @param onStall is called once for each call that takes longer than STALLED_MS by this clock
   * @returns ends the watch
   */
  watch(clock: Clock, onStall: () => void): () => void {
    const watcher = { clock, onStall };
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#isBusy) await new Promise<void>((start) => this.#waiting.push(start));
    this.#isBusy = true;
    const cancels = Array.from(this.#watchers, (watcher) => this.#watchCall(watcher));
    try {
      return await call();
    } finally {
      for (const cancel of cancels) cancel();
      const startNext = this.#waiting.shift();
      if (startNext === undefined) this.#isBusy = false;
      else startNext();
    }
  }

  /**
   * Checks in steps: after a suspended process resumes, all its timers are due before it learns which calls have
   * returned.
   */
  #watchCall(watcher: Watcher): () => void {
    let checks = 0;
    const check = () => {
      checks++;
      if (checks < CHECKS) cancel = watcher.clock.after(CHECK_MS, check);
      else if (this.#watchers.has(watcher)) watcher.onStall();
    };
    let cancel = watcher.clock.after(CHECK_MS, check);
    return () => cancel();
  }
}
