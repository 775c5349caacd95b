import type { Batcher } from '../batching/batcher.js';
import type { MirroredBatch } from '../contracts/batch-store.js';
import type { Destination } from '../contracts/destination.js';
import type { Reporter } from '../reporting/reporter.js';
import { type Clock, withTimeout } from '../util/clock.js';
import { closingBudget } from '../util/closing-budget.js';
import type { CircuitBreakers } from './circuit-breakers.js';
import type { DeliveryQueue } from './delivery-queue.js';
import type { Dispatcher } from './dispatcher.js';
import type { FlushWaiters } from './flush-waiters.js';
import type { Intake } from './intake.js';
import type { Lifecycle } from './lifecycle.js';
import type { QueuedBatch } from './queued-batch.js';
import type { Settlement } from './settlement.js';

export interface ShutdownParts {
  readonly intake: Intake;
  readonly batcher: Batcher<Destination, MirroredBatch>;
  readonly queue: DeliveryQueue;
  readonly breakers: CircuitBreakers;
  readonly settlement: Settlement;
  readonly flushWaiters: FlushWaiters;
  readonly lifecycle: Lifecycle;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly closeTimeoutMs: number;
  readonly dispatcher: Dispatcher;
}

/** Delivers within a deadline before the process ends, and settles what is left: as lost, or on disk for the next process. */
export class Shutdown {
  readonly #parts: ShutdownParts;
  /** When the last drain gave up, all sealed events before this position were lost or on disk. */
  #gaveUpAt = -1;

  constructor(parts: ShutdownParts) {
    this.#parts = parts;
  }

  /**
   * Delivers what was accepted before, keeps the process alive meanwhile, and goes on afterwards.
   * @param timeoutMs after this time batches that are not on disk are given up, in milliseconds
   */
  async drain(timeoutMs: number): Promise<void> {
    const { batcher, queue, lifecycle, reporter, clock } = this.#parts;
    // At a further 'beforeExit' without new records: whatever waits is on disk.
    if (batcher.isEmpty && queue.endPosition === this.#gaveUpAt) return;
    const time = new AbortController();
    lifecycle.beginDrain();
    const isDrained = await withTimeout(timeoutMs, clock, this.#drain(time.signal));
    lifecycle.endDrain();
    time.abort();
    if (!isDrained) this.#giveUp();
    reporter.reportCountsWhenIdle();
    await undefined; // listeners may log the report
    // Keeps the event loop turning once more: Node then emits 'beforeExit' again.
    if (!batcher.isEmpty) clock.after(0, () => undefined, true);
  }

  /** @param time aborted at the deadline */
  async #drain(time: AbortSignal): Promise<true> {
    // Twice, for records and recovered batches that came in meanwhile. Not until nothing comes in: that may never happen.
    for (let pass = 0; pass < 2 && !time.aborted && !(pass > 0 && this.#isIdle); pass++) {
      const { dispatcher, breakers } = this.#parts;
      const settled = dispatcher.settleAll();
      breakers.resumeAll();
      await Promise.all([settled, dispatcher.recovered]);
    }
    return true;
  }

  get #isIdle(): boolean {
    return this.#parts.batcher.isEmpty && this.#parts.queue.isEmpty;
  }

  /** Drains, and accepts nothing more. */
  async close(timeoutMs: number): Promise<void> {
    const { lifecycle, queue, clock, closeTimeoutMs } = this.#parts;
    const deadline = clock.monotonic() + timeoutMs;
    await this.drain(timeoutMs);
    lifecycle.refuseRecords();
    if (!this.#isIdle) await this.drain(Math.max(deadline - clock.monotonic(), 0));
    this.#stop();
    // What waits now is on disk, or on its way there: a drain that ran out of time has given up the rest.
    await this.#leaveOnDisk(queue.all(), closingBudget(Math.max(timeoutMs, closeTimeoutMs)).lastWritesMs);
    this.#parts.reporter.reportWithheld();
  }

  /** The process ends now: counts and reports what is lost with it. */
  abandon(): void {
    const { intake, queue, reporter } = this.#parts;
    this.#stop();
    intake.sealAll();
    this.#settleByCopy(queue.all(), ({ isPersisted }) => isPersisted, 'abandoned');
    reporter.reportWithheld();
  }

  #stop(): void {
    this.#parts.lifecycle.close();
    this.#parts.breakers.stopAll();
  }

  /** Time is up. Batches that are neither on disk nor on their way there are lost; the others keep waiting. */
  #giveUp(): void {
    const { intake, queue, settlement, flushWaiters } = this.#parts;
    intake.sealAll();
    settlement.settle(queue.withoutCopy(), { kind: 'dropped', reason: 'closed' });
    this.#gaveUpAt = queue.endPosition;
    flushWaiters.releaseAll();
  }

  /** Gives the disk a last chance. What it does not take is lost. */
  async #leaveOnDisk(batches: readonly QueuedBatch[], ms: number): Promise<void> {
    if (batches.length === 0) return;
    const persisted = new Set<QueuedBatch>();
    const wait = async (queued: QueuedBatch) => {
      // A disk that has stopped responding still has what it had.
      const isPersisted = await withTimeout(ms, this.#parts.clock, queued.whenPersisted());
      if (isPersisted ?? queued.isPersisted) persisted.add(queued);
    };
    await Promise.all(batches.map(wait));
    this.#settleByCopy(batches, (queued) => persisted.has(queued), 'closed');
  }

  #settleByCopy(
    batches: readonly QueuedBatch[],
    isOnDisk: (queued: QueuedBatch) => boolean,
    reason: 'closed' | 'abandoned',
  ): void {
    const { settlement } = this.#parts;
    const left = batches.filter(isOnDisk);
    const lost = batches.filter((queued) => !isOnDisk(queued));
    settlement.settle(left, { kind: 'spooled' });
    settlement.settle(lost, { kind: 'dropped', reason });
  }
}
