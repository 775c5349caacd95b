import type { Clock } from '../util/clock.js';

/** How often it is checked whether a call has come back, and after how many checks it counts as stalled. */
const CHECK_MS = 1000;
const CHECKS = 5;

export const STALLED_MS = CHECK_MS * CHECKS;

interface Watcher {
  readonly clock: Clock;
  readonly stalled: () => void;
}

/** Runs one asynchronous call at a time, in the order in which they came. */
export class CallQueue {
  readonly #waiting: (() => void)[] = [];
  readonly #watchers = new Set<Watcher>();
  #isBusy = false;

  /**
   * @param stalled is called once for each call that takes longer than STALLED_MS, by the given clock
   * @returns ends that
   */
  watch(clock: Clock, stalled: () => void): () => void {
    const watcher = { clock, stalled };
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#isBusy) await new Promise<void>((go) => this.#waiting.push(go));
    this.#isBusy = true;
    const cancels = Array.from(this.#watchers, (watcher) => this.#watchCall(watcher));
    try {
      return await call();
    } finally {
      for (const cancel of cancels) cancel();
      const next = this.#waiting.shift();
      if (next === undefined) this.#isBusy = false;
      else next();
    }
  }

  /** In steps: a process that was suspended finds all timers due before it hears of the calls that are back. */
  #watchCall(watcher: Watcher): () => void {
    let checks = 0;
    const check = () => {
      checks++;
      if (checks < CHECKS) cancel = watcher.clock.after(CHECK_MS, check);
      else if (this.#watchers.has(watcher)) watcher.stalled();
    };
    let cancel = watcher.clock.after(CHECK_MS, check);
    return () => cancel();
  }
}
