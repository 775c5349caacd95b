/** It doubles with each further failure. */
const FIRST_PAUSE_MS = 1000;
export const MAX_PAUSE_MS = 60_000;

/** How long to wait before the next worker starts. */
export class RestartBackoff {
  /** Channels in a row that did not open, or broke soon afterwards. */
  #failures = 0;

  /** @param livedMs how long the channel that failed had been open. Undefined: it never opened */
  nextPauseMs(livedMs?: number): number {
    if (livedMs !== undefined && livedMs >= MAX_PAUSE_MS) this.#failures = 0;
    this.#failures++;
    if (this.#failures === 1 && livedMs !== undefined) return 0;
    return Math.min(FIRST_PAUSE_MS * 2 ** Math.max(this.#failures - 2, 0), MAX_PAUSE_MS);
  }
}
