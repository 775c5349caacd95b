import type { Destinations } from '../cloudwatch/destinations.js';
import type { StoredBatch } from '../contracts/batch-store.js';
import type { DestinationName } from '../contracts/destination.js';
import type { DeadLetterFile } from '../spool/dead-letter-file.js';
import type { Spool } from '../spool/spool.js';
import type { Clock } from '../util/clock.js';
import type { RecoveredBatch } from './delivery-queue.js';
import type { Dispatcher } from './dispatcher.js';
import type { BatchOutline } from './queued-batch.js';

/** A batch that a dead owner left, before it is sent. */
export interface FoundBatch {
  readonly name: DestinationName;
  readonly stored: StoredBatch;
  readonly outline: BatchOutline;
}

/** Changes what dead owners left, such as its destination. The files stay as they are until it is delivered. */
export type ChangeFound = (found: FoundBatch, deadLetters: WrittenLetters | undefined) => FoundBatch;

/** How far the file of dead letters is. Those of a batch are added before the batch is settled. */
export type WrittenLetters = Pick<DeadLetterFile, 'waitingBytes' | 'written'>;

/** Sends what dead owners left on disk. It searches at the start, and whenever the spool asks for another search. */
export class RecoverySearch {
  readonly #spool: Spool;
  readonly #dispatcher: Dispatcher;
  readonly #destinations: Destinations;
  readonly #clock: Clock;
  readonly #change: (found: FoundBatch) => FoundBatch;
  #state: 'idle' | 'searching' | 'stopped' = 'idle';
  #cancel: (() => void) | undefined;

  constructor(
    spool: Spool,
    dispatcher: Dispatcher,
    destinations: Destinations,
    clock: Clock,
    change: (found: FoundBatch) => FoundBatch = (found) => found,
  ) {
    this.#spool = spool;
    this.#dispatcher = dispatcher;
    this.#destinations = destinations;
    this.#clock = clock;
    this.#change = change;
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
    return batches.map(({ name, batch, ...outline }) => {
      const found = this.#change({ name, stored: batch, outline });
      return { ...found, destination: this.#destinations.to(found.name) };
    });
  }
}
