import type { Batcher } from '../batching/batcher.js';
import type { MirroredBatch } from '../contracts/batch-store.js';
import type { Destination } from '../contracts/destination.js';
import type { CircuitBreakers } from './circuit-breakers.js';
import type { DeliveryQueue } from './delivery-queue.js';
import type { Lifecycle } from './lifecycle.js';
import type { QueuedBatch } from './queued-batch.js';

export interface SchedulerParts {
  readonly batcher: Batcher<Destination, MirroredBatch>;
  readonly queue: DeliveryQueue;
  readonly breakers: CircuitBreakers;
  readonly lifecycle: Lifecycle;
  /** Delivers a batch, which is in flight from now on. */
  deliver(queued: QueuedBatch): void;
}

/** Decides which batch is sent next, and when. */
export class Scheduler {
  readonly #maxInFlight: number;
  readonly #parts: SchedulerParts;
  /** What must resolve before anything is sent, each with a way to let it resolve now. */
  readonly #holds = new Map<Promise<unknown>, () => void>();

  constructor(maxInFlight: number, parts: SchedulerParts) {
    this.#maxInFlight = maxInFlight;
    this.#parts = parts;
  }

  /**
   * Sends nothing until `ready` resolves.
   * @param stopWaiting is called when memory runs short, and lets `ready` resolve
   */
  async holdUntil(ready: Promise<unknown>, stopWaiting: () => void): Promise<void> {
    this.#holds.set(ready, stopWaiting);
    try {
      await ready;
    } finally {
      this.#holds.delete(ready);
      this.sendDue();
    }
  }

  /** Memory runs short: the first batch is sent without further waiting. */
  stopWaiting(): void {
    for (const stopWaiting of this.#holds.values()) stopWaiting();
  }

  /** Sends all batches that may be sent now. */
  sendDue(): void {
    const { batcher, queue, lifecycle, deliver } = this.#parts;
    if (lifecycle.isClosed || this.#holds.size > 0) return;
    while (queue.inFlight < this.#maxInFlight) {
      batcher.sealDue(this.#maySeal);
      const queued = queue.take(this.#maySend, this.#refusesAll);
      if (queued === undefined) return;
      deliver(queued);
    }
  }

  /** A destination may be able to take batches again. */
  recall(destination: Destination): void {
    this.#parts.queue.recall(destination);
    this.#parts.batcher.recall(destination);
    this.sendDue();
  }

  /**
   * While a destination cannot be sent to, its batches stay open and fill up, so that an outage leaves few and full ones. A
   * destination without waiting batches does not have to wait for the others.
   */
  readonly #maySeal = (destination: Destination): boolean => {
    const { queue } = this.#parts;
    return !queue.isWaitingFor(destination) && this.#maySend(destination, queue.inFlightOf(destination));
  };

  readonly #maySend = (destination: Destination, inFlight: number): boolean =>
    inFlight < this.#parts.breakers.of(destination).permits;

  readonly #refusesAll = (destination: Destination): boolean =>
    this.#parts.breakers.of(destination).refusals.refusesAll;
}
