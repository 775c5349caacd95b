/**
 * Time that passes as fast as the machine can do what is due: a list of callbacks for each millisecond.
 * @implements {import('@putlogs/core').Clock}
 */
export class VirtualClock {
  #now = Date.UTC(2026, 10, 24, 12);
  /** @type {Map<number, Timer[]>} */
  #due = new Map();

  now() {
    return this.#now;
  }

  /** Nobody sets this clock. */
  monotonic() {
    return this.#now;
  }

  /** As with Node's timers a wait is whole milliseconds, and one at least. */
  after(ms, callback) {
    const at = this.#now + Math.max(1, Math.round(ms));
    const timer = { callback };
    const others = this.#due.get(at);
    if (others === undefined) this.#due.set(at, [timer]);
    else others.push(timer);
    return () => {
      timer.callback = undefined;
    };
  }

  /** Lets time pass: what is due in one millisecond is called, in the order set, and what follows from it is done. */
  async advance(ms) {
    for (const end = this.#now + ms; this.#now < end; ) {
      this.#now++;
      const timers = this.#due.get(this.#now);
      if (timers === undefined) continue;
      this.#due.delete(this.#now);
      for (const { callback } of timers) callback?.();
      await settled();
    }
  }
}

/** @typedef {{ callback: (() => void) | undefined }} Timer undefined once it is cancelled */

/** Resolves when every promise that can go on without time passing has done so. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
