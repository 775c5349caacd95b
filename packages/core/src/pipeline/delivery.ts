import type { Batch } from '../batching/batch.js';
import type { Destination } from '../contracts/destination.js';
import type { FailedOutcome, RejectedEvents, TransientOutcome } from '../contracts/outcome.js';
import type { ProblemCode } from '../reporting/report-types.js';
import type { Reporter } from '../reporting/reporter.js';
import type { Clock } from '../util/clock.js';
import { errorMessage } from '../util/error-message.js';
import type { PauseReason } from './backoff.js';
import type { CircuitBreakers } from './circuit-breakers.js';
import type { DeliveryQueue } from './delivery-queue.js';
import type { EventTimes } from './event-times.js';
import type { Lifecycle } from './lifecycle.js';
import type { QueuedBatch } from './queued-batch.js';
import { lastExpired, partsOf, rejectedCount } from './rejected-events.js';
import type { Settlement } from './settlement.js';

export interface DeliveryParts {
  readonly queue: DeliveryQueue;
  readonly breakers: CircuitBreakers;
  readonly settlement: Settlement;
  readonly lifecycle: Lifecycle;
  readonly times: EventTimes;
  readonly reporter: Reporter;
  readonly clock: Clock;
  /** Called when a batch waits again, and takes memory. */
  waitsAgain(): void;
  /** Called when the destination has taken a batch. */
  tookEvents(destination: Destination): void;
  /** Called when the batch is no longer in flight: another may be sent. */
  attemptEnded(): void;
}

/** Failures that may pass by themselves are reported after this many in a row. */
const FAILURES_BEFORE_REPORT = 3;

const PROBLEM_CODES: Readonly<Record<TransientOutcome['kind'], ProblemCode>> = {
  throttled: 'throttled',
  unavailable: 'unavailable',
  timeout: 'unavailable',
  missing: 'missing',
  denied: 'denied',
  skewed: 'denied',
};

/** While the pipeline drains there is no time for long pauses. */
const MAX_PAUSE_WHILE_DRAINING_MS = 500;

/** Makes one attempt to deliver a batch and acts on the outcome: the batch is settled, waits again, or is divided. */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #queue: DeliveryQueue;
  readonly #breakers: CircuitBreakers;
  readonly #settlement: Settlement;
  readonly #lifecycle: Lifecycle;
  readonly #times: EventTimes;
  readonly #reporter: Reporter;
  readonly #clock: Clock;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    this.#queue = parts.queue;
    this.#breakers = parts.breakers;
    this.#settlement = parts.settlement;
    this.#lifecycle = parts.lifecycle;
    this.#times = parts.times;
    this.#reporter = parts.reporter;
    this.#clock = parts.clock;
  }

  /** Delivers a batch that is in flight. Never rejects. */
  async deliver(queued: QueuedBatch): Promise<void> {
    try {
      await this.#attempt(queued);
    } catch (error) {
      this.#failed(queued, error);
    }
  }

  /** Something in this thread has changed what our code uses. The batch waits, as in an outage, if it was not settled. */
  #failed(queued: QueuedBatch, error: unknown): void {
    if (!this.#isGivenUp(queued)) {
      this.#queue.requeue(queued);
      this.#pause(queued.destination, 'unavailable');
    }
    this.#reporter.problem(
      'worker',
      `To deliver a batch failed. If no module or preloaded file changes what Node provides, please report this. (${errorMessage(error)})`,
    );
    this.#parts.attemptEnded();
  }

  async #attempt(queued: QueuedBatch): Promise<void> {
    const batch = queued.batch ?? (await this.#read(queued));
    if (batch === undefined) return;
    const corrected = this.#times.corrected(batch, queued.isOwn);
    if (corrected !== undefined) {
      this.#replace(queued, corrected);
      return;
    }
    const breaker = this.#breakers.of(queued.destination);
    const bytes = batch.payload.length;
    const halves = bytes > breaker.requestSize.maxBytes ? queued.halves(batch) : undefined;
    if (halves !== undefined) {
      this.#queue.requeue(queued, halves);
      this.#parts.attemptEnded();
      return;
    }
    const startedAt = this.#clock.monotonic();
    const outcome = await queued.destination.send(batch, queued.refusals > 0);
    if (this.#isGivenUp(queued)) return;
    switch (outcome.kind) {
      case 'delivered':
        breaker.delivered(bytes, this.#clock.monotonic() - startedAt);
        this.#delivered(queued, batch, outcome.rejected);
        this.#parts.tookEvents(queued.destination);
        break;
      case 'refused':
        this.#refused(queued, batch, outcome);
        break;
      case 'timeout':
        breaker.requestSize.timedOut(bytes);
        this.#sendAgain(queued, outcome);
        break;
      default:
        this.#sendAgain(queued, outcome);
    }
    this.#parts.attemptEnded();
  }

  /** Whether the batch was settled during the attempt: at a deadline, or for lack of room. */
  #isGivenUp(queued: QueuedBatch): boolean {
    return this.#lifecycle.isClosed || !this.#queue.isInFlight(queued);
  }

  /** Puts batches with corrected timestamps in the place of one with wrong ones. */
  #replace(queued: QueuedBatch, batches: readonly Batch[]): void {
    if (!this.#queue.isInFlight(queued)) return;
    this.#queue.requeue(queued, queued.replacedBy(batches));
    queued.release();
    this.#parts.attemptEnded();
  }

  /** Settles a delivered batch. Events that were rejected for a timestamp of a wrong clock are sent again with the right one. */
  #delivered(queued: QueuedBatch, batch: Batch, rejected: RejectedEvents): void {
    const parts =
      batch.isProvisional && rejectedCount(rejected) > 0 ? this.#correct(queued, batch, rejected) : [];
    if (rejected.expired > 0 && queued.isOwn) this.#times.learnRetention(lastExpired(batch, rejected));
    if (parts.every(({ corrected }) => corrected === undefined)) {
      this.#settlement.settle([queued], { kind: 'delivered', rejected });
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
      this.#settlement.settle([part.queued], { kind: 'delivered', rejected: part.rejected });
  }

  /** The parts of a delivered batch, with corrected batches in place of those that a wrong clock got rejected. */
  #correct(queued: QueuedBatch, batch: Batch, rejected: RejectedEvents) {
    return partsOf(batch, rejected).map((part) => ({
      ...part,
      queued: queued.part(part.events, part.start),
      corrected:
        rejectedCount(part.rejected) > 0 ? this.#times.corrected(part.events, queued.isOwn) : undefined,
    }));
  }

  /** Reads a batch that is on disk only. Undefined when it cannot be sent now, or not at all. */
  async #read(queued: QueuedBatch): Promise<Batch | undefined> {
    const result = await queued.read();
    if (this.#isGivenUp(queued)) return undefined;
    if (result.kind === 'read') return result.batch;
    if (result.kind === 'busy') this.#readLater(queued, result.error);
    else if (result.kind === 'taken over') this.#settlement.settle([queued], { kind: 'spooled' });
    else this.#settlement.settle([queued], { kind: 'unreadable', error: result.error });
    this.#parts.attemptEnded();
    return undefined;
  }

  /** The batch waits, as in an outage. */
  #readLater(queued: QueuedBatch, error: unknown): void {
    this.#queue.requeue(queued);
    this.#pause(queued.destination, 'unavailable');
    this.#reporter.problem(
      'spool',
      `A batch in the spool cannot be read now. It waits, and is read again later. (${errorMessage(error)})`,
    );
  }

  /**
   * The service refuses a whole batch for one bad event. The halves are sent, and halves of these, until the bad event is alone
   * and is rejected. If the service refuses everything, batches wait undivided.
   */
  #refused(queued: QueuedBatch, batch: Batch, outcome: FailedOutcome): void {
    const { destination } = queued;
    const breaker = this.#breakers.of(destination);
    queued.refused(breaker.refusals.deliveries);
    const halves = breaker.refusals.refusesAll ? [queued] : queued.halves(batch);
    if (halves === undefined) {
      this.#settlement.settle([queued], { kind: 'invalid', failure: outcome.failure });
      breaker.refusals.refusedAlone(queued.deliveriesBefore);
    } else {
      this.#queue.requeue(queued, halves);
      this.#parts.waitsAgain();
    }
    if (!breaker.refusals.refusesAll) breaker.responded();
    else if (this.#pause(destination, 'refused'))
      this.#reporter.problem('refused', destination.explain(outcome));
  }

  /** The batch waits and is sent again after a pause. */
  #sendAgain(queued: QueuedBatch, outcome: TransientOutcome): void {
    const { destination } = queued;
    this.#queue.requeue(queued);
    this.#parts.waitsAgain();
    // It was in flight together with the batch that began the pause.
    if (!this.#pause(destination, outcome.kind)) return;
    const needsUser = outcome.kind === 'denied' || outcome.kind === 'missing';
    if (needsUser || this.#breakers.of(destination).failures >= FAILURES_BEFORE_REPORT)
      this.#reporter.problem(PROBLEM_CODES[outcome.kind], destination.explain(outcome));
  }

  /** Begins a pause. @returns false when one is under way */
  #pause(destination: Destination, reason: PauseReason): boolean {
    const maxPauseMs = this.#lifecycle.isDraining ? MAX_PAUSE_WHILE_DRAINING_MS : Number.POSITIVE_INFINITY;
    return this.#breakers.failed(destination, reason, maxPauseMs);
  }
}
