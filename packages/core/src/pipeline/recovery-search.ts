import type { Destinations } from '../cloudwatch/destinations.js';
import type { Spool } from '../spool/spool.js';
import type { Clock } from '../util/clock.js';
import type { RecoveredBatch } from './delivery-queue.js';
import type { Dispatcher } from './dispatcher.js';

/** Sends what dead owners left on disk. It searches at the start, and whenever the spool asks for another search. */
export class RecoverySearch {
  readonly #spool: Spool;
  readonly #dispatcher: Dispatcher;
  readonly #destinations: Destinations;
  readonly #clock: Clock;
  #state: 'idle' | 'searching' | 'stopped' = 'idle';
  #cancel: (() => void) | undefined;

  constructor(spool: Spool, dispatcher: Dispatcher, destinations: Destinations, clock: Clock) {
    this.#spool = spool;
    this.#dispatcher = dispatcher;
    this.#destinations = destinations;
    this.#clock = clock;
  }

  start(): void {
    this.#spool.whenRescanDue(() => this.#searchAgain());
    this.#dispatcher.recover(this.#search(), true);
  }

  stop(): void {
    this.#state = 'stopped';
    this.#cancel?.();
  }

  #searchAgain(): void {
    if (this.#state === 'idle') this.#dispatcher.recover(this.#search(), false);
  }

  async #search(): Promise<RecoveredBatch[]> {
    this.#cancel?.();
    this.#state = 'searching';
    const { batches, rescanMs } = await this.#spool.recover();
    if (this.#state === 'searching') {
      this.#state = 'idle';
      if (rescanMs !== undefined) this.#cancel = this.#clock.after(rescanMs, () => this.#searchAgain());
    }
    return batches.map(({ name, batch, ...outline }) => ({
      destination: this.#destinations.to(name),
      stored: batch,
      outline,
    }));
  }
}
