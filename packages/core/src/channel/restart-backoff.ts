/** After a worker that ended. It doubles with each further one. */
const FIRST_PAUSE_MS = 1000;
const MAX_PAUSE_MS = 60_000;

/** How long to wait before the next worker starts. */
export class RestartBackoff {
  /** Channels in a row that broke soon after they had opened. */
  #failures = 0;

  /** @param livedMs how long the channel that failed had been open. Undefined: it never opened */
  nextPauseMs(livedMs = 0): number {
    if (livedMs >= MAX_PAUSE_MS) this.#failures = 0;
    return Math.min(FIRST_PAUSE_MS * 2 ** this.#failures++, MAX_PAUSE_MS);
  }
}
