import { type Clock, patient } from '../util/clock.js';

/** A call that takes longer counts as stalled. */
export const STALLED_MS = 5000;

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
    const watcher = { clock: patient(clock), onStall };
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

  #watchCall(watcher: Watcher): () => void {
    return watcher.clock.after(STALLED_MS, () => {
      if (this.#watchers.has(watcher)) watcher.onStall();
    });
  }
}
