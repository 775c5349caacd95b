import type { Batch } from './batch/batch.js';
import { toLogEvents } from './batch/event.js';
import { OpenBatches } from './batch/open-batches.js';
import type { Clock } from './clock.js';
import { advice } from './delivery/advice.js';
import { backoffMs } from './delivery/backoff.js';
import type { FailedOutcome, Outcome, RejectedEvents } from './delivery/outcome.js';
import { type Parcel, Queue } from './queue.js';
import type { ProblemCode, Reporter } from './report.js';

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

/** While leaving there is no time for long pauses. */
const MAX_PAUSE_AT_CLOSE_MS = 500;

/**
 * The pipeline: event → open batch → queue → in flight → outcome. It alone decides what is sent again and what
 * is given up. Taking over an event never waits for the network.
 */
export class Shipper {
  readonly #options: ShipperOptions;
  readonly #sender: BatchSender;
  readonly #reporter: Reporter;
  readonly #clock: Clock;
  readonly #random: () => number;

  readonly #open = new OpenBatches((batch) => this.#enqueue(batch));
  readonly #queue = new Queue();
  readonly #inFlight = new Set<Parcel>();
  #sealedEvents = 0;

  #cancelFlushTimer: (() => void) | undefined;
  #cancelPause: (() => void) | undefined;
  /** Failures in a row. While there are any, one batch at a time probes whether the service is back. */
  #failures = 0;

  #flushes: { readonly end: number; readonly resolve: () => void }[] = [];
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
    this.#random = random;
  }

  /** Takes over a record. */
  accept(timestamp: number, message: string): void {
    const events = toLogEvents(timestamp, message);
    this.#reporter.accept(Math.max(events.length, 1));
    if (events.length === 0) this.#reporter.drop('empty', 1);
    else if (this.#closed) this.#reporter.drop('closed', events.length);
    else {
      for (const event of events) this.#open.add(event);
      this.#cancelFlushTimer ??= this.#clock.after(this.#options.flushIntervalMs, () => this.#sealAll());
      this.#keepBound();
    }
  }

  /** Resolves when all that was accepted before is delivered, rejected or dropped: in an outage, not until it ends. */
  async flush(): Promise<void> {
    this.#sealAll();
    const end = this.#sealedEvents;
    if (!this.#isSettled(end)) {
      await new Promise<void>((resolve) => this.#flushes.push({ end, resolve }));
    }
    this.#reporter.reportCounts();
  }

  /** Delivers what it can within `deadlineMs`, and counts the rest as dropped. */
  close(deadlineMs: number): Promise<void> {
    this.#closing ??= this.#close(deadlineMs);
    return this.#closing;
  }

  async #close(deadlineMs: number): Promise<void> {
    const cancelDeadline = this.#clock.after(deadlineMs, () => this.#abandonAll(), true);
    const flushed = this.flush();
    this.#resume();
    await flushed;
    cancelDeadline();
    this.#abandonAll(); // what came during the flush
    this.#reporter.reportCounts();
  }

  #sealAll(): void {
    this.#cancelFlushTimer?.();
    this.#cancelFlushTimer = undefined;
    this.#open.sealAll();
  }

  #enqueue(batch: Batch): void {
    this.#queue.add({ position: this.#sealedEvents, batch });
    this.#sealedEvents += batch.size;
    this.#pump();
    this.#keepBound();
  }

  /** What waits takes no more memory than it may: the oldest goes. */
  #keepBound(): void {
    const { maxBufferBytes } = this.#options;
    while (this.#queue.heldBytes + this.#open.heldBytes > maxBufferBytes) {
      if (this.#queue.oldestPosition === undefined) this.#open.sealOldest();
      const oldest = this.#queue.takeOldest();
      if (oldest === undefined) continue; // sealed, and in flight at once
      this.#reporter.drop('bufferFull', oldest.batch.size);
      this.#reporter.problem(
        'buffer-full',
        `More than maxBufferBytes (${maxBufferBytes}) wait for delivery: the oldest ${oldest.batch.size} events were dropped.`,
      );
      this.#settled();
    }
  }

  #pump(): void {
    if (this.#closed) return;
    const places = this.#failures > 0 ? 1 : this.#options.maxInFlight;
    while (this.#cancelPause === undefined && this.#inFlight.size < places) {
      const parcel = this.#queue.takeOldest();
      if (parcel === undefined) return;
      this.#inFlight.add(parcel);
      void this.#deliver(parcel);
    }
  }

  async #deliver(parcel: Parcel): Promise<void> {
    const outcome = await this.#sender.send(parcel.batch);
    if (!this.#inFlight.delete(parcel)) return; // abandoned meanwhile, and counted
    switch (outcome.kind) {
      case 'delivered':
        this.#failures = 0;
        this.#countDelivered(parcel.batch, outcome.rejected);
        break;
      case 'poison':
        this.#failures = 0;
        this.#isolate(parcel, outcome);
        break;
      default:
        this.#queue.add(parcel);
        this.#keepBound();
        this.#pause(outcome);
    }
    this.#settled();
    this.#pump();
  }

  #countDelivered(batch: Batch, rejected: RejectedEvents): void {
    const { tooOld, expired, tooNew } = rejected;
    const lost = tooOld + expired + tooNew;
    this.#reporter.deliver(batch.size - lost);
    this.#reporter.reject('tooOld', tooOld);
    this.#reporter.reject('expired', expired);
    this.#reporter.reject('tooNew', tooNew);
    if (lost > 0) {
      this.#reporter.problem(
        'rejected-events',
        `CloudWatch Logs rejected ${lost} events by their time: ${tooOld} older than 14 days, ${expired} older than the log group's retention, ${tooNew} more than 2 hours ahead. Check the clock and the records' timestamps.`,
      );
    }
  }

  /** One bad event condemns its batch: the halves are tried, until the bad one stands alone. */
  #isolate({ position, batch }: Parcel, outcome: FailedOutcome): void {
    const [earlier, later] = batch.halves() ?? [];
    if (earlier === undefined || later === undefined) {
      this.#reporter.reject('invalid', 1);
      this.#reporter.problem('invalid-event', advice(outcome, this.#sender.logGroupName));
    } else {
      this.#queue.add({ position, batch: earlier });
      this.#queue.add({ position: position + earlier.size, batch: later });
    }
  }

  /** After a failure nothing is sent for a while; the failed batch waits in the queue, not in flight. */
  #pause(outcome: FailedOutcome): void {
    if (this.#cancelPause !== undefined) return; // failed together with the one that began the pause
    this.#failures++;
    const transient = outcome.kind === 'throttled' || outcome.kind === 'unavailable';
    if (!transient || this.#failures >= FAILURES_WORTH_A_REPORT) {
      this.#reporter.problem(PROBLEM_OF[outcome.kind], advice(outcome, this.#sender.logGroupName));
    }
    const backoff = backoffMs(this.#failures, this.#random);
    const ms = this.#closing === undefined ? backoff : Math.min(backoff, MAX_PAUSE_AT_CLOSE_MS);
    this.#cancelPause = this.#clock.after(ms, () => this.#resume());
  }

  #resume(): void {
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    this.#pump();
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
    this.#closed = true;
    this.#cancelPause?.();
    this.#sealAll();
    const left = [...this.#queue.takeAll(), ...this.#inFlight];
    this.#inFlight.clear();
    const events = left.reduce((sum, { batch }) => sum + batch.size, 0);
    if (events > 0) {
      this.#reporter.drop('closed', events);
      this.#reporter.problem(
        'not-delivered',
        `${events} events were not delivered in the time that closeTimeoutMs allows, and are lost.`,
      );
    }
    this.#settled();
  }
}

const PROBLEM_OF: Readonly<Record<FailedOutcome['kind'], ProblemCode>> = {
  throttled: 'throttled',
  unavailable: 'unavailable',
  missing: 'missing',
  denied: 'denied',
  poison: 'invalid-event',
};
