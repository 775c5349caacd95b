import { performance } from 'node:perf_hooks';
// Node's own functions, taken when this file is loaded: fake timers in an application's tests do not stop the transport.
import { clearTimeout, setImmediate, setTimeout } from 'node:timers';

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

/**
 * Resolves with the promise's value, or with undefined after `ms` milliseconds. Keeps the process alive until then. What
 * is in the event loop already, because this thread was blocked, is in time.
 */
export async function withTimeout<T>(ms: number, clock: Clock, promise: Promise<T>): Promise<T | undefined> {
  let cancel: () => void = () => undefined;
  const timeout = new Promise<undefined>((resolve) => {
    cancel = clock.after(ms, () => setImmediate(() => resolve(undefined)), true);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    cancel();
  }
}

/**
 * A clock for limits on what others do. While this thread is blocked it does not see that, and while the process is
 * suspended its threads do nothing. So a timer that comes late waits once more for as long as it was late, up to its length.
 */
export function patient(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after(ms, callback, keepAlive) {
      const dueAt = clock.monotonic() + ms;
      const waitOnce = () => {
        const lateMs = Math.max(clock.monotonic() - dueAt, 0);
        cancel = clock.after(Math.min(lateMs, ms), callback, keepAlive);
      };
      let cancel = clock.after(ms, waitOnce, keepAlive);
      return () => cancel();
    },
  };
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
