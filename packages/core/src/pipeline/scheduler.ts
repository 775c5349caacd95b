import type { BatchMirror } from '../batching/batch-mirror.js';
import type { Batcher } from '../batching/batcher.js';
import type { StoredBatch } from '../contracts/batch-store.js';
import type { Destination } from '../contracts/destination.js';
import type { CircuitBreakers } from './circuit-breakers.js';
import type { DeliveryQueue } from './delivery-queue.js';
import type { QueuedBatch } from './queued-batch.js';

export interface SchedulerParts {
  readonly open: Batcher<Destination, StoredBatch & BatchMirror>;
  readonly queue: DeliveryQueue;
  readonly breakers: CircuitBreakers<Destination>;
  /** The batch is in flight. */
  deliver(queued: QueuedBatch): void;
  /** Nothing is sent any more. */
  isClosed(): boolean;
}

/** Decides which batch goes next, and when. */
export class Scheduler {
  readonly #maxInFlight: number;
  readonly #parts: SchedulerParts;
  /** What is waited for before anything is sent, with a way to wait no longer where there is one. */
  readonly #awaited = new Map<Promise<unknown>, () => void>();

  constructor(maxInFlight: number, parts: SchedulerParts) {
    this.#maxInFlight = maxInFlight;
    this.#parts = parts;
  }

  /**
   * Sends nothing before `ready` is settled.
   * @param hurry is called when there is not enough room to wait any longer, and should settle it
   */
  async holdUntil(ready: Promise<unknown>, stopWaiting: () => void = () => undefined): Promise<void> {
    this.#awaited.set(ready, stopWaiting);
    try {
      await ready;
    } finally {
      this.#awaited.delete(ready);
      this.sendDue();
    }
  }

  /** There is not enough room to wait any longer. */
  stopWaiting(): void {
    for (const stopWaiting of this.#awaited.values()) stopWaiting();
  }

  /** Sends what may go. */
  sendDue(): void {
    const { open, queue, deliver, isClosed } = this.#parts;
    if (isClosed() || this.#awaited.size > 0) return;
    while (queue.inFlight < this.#maxInFlight) {
      open.sealExpired(this.#mayBeSealed);
      const queued = queue.take(this.#mayGo, this.#refusesAll);
      if (queued === undefined) return;
      deliver(queued);
    }
  }

  /** A sender may go again. */
  recall(destination: Destination): void {
    this.#parts.queue.recall(destination);
    this.#parts.open.recall(destination);
    this.sendDue();
  }

  /**
   * While nothing can be sent batches stay open and fill up, so that an outage leaves few and full ones. Who has nothing
   * that waits need not wait for those that have.
   */
  readonly #mayBeSealed = (destination: Destination): boolean => {
    const { queue } = this.#parts;
    return !queue.isWaitingFor(destination) && this.#mayGo(destination, queue.inFlightOf(destination));
  };

  readonly #mayGo = (destination: Destination, inFlight: number): boolean =>
    inFlight < this.#parts.breakers.of(destination).permits;

  readonly #refusesAll = (destination: Destination): boolean =>
    this.#parts.breakers.of(destination).refusals.refusesAll;
}
