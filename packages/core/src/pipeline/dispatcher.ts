import type { BatchMirror } from '../batching/batch-mirror.js';
import { Batcher } from '../batching/batcher.js';
import type { BatchStore, StoredBatch } from '../contracts/batch-store.js';
import type { Destination } from '../contracts/destination.js';
import type { Settled } from '../contracts/settled.js';
import type { Reporter } from '../reporting/reporter.js';
import { type Clock, withTimeout } from '../util/clock.js';
import { CircuitBreakers } from './circuit-breakers.js';
import { Delivery } from './delivery.js';
import type { DeliveryAccounting } from './delivery-accounting.js';
import { DeliveryQueue, type Found } from './delivery-queue.js';
import type { EventTimes } from './event-times.js';
import { FlushSchedule } from './flush-schedule.js';
import { FlushWaiters } from './flush-waiters.js';
import { Intake } from './intake.js';
import { MemoryLimiter } from './memory-limiter.js';
import type { QueuedBatch } from './queued-batch.js';
import { Scheduler } from './scheduler.js';

export interface DispatcherOptions {
  readonly flushIntervalMs: number;
  readonly maxInFlight: number;
  readonly requestTimeoutMs: number;
  readonly maxBufferBytes: number;
}

export interface DispatcherParts {
  /** Who sends a record, by its text. */
  readonly route: (message: string | Buffer) => Destination;
  readonly times: EventTimes;
  readonly accounting: DeliveryAccounting;
  readonly reporter: Reporter;
  readonly store: BatchStore | undefined;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

const TOO_MANY_OPEN_BATCHES =
  'Too many log streams, or services, are in use at once: batches go before they are full, in many small requests. Choose fields of fewer values for logStreamName and serviceField.';

/** At the end a disk that does not answer is waited for so long, if there is time: thread-stream ends a worker after 10 s. */
const LAST_WRITE_MS = 2500;
const MAX_CLOSE_MS = 9300;

/** What earlier processes left goes first, if it is found so soon. */
const HEAD_START_MS = 2000;

/**
 * The pipeline: event → open batch → backlog → in flight → outcome. It alone decides what is sent again and what
 * is given up. Taking over an event never waits for the network or the disk.
 */
export class Dispatcher {
  readonly #accounting: DeliveryAccounting;
  readonly #reporter: Reporter;
  readonly #clock: Clock;

  readonly #intake: Intake;
  readonly #open: Batcher<Destination, StoredBatch & BatchMirror>;
  readonly #queue: DeliveryQueue;
  readonly #limiter: MemoryLimiter;
  readonly #breakers: CircuitBreakers<Destination>;
  readonly #scheduler: Scheduler;
  #recovered: Promise<void> = Promise.resolve();
  /** When the last drain gave up, all that was sealed was on disk; up to here. */
  #leftToDisk = -1;

  readonly #flushWaiters = new FlushWaiters();
  #drains = 0;
  #closing: Promise<void> | undefined;
  #closed = false;

  constructor(options: DispatcherOptions, parts: DispatcherParts) {
    const { route, times, accounting, reporter, store, clock, random } = parts;
    this.#accounting = accounting;
    this.#reporter = reporter;
    this.#clock = clock;
    this.#open = new Batcher(
      {
        sealed: (destination, batch, stored, gap) => this.#queue.add(destination, batch, stored, gap),
        tooManyOpenBatches: () => reporter.problem('too-many-open-batches', TOO_MANY_OPEN_BATCHES),
      },
      (destination, timestamp) => store?.create(() => destination.nameAt(timestamp)),
    );
    // Something of it may be sealed now.
    this.#queue = new DeliveryQueue((destination) => this.#open.recall(destination));
    reporter.watchPending(() => this.#open.events + this.#queue.events);
    this.#limiter = new MemoryLimiter(
      options.maxBufferBytes,
      this.#open,
      this.#queue,
      store,
      () => this.#scheduler.sendDue(),
      (queued, reason) => this.#settle([queued], { kind: 'dropped', reason }),
    );
    store?.whenFull(() => this.#keepWithinLimits());
    this.#breakers = new CircuitBreakers(options, clock, random, (destination) =>
      this.#scheduler.recall(destination),
    );
    const delivery = new Delivery({
      queue: this.#queue,
      breakers: this.#breakers,
      times,
      reporter,
      clock,
      settle: (queuedBatches, settled) => this.#settle(queuedBatches, settled),
      returned: () => this.#keepWithinLimits(),
      delivered: (destination) => this.#intake.giveNotice(destination),
      done: () => this.#done(),
      isClosed: () => this.#closed,
      isLeaving: () => this.#drains > 0,
    });
    this.#scheduler = new Scheduler(options.maxInFlight, {
      open: this.#open,
      queue: this.#queue,
      breakers: this.#breakers,
      deliver: (queued) => void delivery.deliver(queued),
      isClosed: () => this.#closed,
    });
    this.#intake = new Intake({
      route,
      times,
      accounting,
      clock,
      open: this.#open,
      schedule: new FlushSchedule(options.flushIntervalMs, clock, random),
      due: () => this.#scheduler.sendDue(),
    });
  }

  /** Takes over a record, logged at this moment of the host's clock. @param recordTime the time that the record says */
  accept(loggedAt: number, message: string | Buffer, recordTime?: number): void {
    const { end } = this.#queue;
    if (!this.#intake.accept(loggedAt, message, recordTime)) return;
    // Else nothing can go that could not before: with many targets it takes time to find that out.
    if (this.#queue.end > end) this.#scheduler.sendDue();
    this.#keepWithinLimits();
  }

  /**
   * Puts batches that earlier processes left in front of all others.
   * @param isFirst whether this is the first look, for which all others wait a moment
   */
  recover(looking: Promise<readonly Found[]>, isFirst: boolean): void {
    const recovered = this.#recover(looking);
    this.#recovered = Promise.all([this.#recovered, recovered]).then(() => undefined);
    if (isFirst) void this.holdUntil(withTimeout(HEAD_START_MS, this.#clock, recovered));
  }

  /**
   * Sends nothing before `ready` is settled; what is accepted meanwhile gathers.
   * @param hurry is called when there is not enough room to wait any longer, and should settle it
   */
  holdUntil(ready: Promise<unknown>, stopWaiting?: () => void): Promise<void> {
    return this.#scheduler.holdUntil(ready, stopWaiting);
  }

  async #recover(looking: Promise<readonly Found[]>): Promise<void> {
    const found = await looking;
    // They lie in this process's folder, and the next one finds them there.
    if (this.#closed) return;
    this.#accounting.accept(found.reduce((sum, { outline }) => sum + outline.size, 0));
    for (const { stored } of found) stored.accepted();
    this.#queue.addFound(found);
    this.#scheduler.sendDue();
    this.#keepWithinLimits();
  }

  /** Resolves when all that was accepted before is delivered, rejected or dropped: in an outage, not until it ends. */
  async flush(): Promise<void> {
    await this.#flush();
    this.#reporter.reportCounts();
  }

  async #flush(): Promise<void> {
    this.#intake.sealAll();
    this.#scheduler.sendDue();
    this.#keepWithinLimits();
    const { end } = this.#queue;
    if (!this.#queue.isSettled(end)) await this.#flushWaiters.wait(end);
  }

  /**
   * Delivers what was accepted before within `deadlineMs`, gives up the rest except for what is on disk, and goes on.
   * Keeps the process alive meanwhile.
   */
  async drain(deadlineMs: number): Promise<void> {
    // At 'beforeExit' again, and nothing is new: the disk has it all.
    if (this.#open.isEmpty && this.#queue.end === this.#leftToDisk) return;
    const time = new AbortController();
    this.#drains++;
    const inTime = await withTimeout(deadlineMs, this.#clock, this.#drain(time.signal));
    this.#drains--;
    time.abort();
    if (!inTime) this.#giveUp();
    this.#reporter.reportCountsWhenIdle();
    await undefined; // listeners log what they are told
    // Node emits 'beforeExit' again when the event loop has turned.
    if (!this.#open.isEmpty) this.#clock.after(0, () => undefined, true);
  }

  /** @param time is aborted when there is no more of it */
  async #drain(time: AbortSignal): Promise<true> {
    // Twice, for what came meanwhile, and from earlier processes. Not until nothing comes, which may be never.
    for (let pass = 0; pass < 2 && !time.aborted && !(pass > 0 && this.#isIdle); pass++) {
      const flushed = this.#flush();
      this.#breakers.resumeAll();
      await Promise.all([flushed, this.#recovered]);
    }
    return true;
  }

  get #isIdle(): boolean {
    return this.#open.isEmpty && this.#queue.isEmpty;
  }

  /** Drains, and takes nothing more. */
  close(deadlineMs: number): Promise<void> {
    this.#closing ??= this.#close(deadlineMs);
    return this.#closing;
  }

  async #close(deadlineMs: number): Promise<void> {
    const deadline = this.#clock.monotonic() + deadlineMs;
    await this.drain(deadlineMs);
    this.#intake.close();
    if (!this.#isIdle) await this.drain(Math.max(deadline - this.#clock.monotonic(), 0));
    this.#closed = true;
    this.#breakers.stopAll();
    this.#giveUp(); // what an earlier process left, should it be found only now
    await this.#leaveOnDisk(this.#queue.all(), Math.min(LAST_WRITE_MS, MAX_CLOSE_MS - deadlineMs));
    this.#reporter.close();
  }

  /** The process ends at once: counts and reports what is lost with it, and takes nothing more. */
  abandon(): void {
    if (this.#closed) return;
    this.#intake.close();
    this.#closed = true;
    this.#breakers.stopAll();
    this.#intake.sealAll();
    const queuedBatches = this.#queue.all();
    this.#settle(
      queuedBatches.filter(({ isOnDisk }) => isOnDisk),
      { kind: 'spooled' },
    );
    this.#settle(
      queuedBatches.filter(({ isOnDisk }) => !isOnDisk),
      { kind: 'dropped', reason: 'abandoned' },
    );
    this.#reporter.close();
  }

  /** What the disk does not take now is lost. */
  async #leaveOnDisk(queuedBatches: readonly QueuedBatch[], ms: number): Promise<void> {
    if (queuedBatches.length === 0) return;
    const isPersisted = async (queued: QueuedBatch) =>
      // A disk that stands still has what it had.
      (await withTimeout(ms, this.#clock, queued.isPersisted())) ?? queued.isOnDisk;
    const written = await Promise.all(queuedBatches.map(isPersisted));
    this.#settle(
      queuedBatches.filter((_, i) => written[i]),
      { kind: 'spooled' },
    );
    this.#settle(
      queuedBatches.filter((_, i) => !written[i]),
      { kind: 'dropped', reason: 'closed' },
    );
  }

  #keepWithinLimits(): void {
    if (this.#limiter.isHalfFull) this.#scheduler.stopWaiting();
    if (this.#limiter.keep()) this.#releaseFlushes();
  }

  /** The only way out of here for a batch. One that went meanwhile stays in the counter that it has. */
  #settle(queuedBatches: readonly QueuedBatch[], settled: Settled): void {
    let events = 0;
    for (const queued of queuedBatches) {
      if (!this.#queue.complete(queued)) continue;
      this.#accounting.enter(queued, settled);
      queued.settle(settled);
      events += queued.size;
    }
    if (events > 0) this.#accounting.tell(settled, events);
  }

  #done(): void {
    this.#releaseFlushes();
    this.#scheduler.sendDue();
  }

  #releaseFlushes(): void {
    this.#reporter.reportCountsSometimes();
    this.#flushWaiters.release((end) => this.#queue.isSettled(end));
  }

  /** There is no more time. What is on disk is not lost, and goes on waiting. */
  #giveUp(): void {
    this.#intake.sealAll();
    this.#settle(this.#queue.inMemoryAlone(), { kind: 'dropped', reason: 'closed' });
    this.#leftToDisk = this.#queue.end;
    this.#flushWaiters.release(() => true);
  }
}
