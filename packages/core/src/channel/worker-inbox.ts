import { setImmediate } from 'node:timers';
import type { ToWorker } from './worker-protocol.js';

/**
 * The records that are taken in one turn of the event loop, in UTF-16 code units. While messages keep arriving, Node delivers a
 * thousand of them before it turns to anything else: without a bound, records would fill the memory while nothing is sent.
 */
const MAX_TURN_LENGTH = 1024 * 1024;

/** Passes on the messages of the main thread, in order, over as many turns of the event loop as they need. */
export class WorkerInbox {
  readonly #take: (message: ToWorker) => void;
  /** They wait for the next turn. */
  readonly #waiting: ToWorker[] = [];
  /** The length of the records of this turn. */
  #turnLength = 0;

  constructor(take: (message: ToWorker) => void) {
    this.#take = take;
  }

  push(message: ToWorker): void {
    this.#waiting.push(message);
    this.#takeSome();
  }

  #takeSome(): void {
    if (this.#turnLength === 0) setImmediate(() => this.#nextTurn());
    while (this.#turnLength < MAX_TURN_LENGTH) {
      const message = this.#waiting.shift();
      if (message === undefined) return;
      if (typeof message === 'string') this.#turnLength += message.length;
      this.#take(message);
    }
  }

  #nextTurn(): void {
    this.#turnLength = 0;
    if (this.#waiting.length > 0) this.#takeSome();
  }
}
