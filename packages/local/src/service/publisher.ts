import type { Journal } from '../journal/journal.js';
import type { LiveTail } from '../live-tail/live-tail.js';
import type { Put, StartOptions } from '../local.js';
import type { AcceptedBatch } from '../operations/operation.js';
import { expand } from '../store/store.js';

/** Tells of accepted events: the journal, the Live Tail sessions, and whoever started the service. */
export class Publisher {
  readonly #journal: Journal | undefined;
  readonly #liveTail: LiveTail;
  readonly #onPut: StartOptions['onPut'];

  constructor(journal: Journal | undefined, liveTail: LiveTail, onPut: StartOptions['onPut']) {
    this.#journal = journal;
    this.#liveTail = liveTail;
    this.#onPut = onPut;
  }

  publish(accepted: AcceptedBatch): void {
    this.#journal?.batch(accepted.logGroupName, accepted.logStreamName, accepted.batch);
    if (!this.#onPut && !this.#liveTail.isOpen) return;
    const put = toPut(accepted);
    this.#liveTail.publish(put.logGroupName, put.events);
    this.#onPut?.(put);
  }
}

const toPut = ({ batch, ...where }: AcceptedBatch): Put => ({
  ...where,
  events: expand(batch, where.logStreamName),
  entity: batch.entity,
});
