import { setImmediate as nextTurn } from 'node:timers/promises';

/** Others wait no longer than this for their turn, but for the event that is being looked at. */
const TURN_MS = 20;

/** The turn of a long piece of work in the event loop, so that the service answers other requests meanwhile. */
export class Turn {
  #start = performance.now();
  readonly #signal: AbortSignal | undefined;

  /** @param signal ends the work: `end` then rejects */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Whether others have waited for long enough. */
  get isOver(): boolean {
    return performance.now() - this.#start >= TURN_MS;
  }

  /** Lets others have their turn. */
  async end(): Promise<void> {
    await nextTurn(undefined, this.#signal && { signal: this.#signal });
    this.#start = performance.now();
  }

  /** Does something with each item, in as many turns as that takes. */
  async forEach<T>(items: Iterable<T>, act: (item: T) => void): Promise<void> {
    for (const item of items) {
      act(item);
      if (this.isOver) await this.end();
    }
  }
}
