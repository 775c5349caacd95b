import type { Batcher } from '../batching/batcher.js';
import type { MirroredBatch } from '../contracts/batch-store.js';
import type { Destination } from '../contracts/destination.js';
import type { Reporter } from '../reporting/reporter.js';
import { type Clock, withTimeout } from '../util/clock.js';
import type { DeliveryQueue, RecoveredBatch } from './delivery-queue.js';
import type { EventFallback } from './event-fallback.js';
import type { FlushWaiters } from './flush-waiters.js';
import type { Intake } from './intake.js';
import type { Lifecycle } from './lifecycle.js';
import type { MemoryLimiter } from './memory-limiter.js';
import type { Scheduler } from './scheduler.js';
import type { Settlement } from './settlement.js';

export interface DispatcherParts {
  readonly intake: Intake;
  readonly batcher: Batcher<Destination, MirroredBatch>;
  readonly queue: DeliveryQueue;
  readonly limiter: MemoryLimiter;
  readonly scheduler: Scheduler;
  readonly settlement: Settlement;
  readonly flushWaiters: FlushWaiters;
  readonly fallback: EventFallback | undefined;
  readonly lifecycle: Lifecycle;
  readonly reporter: Reporter;
  readonly clock: Clock;
}

/** Batches that earlier processes left are sent first if they are found within this time. */
const HEAD_START_MS = 2000;

/**
 * Takes a record from the log call to its outcome: event → open batch → queue → in flight → settled. Accepting a record never
 * waits for the network or the disk. `assembleDispatcher` connects its parts.
 */
export class Dispatcher {
  readonly #intake: Intake;
  readonly #batcher: Batcher<Destination, MirroredBatch>;
  readonly #queue: DeliveryQueue;
  readonly #limiter: MemoryLimiter;
  readonly #scheduler: Scheduler;
  readonly #settlement: Settlement;
  readonly #flushWaiters: FlushWaiters;
  readonly #fallback: EventFallback | undefined;
  readonly #lifecycle: Lifecycle;
  readonly #reporter: Reporter;
  readonly #clock: Clock;
  #recovered: Promise<void> = Promise.resolve();
  /** What batches of earlier owners have until others are sent; undefined once it is over. */
  #headStart: Promise<void> | undefined;

  constructor(parts: DispatcherParts) {
    this.#intake = parts.intake;
    this.#batcher = parts.batcher;
    this.#queue = parts.queue;
    this.#limiter = parts.limiter;
    this.#scheduler = parts.scheduler;
    this.#settlement = parts.settlement;
    this.#flushWaiters = parts.flushWaiters;
    this.#fallback = parts.fallback;
    this.#lifecycle = parts.lifecycle;
    this.#reporter = parts.reporter;
    this.#clock = parts.clock;
  }

  /** See `Pipeline.accept`. */
  accept(
    loggedAt: number,
    message: string | Buffer,
    recordTime?: number,
    omittedBytes?: number,
    level?: number,
  ): void {
    const { endPosition } = this.#queue;
    if (!this.#intake.accept(loggedAt, message, recordTime, omittedBytes, level)) return;
    // Only a sealed batch can be sent. Looking for one with each record is slow with many destinations.
    if (this.#queue.endPosition > endPosition) this.#scheduler.sendDue();
    this.keepWithinLimits();
  }

  /**
   * Puts the batches of earlier processes in front of all others.
   * @param isFirst whether this is the first search: all other batches then wait a moment for its result
   */
  recover(search: Promise<readonly RecoveredBatch[]>, isFirst: boolean): void {
    const recovered = this.#recover(search);
    this.#recovered = Promise.all([this.#recovered, recovered]).then(() => undefined);
    if (isFirst) this.#giveHeadStart(recovered);
  }

  /** All other batches wait a moment for what is recovered, unless memory runs short. */
  #giveHeadStart(recovered: Promise<void>): void {
    let stopWaiting: () => void = () => undefined;
    const memoryRunsShort = new Promise<void>((resolve) => {
      stopWaiting = resolve;
    });
    const ready = Promise.race([withTimeout(HEAD_START_MS, this.#clock, recovered), memoryRunsShort]);
    this.#headStart = this.holdUntil(ready, stopWaiting).finally(() => {
      this.#headStart = undefined;
    });
  }

  /** What counts towards `maxBufferBytes`. */
  get heldBytes(): number {
    return this.#limiter.heldBytes;
  }

  /**
   * Sends nothing until `ready` resolves. Records are accepted meanwhile.
   * @param stopWaiting is called when memory runs short, and lets `ready` resolve
   */
  holdUntil(ready: Promise<unknown>, stopWaiting: () => void): Promise<void> {
    return this.#scheduler.holdUntil(ready, stopWaiting);
  }

  /** Resolves when the batches of earlier processes have been looked for. */
  get recovered(): Promise<void> {
    return this.#recovered;
  }

  async #recover(search: Promise<readonly RecoveredBatch[]>): Promise<void> {
    const batches = await search;
    // They are in this process's folder by now, where the next process finds them.
    if (this.#lifecycle.isClosed) return;
    this.#reporter.accept(batches.reduce((sum, { outline }) => sum + outline.size, 0));
    for (const { stored } of batches) stored.accepted();
    this.#reporter.searched();
    this.#queue.addRecovered(batches);
    this.#scheduler.sendDue();
    this.keepWithinLimits();
  }

  /**
   * Resolves when everything accepted before is delivered, rejected or dropped. It waits for an outage to end. What an
   * earlier owner left counts as accepted if it is found within its head start.
   */
  async flush(): Promise<void> {
    await this.settleAll();
    if (this.#headStart !== undefined) {
      await this.#headStart;
      await this.settleAll();
    }
    await this.#fallback?.idle();
    this.#reporter.reportCounts();
  }

  /** Resolves when everything accepted before is settled. What a fallback has taken may not be written yet. */
  async settleAll(): Promise<void> {
    if (this.#lifecycle.isDraining) this.#intake.addLastNotices();
    this.#intake.sealAll();
    this.#scheduler.sendDue();
    this.keepWithinLimits();
    await this.#flushWaiters.wait(this.#queue.endPosition);
  }

  /** Makes room: to be called when batches wait again, or the disk is full. */
  keepWithinLimits(): void {
    if (this.#limiter.isHalfFull) this.#scheduler.stopWaiting();
    for (let relief = this.#limiter.relieve(); relief !== undefined; relief = this.#limiter.relieve()) {
      if (relief.kind === 'drop')
        this.#settlement.settle([relief.queued], { kind: 'dropped', reason: relief.reason });
      else {
        this.#batcher.sealOldest(relief.destination);
        this.#scheduler.sendDue();
      }
    }
  }

  /** Another batch may be sent. */
  attemptEnded(): void {
    this.#reporter.reportCountsSometimes();
    this.#scheduler.sendDue();
  }
}
