import { performance } from 'node:perf_hooks';
// Node's own functions, taken when this file is loaded: fake timers in an application's tests do not stop the transport.
import { clearTimeout, setTimeout } from 'node:timers';

export const { queueMicrotask } = globalThis;

/** The source of time. It is passed in, so that tests control it. */
export interface Clock {
  /** The time of day, in milliseconds since 1970-01-01T00:00:00Z. It can jump either way when the system clock is set. */
  now(): number;
  /** Milliseconds since an arbitrary moment. It never decreases, so durations are measured with it. */
  monotonic(): number;
  /**
   * Calls `callback` once, after `ms` milliseconds.
   * @param keepAlive whether the timer keeps the process alive; default: false
   * @returns cancels the timer
   */
  after(ms: number, callback: () => void, keepAlive?: boolean): () => void;
}

/** Resolves with the promise's value, or with undefined after `ms` milliseconds. Keeps the process alive until then. */
export async function withTimeout<T>(ms: number, clock: Clock, promise: Promise<T>): Promise<T | undefined> {
  let cancel: () => void = () => undefined;
  const timeout = new Promise<undefined>((resolve) => {
    cancel = clock.after(ms, () => resolve(undefined), true);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    cancel();
  }
}

/** The clock of this computer. */
export const systemClock: Clock = {
  now: Date.now,
  monotonic: performance.now.bind(performance),
  after(ms, callback, keepAlive = false) {
    const timer = setTimeout(callback, ms);
    if (!keepAlive) timer.unref();
    return () => clearTimeout(timer);
  },
};
