/** Time, passed in, so that tests decide when it passes. */
export interface Clock {
  /** Milliseconds after 1970-01-01T00:00:00Z. */
  now(): number;
  /**
   * Calls `callback` once, `ms` milliseconds from now, unless the returned function is called first.
   * The wait keeps the process alive only where `keepAlive` says so.
   */
  after(ms: number, callback: () => void, keepAlive?: boolean): () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  after(ms, callback, keepAlive = false) {
    const timer = setTimeout(callback, ms);
    if (!keepAlive) timer.unref();
    return () => clearTimeout(timer);
  },
};
