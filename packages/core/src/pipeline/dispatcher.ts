import { Batcher } from '../batching/batcher.js';
import type { RecordLimit } from '../batching/record-limit.js';
import type { BatchStore, MirroredBatch } from '../contracts/batch-store.js';
import type { DeadLetters } from '../contracts/dead-letters.js';
import type { Destination } from '../contracts/destination.js';
import type { Transform } from '../contracts/transform.js';
import type { Fallback } from '../reporting/fallback.js';
import type { Reporter } from '../reporting/reporter.js';
import type { Router } from '../routing/router.js';
import { type Clock, withTimeout } from '../util/clock.js';
import { Accounting } from './accounting.js';
import { CircuitBreakers } from './circuit-breakers.js';
import { DeadLetterObserver } from './dead-letter-observer.js';
import { Delivery } from './delivery.js';
import { DeliveryQueue, type RecoveredBatch } from './delivery-queue.js';
import { EventFallback } from './event-fallback.js';
import type { EventTimes } from './event-times.js';
import { FieldCheck } from './field-check.js';
import { FlushSchedule } from './flush-schedule.js';
import { FlushWaiters } from './flush-waiters.js';
import { Intake } from './intake.js';
import { Lifecycle } from './lifecycle.js';
import { LossNotices } from './loss-notices.js';
import { LossReports } from './loss-reports.js';
import { MemoryLimiter } from './memory-limiter.js';
import { RateLimit } from './rate-limit.js';
import { Scheduler } from './scheduler.js';
import { Settlement } from './settlement.js';
import { Shutdown } from './shutdown.js';

export interface DispatcherOptions {
  readonly flushIntervalMs: number;
  readonly maxInFlight: number;
  readonly requestTimeoutMs: number;
  readonly maxBufferBytes: number;
  readonly maxRecordBytes: number | undefined;
  readonly maxBytesPerSecond: number | undefined;
  readonly logGroupClass: string | undefined;
  readonly spoolMaxBytes: number;
  readonly closeTimeoutMs: number;
}

export interface DispatcherParts {
  readonly route: Router;
  /** Default: records are sent as they are. */
  readonly transform?: Transform | undefined;
  readonly times: EventTimes;
  readonly recordLimit: RecordLimit;
  readonly reporter: Reporter;
  readonly store: BatchStore | undefined;
  readonly deadLetters: DeadLetters | undefined;
  readonly fallback: Fallback | undefined;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

const TOO_MANY_OPEN_BATCHES =
  'Too many log streams or services are in use at once: batches are sent before they are full, in many small requests. Choose fields with fewer values for logGroupName, logStreamName and serviceField.';

/** Batches that earlier processes left are sent first if they are found within this time. */
const HEAD_START_MS = 2000;

/**
 * Takes a record from the log call to its outcome: event → open batch → queue → in flight → settled. Accepting a record never
 * waits for the network or the disk.
 */
export class Dispatcher {
  readonly #reporter: Reporter;
  readonly #clock: Clock;
  readonly #lifecycle = new Lifecycle();
  readonly #intake: Intake;
  readonly #batcher: Batcher<Destination, MirroredBatch>;
  readonly #queue: DeliveryQueue;
  readonly #limiter: MemoryLimiter;
  readonly #scheduler: Scheduler;
  readonly #settlement: Settlement;
  readonly #shutdown: Shutdown;
  readonly #flushWaiters: FlushWaiters;
  readonly #fallback: EventFallback | undefined;
  #recovered: Promise<void> = Promise.resolve();

  constructor(options: DispatcherOptions, parts: DispatcherParts) {
    const { times, reporter, store, clock, random } = parts;
    const { maxBytesPerSecond } = options;
    const lifecycle = this.#lifecycle;
    const batcher = new Batcher<Destination, MirroredBatch>(
      {
        sealed: (destination, batch, stored, gap) => queue.add(destination, batch, stored, gap),
        tooManyOpenBatches: () => reporter.problem('too-many-open-batches', TOO_MANY_OPEN_BATCHES),
      },
      (destination, timestamp) => store?.create(() => destination.nameAt(timestamp)),
    );
    // With fewer batches waiting or in flight, an open batch of the destination may be sealed.
    const queue = new DeliveryQueue((destination) => batcher.recall(destination));
    const lossNotices = new LossNotices(clock, parts.fallback?.stream);
    const lossReports = new LossReports(
      options,
      reporter,
      parts.deadLetters === undefined ? parts.fallback?.stream : 'the dead-letter file',
    );
    const flushWaiters = new FlushWaiters((position) => queue.isSettled(position));
    const fallback = parts.fallback && new EventFallback(parts.fallback, lossReports, reporter);
    const deadLetters = parts.deadLetters ?? fallback;
    const settlement = new Settlement(
      queue,
      [
        new Accounting(reporter, (reason) => lossReports.lossOf(reason)),
        lossNotices,
        lossReports,
        flushWaiters,
        ...(deadLetters === undefined ? [] : [new DeadLetterObserver(deadLetters)]),
      ],
      fallback,
    );
    reporter.watchPending(() => batcher.eventCount + queue.eventCount + (fallback?.pending ?? 0));
    this.#reporter = reporter;
    this.#clock = clock;
    this.#batcher = batcher;
    this.#queue = queue;
    this.#flushWaiters = flushWaiters;
    this.#settlement = settlement;
    this.#fallback = fallback;
    this.#limiter = new MemoryLimiter(options.maxBufferBytes, batcher, queue, store);
    store?.whenFull(() => this.#keepWithinLimits());
    const breakers = new CircuitBreakers(options, clock, random, (destination) =>
      this.#scheduler.recall(destination),
    );
    const common = { batcher, queue, breakers, settlement, lifecycle, times, reporter, clock };
    const delivery = new Delivery({
      ...common,
      waitsAgain: () => this.#keepWithinLimits(),
      tookEvents: (destination) => this.#intake.addLossNotice(destination),
      attemptEnded: () => this.#attemptEnded(),
    });
    this.#scheduler = new Scheduler(options.maxInFlight, {
      ...common,
      deliver: (queued) => void delivery.deliver(queued),
    });
    this.#intake = new Intake({
      ...common,
      route: parts.route,
      recordLimit: parts.recordLimit,
      fieldCheck: new FieldCheck(options.logGroupClass, reporter),
      rateLimit: maxBytesPerSecond === undefined ? undefined : new RateLimit(maxBytesPerSecond, clock),
      transform: parts.transform,
      lossNotices,
      lossReports,
      fallback,
      schedule: new FlushSchedule(options.flushIntervalMs, clock, random),
      due: () => this.#scheduler.sendDue(),
    });
    this.#shutdown = new Shutdown({
      ...common,
      intake: this.#intake,
      flushWaiters,
      flush: () => this.#flush(),
      recovered: () => this.#recovered,
      closeTimeoutMs: options.closeTimeoutMs,
    });
  }

  /**
   * Accepts a record.
   * @param loggedAt the time of the log call by the host's clock
   * @param recordTime the time that the record states
   * @param omittedBytes bytes at the end of the record that are not in `message`
   * @param level of the record, by Pino's numbers. Default: what stands at its front
   */
  accept(
    loggedAt: number,
    message: string | Buffer,
    recordTime?: number,
    omittedBytes?: number,
    level?: number,
  ): void {
    const { endPosition } = this.#queue;
    if (!this.#intake.accept(loggedAt, message, recordTime, omittedBytes, level)) return;
    // Only a sealed batch can be sent. To look for one with each record is slow with many destinations.
    if (this.#queue.endPosition > endPosition) this.#scheduler.sendDue();
    this.#keepWithinLimits();
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
    void this.holdUntil(ready, stopWaiting);
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

  async #recover(search: Promise<readonly RecoveredBatch[]>): Promise<void> {
    const batches = await search;
    // They are in this process's folder by now, where the next process finds them.
    if (this.#lifecycle.isClosed) return;
    this.#reporter.accept(batches.reduce((sum, { outline }) => sum + outline.size, 0));
    for (const { stored } of batches) stored.accepted();
    this.#queue.addRecovered(batches);
    this.#scheduler.sendDue();
    this.#keepWithinLimits();
  }

  /** Resolves when everything accepted before is delivered, rejected or dropped. An outage is waited for. */
  async flush(): Promise<void> {
    await this.#flush();
    await this.#fallback?.idle();
    this.#reporter.reportCounts();
  }

  async #flush(): Promise<void> {
    if (this.#lifecycle.isDraining) this.#intake.addLastNotices();
    this.#intake.sealAll();
    this.#scheduler.sendDue();
    this.#keepWithinLimits();
    await this.#flushWaiters.wait(this.#queue.endPosition);
  }

  /** See {@link Shutdown.drain}. */
  drain(deadlineMs: number): Promise<void> {
    return this.#shutdown.drain(deadlineMs);
  }

  /** See {@link Shutdown.close}. */
  close(deadlineMs: number): Promise<void> {
    return this.#shutdown.close(deadlineMs);
  }

  /** See {@link Shutdown.abandon}. */
  abandon(): void {
    this.#shutdown.abandon();
  }

  #keepWithinLimits(): void {
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

  #attemptEnded(): void {
    this.#reporter.reportCountsSometimes();
    this.#scheduler.sendDue();
  }
}
