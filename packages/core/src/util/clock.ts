import { performance } from 'node:perf_hooks';
// Node's own, as they are when this file is loaded: a test that fakes the global ones does not stop us.
import { clearTimeout, setTimeout } from 'node:timers';

export const { queueMicrotask } = globalThis;

/** Time, passed in, so that tests decide when it passes. */
export interface Clock {
  /** The time of day: milliseconds after 1970-01-01T00:00:00Z. Somebody may set it, forwards or back. */
  now(): number;
  /** Milliseconds since some moment in the past. It never goes back: durations are measured with it. */
  monotonic(): number;
  /**
   * Calls `callback` once, `ms` milliseconds from now, unless the returned function is called first.
   * The wait keeps the process alive only where `keepAlive` says so.
   */
  after(ms: number, callback: () => void, keepAlive?: boolean): () => void;
}

/** Resolves with what the promise gives, or with undefined after `ms` milliseconds. Keeps the process alive. */
export async function withTimeout<T>(ms: number, clock: Clock, promise: Promise<T>): Promise<T | undefined> {
  let cancel: () => void = () => undefined;
  const tooLong = new Promise<undefined>((resolve) => {
    cancel = clock.after(ms, () => resolve(undefined), true);
  });
  try {
    return await Promise.race([promise, tooLong]);
  } finally {
    cancel();
  }
}

export const systemClock: Clock = {
  now: Date.now,
  monotonic: performance.now.bind(performance),
  after(ms, callback, keepAlive = false) {
    const timer = setTimeout(callback, ms);
    if (!keepAlive) timer.unref();
    return () => clearTimeout(timer);
  },
};
