import type { Settled } from '../contracts/settled.js';
import type { DeliveryQueue } from './delivery-queue.js';
import type { EventFallback } from './event-fallback.js';
import type { QueuedBatch } from './queued-batch.js';

/** Learns how batches end: the counters, the dead letters, the loss reports and the loss notices. */
export interface SettlementObserver {
  /** A batch ends this way. It still has its events. */
  batchSettled?(queued: QueuedBatch, settled: Settled): void;
  /** This many events ended this way together. */
  eventsSettled?(events: number, settled: Settled): void;
}

/** The only exit for a batch: it leaves the queue, the observers learn how, and it frees its memory and its copy on disk. */
export class Settlement {
  readonly #queue: DeliveryQueue;
  readonly #observers: readonly SettlementObserver[];
  readonly #fallback: EventFallback | undefined;

  /** @param fallback takes what would be dropped */
  constructor(queue: DeliveryQueue, observers: readonly SettlementObserver[], fallback?: EventFallback) {
    this.#queue = queue;
    this.#observers = observers;
    this.#fallback = fallback;
  }

  /** Settles batches. Those that were settled before stay in the counter that they are in. */
  settle(batches: readonly QueuedBatch[], settled: Settled): void {
    let taken = 0;
    let ended = 0;
    for (const queued of batches) {
      if (!this.#queue.complete(queued)) continue;
      if (settled.kind === 'dropped' && this.#fallback?.takeBatch(queued, settled.reason)) {
        this.#end(queued, { kind: 'fallback', reason: settled.reason });
        taken += queued.size;
      } else {
        this.#end(queued, settled);
        ended += queued.size;
      }
    }
    if (taken > 0 && settled.kind === 'dropped')
      this.#tell(taken, { kind: 'fallback', reason: settled.reason });
    if (ended > 0) this.#tell(ended, settled);
  }

  #end(queued: QueuedBatch, settled: Settled): void {
    for (const observer of this.#observers) observer.batchSettled?.(queued, settled);
    queued.settle(settled);
  }

  #tell(events: number, settled: Settled): void {
    for (const observer of this.#observers) observer.eventsSettled?.(events, settled);
  }
}
