import { type Clock, withTimeout } from '../util/clock.js';
import { MAX_PAUSE_MS } from './restart-backoff.js';

/** The pause between the end of a worker and the start of the next one. */
export class RestartPause {
  readonly #clock: Clock;
  readonly #cancel: () => void;
  readonly #onEnd: () => void;
  readonly #ended: Promise<void>;
  #resolve: () => void = () => undefined;

  /** @param onEnd called once, when the pause ends */
  constructor(ms: number, clock: Clock, onEnd: () => void) {
    this.#clock = clock;
    this.#onEnd = onEnd;
    this.#ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#cancel = clock.after(ms, () => this.end());
  }

  /** Ends it now. */
  end(): void {
    this.#cancel();
    this.#onEnd();
    this.#resolve();
  }

  /** Resolves when it has ended, and keeps the process alive until then. */
  async over(): Promise<void> {
    await withTimeout(MAX_PAUSE_MS, this.#clock, this.#ended);
  }
}
