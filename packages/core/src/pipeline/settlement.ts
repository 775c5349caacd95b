import type { Settled } from '../contracts/settled.js';
import type { DeliveryQueue } from './delivery-queue.js';
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

  constructor(queue: DeliveryQueue, observers: readonly SettlementObserver[]) {
    this.#queue = queue;
    this.#observers = observers;
  }

  /** Settles batches. Those that were settled before stay in the counter that they are in. */
  settle(batches: readonly QueuedBatch[], settled: Settled): void {
    let events = 0;
    for (const queued of batches) {
      if (!this.#queue.complete(queued)) continue;
      for (const observer of this.#observers) observer.batchSettled?.(queued, settled);
      queued.settle(settled);
      events += queued.size;
    }
    if (events === 0) return;
    for (const observer of this.#observers) observer.eventsSettled?.(events, settled);
  }
}
