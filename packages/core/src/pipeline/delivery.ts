import type { Batch } from '../batching/batch.js';
import { isSkewed } from '../cloudwatch/classify.js';
import { troubleshooting, troubleshootingRefusals } from '../cloudwatch/troubleshooting.js';
import type { Destination } from '../contracts/destination.js';
import type { FailedOutcome, RejectedEvents, TransientOutcome } from '../contracts/outcome.js';
import type { Settled } from '../contracts/settled.js';
import type { Reporter } from '../reporting/reporter.js';
import type { Clock } from '../util/clock.js';
import { errorMessage } from '../util/error-message.js';
import type { PauseReason } from './backoff.js';
import type { CircuitBreakers } from './circuit-breakers.js';
import type { DeliveryQueue } from './delivery-queue.js';
import type { EventTimes } from './event-times.js';
import type { QueuedBatch } from './queued-batch.js';
import { byOutcome, isRejected, lastExpired } from './rejected-events.js';

/** What the shipper does for a delivery, and says of itself. */
export interface DeliveryParts {
  readonly queue: DeliveryQueue;
  readonly breakers: CircuitBreakers<Destination>;
  readonly times: EventTimes;
  readonly reporter: Reporter;
  readonly clock: Clock;
  /** The only way out for a batch. */
  settle(queuedBatches: readonly QueuedBatch[], settled: Settled): void;
  /** A batch waits again, and takes memory. */
  returned(): void;
  /** The sender is there, and takes events. */
  delivered(destination: Destination): void;
  /** The batch is no longer in flight: another may go. */
  done(): void;
  /** Nothing that comes back is wanted any more. */
  isClosed(): boolean;
  /** The process waits to end. */
  isLeaving(): boolean;
}

/** Transient failures become a problem for the user when so many came in a row. */
const FAILURES_WORTH_A_REPORT = 3;

/** While the process waits to end there is no time for long pauses. */
const MAX_PAUSE_WHILE_LEAVING_MS = 500;

/** Tries to deliver one batch, and does what follows from its outcome: it is settled, waits, or goes in parts. */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #queue: DeliveryQueue;
  readonly #breakers: CircuitBreakers<Destination>;
  readonly #times: EventTimes;
  readonly #reporter: Reporter;
  readonly #clock: Clock;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    this.#queue = parts.queue;
    this.#breakers = parts.breakers;
    this.#times = parts.times;
    this.#reporter = parts.reporter;
    this.#clock = parts.clock;
  }

  /** Never rejects. */
  async deliver(queued: QueuedBatch): Promise<void> {
    const batch = queued.batch ?? (await this.#read(queued));
    if (batch === undefined) return;
    const corrected = this.#times.corrected(batch, queued.isOwn);
    if (corrected !== undefined) {
      this.#replace(queued, corrected);
      return;
    }
    const breaker = this.#breakers.of(queued.destination);
    const bytes = batch.payload.length;
    const halves = bytes > breaker.size.maxBytes ? queued.halves(batch) : undefined;
    if (halves !== undefined) {
      this.#queue.requeue(queued, halves);
      this.#parts.done();
      return;
    }
    const begun = this.#clock.monotonic();
    const outcome = await queued.destination.send(batch, queued.refusals > 0);
    if (this.#parts.isClosed() || !this.#queue.isInFlight(queued)) return; // given up meanwhile
    switch (outcome.kind) {
      case 'delivered':
        breaker.delivered(bytes, this.#clock.monotonic() - begun);
        this.#delivered(queued, batch, outcome.rejected);
        this.#parts.delivered(queued.destination);
        break;
      case 'poison':
        this.#refused(queued, batch, outcome);
        break;
      case 'timeout':
        breaker.size.timedOut(bytes);
        this.#again(queued, outcome);
        break;
      default:
        this.#again(queued, outcome);
    }
    this.#parts.done();
  }

  /** Its times are corrected: in its place goes what carries the right ones. */
  #replace(queued: QueuedBatch, batches: readonly Batch[]): void {
    if (!this.#queue.isInFlight(queued)) return;
    this.#queue.requeue(queued, queued.replacedBy(batches));
    queued.release();
    this.#parts.done();
  }

  /** What was rejected for a time that a wrong clock gave goes again, with the right one. */
  #delivered(queued: QueuedBatch, batch: Batch, rejected: RejectedEvents): void {
    const parts = batch.isProvisional && isRejected(rejected) ? this.#correct(queued, batch, rejected) : [];
    if (rejected.expired > 0 && queued.isOwn) this.#times.learnRetention(lastExpired(batch, rejected));
    if (parts.every(({ corrected }) => corrected === undefined)) {
      this.#parts.settle([queued], { kind: 'delivered', batch, rejected });
      return;
    }
    this.#queue.requeue(
      queued,
      parts.flatMap((part) =>
        part.corrected === undefined ? [part.queued] : part.queued.replacedBy(part.corrected),
      ),
    );
    queued.release();
    for (const part of parts.filter(({ corrected }) => corrected === undefined))
      this.#parts.settle([part.queued], { kind: 'delivered', batch: part.events, rejected: part.rejected });
  }

  #correct(queued: QueuedBatch, batch: Batch, rejected: RejectedEvents) {
    return byOutcome(batch, rejected).map((part) => ({
      ...part,
      queued: queued.part(part.events, part.start),
      corrected: isRejected(part.rejected) ? this.#times.corrected(part.events, queued.isOwn) : undefined,
    }));
  }

  async #read(queued: QueuedBatch): Promise<Batch | undefined> {
    const back = await queued.read();
    if (this.#parts.isClosed() || !this.#queue.isInFlight(queued)) return undefined; // given up meanwhile
    if (back.kind === 'read') return back.batch;
    if (back.kind === 'busy') this.#readLater(queued, back.error);
    else if (back.kind === 'taken over') this.#parts.settle([queued], { kind: 'spooled' });
    else this.#parts.settle([queued], { kind: 'unreadable', error: back.error });
    this.#parts.done();
    return undefined;
  }

  /** It waits, as in an outage. */
  #readLater(queued: QueuedBatch, error: unknown): void {
    this.#queue.requeue(queued);
    this.#pause(queued.destination, 'unavailable');
    this.#reporter.problem(
      'spool',
      `A batch cannot be read from the spool now, and waits. (${errorMessage(error)})`,
    );
  }

  /**
   * One bad event condemns its batch: the halves are tried, until the bad one stands alone. Where nothing is good the batches
   * wait, whole.
   */
  #refused(queued: QueuedBatch, batch: Batch, { failure }: FailedOutcome): void {
    const { destination } = queued;
    const breaker = this.#breakers.of(destination);
    queued.refused(breaker.refusals.deliveries);
    const halves = breaker.refusals.refusesAll ? [queued] : queued.halves(batch);
    if (halves === undefined) {
      this.#parts.settle([queued], { kind: 'invalid', batch, failure });
      breaker.refusals.refusedAlone(queued.deliveriesBefore);
    } else {
      this.#queue.requeue(queued, halves);
      this.#parts.returned();
    }
    if (!breaker.refusals.refusesAll) breaker.answered();
    else if (this.#pause(destination, 'refused'))
      this.#reporter.problem('refused', troubleshootingRefusals(failure, destination.nameAt(0).logGroupName));
  }

  /** The failed batch waits, and is not in flight. */
  #again(queued: QueuedBatch, outcome: TransientOutcome): void {
    const { destination } = queued;
    this.#queue.requeue(queued);
    this.#parts.returned();
    // Together with the one that began the pause.
    if (!this.#pause(destination, outcome.kind)) return;
    const kind = outcome.kind === 'timeout' ? 'unavailable' : outcome.kind;
    // The one after a wrong clock is signed by the service's: that is told elsewhere.
    const mayPass = kind === 'throttled' || kind === 'unavailable' || isSkewed(outcome.failure);
    if (!mayPass || this.#breakers.of(destination).failures >= FAILURES_WORTH_A_REPORT) {
      this.#reporter.problem(kind, troubleshooting(outcome, destination.nameAt(0).logGroupName));
    }
  }

  /** @returns false when a pause is under way already */
  #pause(destination: Destination, reason: PauseReason): boolean {
    const maxPauseMs = this.#parts.isLeaving() ? MAX_PAUSE_WHILE_LEAVING_MS : Number.POSITIVE_INFINITY;
    return this.#breakers.failed(destination, reason, maxPauseMs);
  }
}
