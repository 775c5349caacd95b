import type { Batch } from './batch/batch.js';
import { toLogEvents } from './batch/event.js';
import { OpenBatches } from './batch/open-batches.js';
import type { Clock } from './clock.js';
import { advice } from './delivery/advice.js';
import type { FailedOutcome, Outcome, RejectedEvents, TransientOutcome } from './delivery/outcome.js';
import { Pace } from './delivery/pace.js';
import { type Parcel, Queue } from './queue.js';
import type { Reporter } from './report.js';

/** Tries to deliver a batch; never rejects. */
export interface BatchSender {
  readonly logGroupName: string;
  send(batch: Batch): Promise<Outcome>;
}

export interface ShipperOptions {
  readonly flushIntervalMs: number;
  readonly maxInFlight: number;
  readonly maxBufferBytes: number;
}

/** Transient failures become a problem for the user when so many came in a row. */
const FAILURES_WORTH_A_REPORT = 3;

/** While the process waits to end there is no time for long pauses. */
const MAX_PAUSE_WHILE_DRAINING_MS = 500;

/**
 * The pipeline: event → open batch → queue → in flight → outcome. It alone decides what is sent again and what
 * is given up. Taking over an event never waits for the network.
 */
export class Shipper {
  readonly #options: ShipperOptions;
  readonly #sender: BatchSender;
  readonly #reporter: Reporter;
  readonly #clock: Clock;

  readonly #open = new OpenBatches((batch) => this.#enqueue(batch));
  readonly #queue = new Queue();
  readonly #inFlight = new Set<Parcel>();
  readonly #pace: Pace;
  #sealedEvents = 0;

  #cancelFlushTimer: (() => void) | undefined;
  /** The flush interval is over, and nothing could be sent. */
  #overdue = false;

  #flushes: { readonly end: number; readonly resolve: () => void }[] = [];
  #drains = 0;
  #closing: Promise<void> | undefined;
  #closed = false;

  constructor(
    options: ShipperOptions,
    sender: BatchSender,
    reporter: Reporter,
    clock: Clock,
    random: () => number,
  ) {
    this.#options = options;
    this.#sender = sender;
    this.#reporter = reporter;
    this.#clock = clock;
    this.#pace = new Pace(options.maxInFlight, clock, random, () => this.#pump());
  }

  /** Takes over a record. */
  accept(timestamp: number, message: string): void {
    const events = toLogEvents(timestamp, message);
    this.#reporter.accept(Math.max(events.length, 1));
    if (events.length === 0) this.#reporter.drop('empty', 1);
    else if (this.#closed) this.#tooLate(events.length);
    else {
      for (const event of events) this.#open.add(event);
      if (!this.#overdue) this.#cancelFlushTimer ??= this.#startFlushTimer();
      this.#pump();
      this.#keepBound();
    }
  }

  /** Resolves when all that was accepted before is delivered, rejected or dropped: in an outage, not until it ends. */
  async flush(): Promise<void> {
    this.#sealAll();
    this.#pump();
    this.#keepBound();
    const end = this.#sealedEvents;
    if (!this.#isSettled(end)) {
      await new Promise<void>((resolve) => this.#flushes.push({ end, resolve }));
    }
    this.#reporter.reportCounts();
  }

  /** Delivers what it can within `deadlineMs`, counts the rest as dropped, and goes on. Keeps the process alive. */
  async drain(deadlineMs: number): Promise<void> {
    let isOver = false;
    const cancelDeadline = this.#clock.after(
      deadlineMs,
      () => {
        isOver = true;
        this.#abandonAll();
      },
      true,
    );
    this.#drains++;
    do {
      const flushed = this.flush();
      this.#pace.resume();
      await flushed;
    } while (!isOver && this.#reporter.counts.pending > 0); // what came during the flush
    this.#drains--;
    cancelDeadline();
  }

  /** Drains, and takes nothing more. */
  close(deadlineMs: number): Promise<void> {
    this.#closing ??= this.#close(deadlineMs);
    return this.#closing;
  }

  async #close(deadlineMs: number): Promise<void> {
    await this.drain(deadlineMs);
    this.#closed = true;
    this.#abandonAll(); // what came as the deadline passed
    this.#reporter.close();
  }

  #startFlushTimer(): () => void {
    return this.#clock.after(this.#options.flushIntervalMs, () => {
      this.#cancelFlushTimer = undefined;
      this.#overdue = true;
      this.#pump();
    });
  }

  #sealAll(): void {
    this.#cancelFlushTimer?.();
    this.#cancelFlushTimer = undefined;
    this.#overdue = false;
    this.#open.sealAll();
  }

  #enqueue(batch: Batch): void {
    this.#queue.add({ position: this.#sealedEvents, batch });
    this.#sealedEvents += batch.size;
  }

  #pump(): void {
    while (this.#inFlight.size < this.#pace.places) {
      // While nothing can be sent batches stay open and fill up, so that an outage leaves few and full ones.
      if (this.#overdue && this.#queue.isEmpty) this.#sealAll();
      const parcel = this.#queue.takeOldest();
      if (parcel === undefined) return;
      this.#inFlight.add(parcel);
      void this.#deliver(parcel);
    }
  }

  /** What waits takes no more memory than it may: the oldest goes. */
  #keepBound(): void {
    const { maxBufferBytes } = this.#options;
    while (this.#queue.heldBytes + this.#open.heldBytes > maxBufferBytes) {
      if (this.#queue.isEmpty) this.#open.sealOldest();
      const events = this.#queue.takeOldest()?.batch.size ?? 0;
      this.#reporter.drop('bufferFull', events);
      this.#reporter.loss(
        'buffer-full',
        events,
        (all) =>
          `More than maxBufferBytes (${maxBufferBytes}) wait for delivery: the oldest ${all} events were dropped.`,
      );
      this.#settled();
    }
  }

  async #deliver(parcel: Parcel): Promise<void> {
    const outcome = await this.#sender.send(parcel.batch);
    if (!this.#inFlight.delete(parcel)) return; // abandoned meanwhile, and counted
    switch (outcome.kind) {
      case 'delivered':
        this.#pace.succeeded();
        this.#countDelivered(parcel.batch, outcome.rejected);
        break;
      case 'poison':
        this.#pace.succeeded();
        this.#isolate(parcel, outcome);
        break;
      default:
        this.#queue.add(parcel);
        this.#keepBound();
        this.#failed(outcome);
    }
    this.#settled();
    this.#pump();
  }

  #countDelivered(batch: Batch, { tooOld, expired, tooNew }: RejectedEvents): void {
    const lost = tooOld + expired + tooNew;
    this.#reporter.deliver(batch.size - lost);
    if (lost === 0) return;
    this.#reporter.reject('tooOld', tooOld);
    this.#reporter.reject('expired', expired);
    this.#reporter.reject('tooNew', tooNew);
    this.#reporter.loss(
      'rejected-events',
      lost,
      (all) =>
        `CloudWatch Logs rejected ${all} events by their time: they are older than 14 days or than the log group's retention, or more than 2 hours ahead. Check the clock and the records' timestamps.`,
    );
  }

  /** One bad event condemns its batch: the halves are tried, until the bad one stands alone. */
  #isolate({ position, batch }: Parcel, { failure }: FailedOutcome): void {
    const [earlier, later] = batch.halves() ?? [];
    if (earlier === undefined || later === undefined) {
      this.#reporter.reject('invalid', 1);
      this.#reporter.loss(
        'invalid-event',
        1,
        (all) =>
          `CloudWatch Logs refuses ${all} events, which are given up. (${failure.name}: ${failure.message})`,
      );
    } else {
      this.#queue.add({ position, batch: earlier });
      this.#queue.add({ position: position + earlier.size, batch: later });
    }
  }

  /** The failed batch waits in the queue, not in flight. */
  #failed(outcome: TransientOutcome): void {
    const maxPauseMs = this.#drains > 0 ? MAX_PAUSE_WHILE_DRAINING_MS : Number.POSITIVE_INFINITY;
    if (!this.#pace.failed(maxPauseMs)) return; // together with the one that began the pause
    const transient = outcome.kind === 'throttled' || outcome.kind === 'unavailable';
    if (!transient || this.#pace.failures >= FAILURES_WORTH_A_REPORT) {
      this.#reporter.problem(outcome.kind, advice(outcome, this.#sender.logGroupName));
    }
  }

  /** Whether the first `end` of all the events that were ever sealed are delivered, rejected or dropped. */
  #isSettled(end: number): boolean {
    const { oldestPosition = end } = this.#queue;
    return oldestPosition >= end && ![...this.#inFlight].some(({ position }) => position < end);
  }

  #settled(): void {
    this.#reporter.reportCountsSometimes();
    const done = this.#flushes.filter(({ end }) => this.#isSettled(end));
    this.#flushes = this.#flushes.filter((flush) => !done.includes(flush));
    for (const { resolve } of done) resolve();
  }

  #abandonAll(): void {
    this.#sealAll();
    const left = [...this.#queue.takeAll(), ...this.#inFlight];
    this.#inFlight.clear();
    const events = left.reduce((sum, { batch }) => sum + batch.size, 0);
    if (events > 0) {
      this.#reporter.drop('closed', events);
      this.#reporter.loss(
        'not-delivered',
        events,
        (all) => `${all} events were not delivered in the time that closeTimeoutMs allows, and are lost.`,
      );
    }
    this.#pace.resume();
    this.#settled();
  }

  #tooLate(events: number): void {
    this.#reporter.drop('closed', events);
    this.#reporter.loss(
      'logged-after-close',
      events,
      (all) => `${all} events were logged after the transport was closed, and are lost.`,
    );
  }
}
