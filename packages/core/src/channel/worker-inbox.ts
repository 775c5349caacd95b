import { setImmediate } from 'node:timers';
import type { ToWorker } from './worker-protocol.js';

/**
 * The records that are taken in one turn of the event loop, in bytes. While messages keep arriving, Node delivers a
 * thousand of them before it turns to anything else: without a bound, records would fill the memory while nothing is sent.
 */
const MAX_TURN_BYTES = 1024 * 1024;

/** Passes on the messages of the main thread, in order, over as many turns of the event loop as they need. */
export class WorkerInbox {
  readonly #take: (message: ToWorker) => void;
  /** They wait for the next turn. */
  readonly #waiting: ToWorker[] = [];
  /** The bytes of the records of this turn. */
  #turnBytes = 0;

  constructor(take: (message: ToWorker) => void) {
    this.#take = take;
  }

  push(message: ToWorker): void {
    this.#waiting.push(message);
    this.#takeSome();
  }

  #takeSome(): void {
    if (this.#turnBytes === 0) setImmediate(() => this.#nextTurn());
    while (this.#turnBytes < MAX_TURN_BYTES) {
      const message = this.#waiting.shift();
      if (message === undefined) return;
      if (message instanceof Uint8Array) this.#turnBytes += message.length;
      this.#take(message);
    }
  }

  #nextTurn(): void {
    this.#turnBytes = 0;
    if (this.#waiting.length > 0) this.#takeSome();
  }
}
