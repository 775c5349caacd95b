import type { Backlog } from './backlog.js';
import type { Batch } from './batch/batch.js';
import type { Clock } from './clock.js';
import { advice, adviceOnRefusals } from './delivery/advice.js';
import type { PauseReason } from './delivery/backoff.js';
import {
  byOutcome,
  type FailedOutcome,
  isRejected,
  isSkewed,
  lastExpired,
  type RejectedEvents,
  type TransientOutcome,
} from './delivery/outcome.js';
import type { Paces } from './delivery/paces.js';
import type { EventTimes } from './event-times.js';
import type { BatchSender, Parcel } from './parcel.js';
import type { Reporter } from './report.js';
import { said } from './said.js';
import type { Settled } from './settled.js';

/** What the shipper does for a delivery, and says of itself. */
export interface DeliveryParts {
  readonly backlog: Backlog;
  readonly paces: Paces<BatchSender>;
  readonly times: EventTimes;
  readonly reporter: Reporter;
  readonly clock: Clock;
  /** The only way out for a batch. */
  settle(parcels: readonly Parcel[], settled: Settled): void;
  /** A batch waits again, and takes memory. */
  returned(): void;
  /** The sender is there, and takes events. */
  delivered(sender: BatchSender): void;
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
  readonly #backlog: Backlog;
  readonly #paces: Paces<BatchSender>;
  readonly #times: EventTimes;
  readonly #reporter: Reporter;
  readonly #clock: Clock;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    this.#backlog = parts.backlog;
    this.#paces = parts.paces;
    this.#times = parts.times;
    this.#reporter = parts.reporter;
    this.#clock = parts.clock;
  }

  /** Never rejects. */
  async deliver(parcel: Parcel): Promise<void> {
    const batch = parcel.batch ?? (await this.#read(parcel));
    if (batch === undefined) return;
    const corrected = this.#times.corrected(batch, parcel.isOwn);
    if (corrected !== undefined) {
      this.#replace(parcel, corrected);
      return;
    }
    const pace = this.#paces.of(parcel.sender);
    const bytes = batch.payload.length;
    const halves = bytes > pace.size.maxBytes ? parcel.halves(batch) : undefined;
    if (halves !== undefined) {
      this.#backlog.requeue(parcel, halves);
      this.#parts.done();
      return;
    }
    const begun = this.#clock.monotonic();
    const outcome = await parcel.sender.send(batch, parcel.refusals > 0);
    if (this.#parts.isClosed() || !this.#backlog.isInFlight(parcel)) return; // given up meanwhile
    switch (outcome.kind) {
      case 'delivered':
        pace.delivered(bytes, this.#clock.monotonic() - begun);
        this.#delivered(parcel, batch, outcome.rejected);
        this.#parts.delivered(parcel.sender);
        break;
      case 'poison':
        this.#refused(parcel, batch, outcome);
        break;
      case 'timeout':
        pace.size.timedOut(bytes);
        this.#again(parcel, outcome);
        break;
      default:
        this.#again(parcel, outcome);
    }
    this.#parts.done();
  }

  /** Its times are corrected: in its place goes what carries the right ones. */
  #replace(parcel: Parcel, batches: readonly Batch[]): void {
    if (!this.#backlog.isInFlight(parcel)) return;
    this.#backlog.requeue(parcel, parcel.replacedBy(batches));
    parcel.release();
    this.#parts.done();
  }

  /** What was rejected for a time that a wrong clock gave goes again, with the right one. */
  #delivered(parcel: Parcel, batch: Batch, rejected: RejectedEvents): void {
    const parts = batch.isProvisional && isRejected(rejected) ? this.#correct(parcel, batch, rejected) : [];
    if (rejected.expired > 0 && parcel.isOwn) this.#times.learnRetention(lastExpired(batch, rejected));
    if (parts.every(({ corrected }) => corrected === undefined)) {
      this.#parts.settle([parcel], { kind: 'delivered', batch, rejected });
      return;
    }
    this.#backlog.requeue(
      parcel,
      parts.flatMap((part) =>
        part.corrected === undefined ? [part.parcel] : part.parcel.replacedBy(part.corrected),
      ),
    );
    parcel.release();
    for (const part of parts.filter(({ corrected }) => corrected === undefined))
      this.#parts.settle([part.parcel], { kind: 'delivered', batch: part.events, rejected: part.rejected });
  }

  #correct(parcel: Parcel, batch: Batch, rejected: RejectedEvents) {
    return byOutcome(batch, rejected).map((part) => ({
      ...part,
      parcel: parcel.part(part.events, part.start),
      corrected: isRejected(part.rejected) ? this.#times.corrected(part.events, parcel.isOwn) : undefined,
    }));
  }

  async #read(parcel: Parcel): Promise<Batch | undefined> {
    const back = await parcel.read();
    if (this.#parts.isClosed() || !this.#backlog.isInFlight(parcel)) return undefined; // given up meanwhile
    if (back.kind === 'read') return back.batch;
    if (back.kind === 'busy') this.#readLater(parcel, back.error);
    else if (back.kind === 'taken over') this.#parts.settle([parcel], { kind: 'spooled' });
    else this.#parts.settle([parcel], { kind: 'unreadable', error: back.error });
    this.#parts.done();
    return undefined;
  }

  /** It waits, as in an outage. */
  #readLater(parcel: Parcel, error: unknown): void {
    this.#backlog.requeue(parcel);
    this.#pause(parcel.sender, 'unavailable');
    this.#reporter.problem('spool', `A batch cannot be read from the spool now, and waits. (${said(error)})`);
  }

  /**
   * One bad event condemns its batch: the halves are tried, until the bad one stands alone. Where nothing is good the batches
   * wait, whole.
   */
  #refused(parcel: Parcel, batch: Batch, { failure }: FailedOutcome): void {
    const { sender } = parcel;
    const pace = this.#paces.of(sender);
    parcel.refused(pace.refusals.deliveries);
    const halves = pace.refusals.refusesAll ? [parcel] : parcel.halves(batch);
    if (halves === undefined) {
      this.#parts.settle([parcel], { kind: 'invalid', batch, failure });
      pace.refusals.refusedAlone(parcel.deliveriesBefore);
    } else {
      this.#backlog.requeue(parcel, halves);
      this.#parts.returned();
    }
    if (!pace.refusals.refusesAll) pace.answered();
    else if (this.#pause(sender, 'refused'))
      this.#reporter.problem('refused', adviceOnRefusals(failure, sender.addressFor(0).logGroupName));
  }

  /** The failed batch waits, and is not in flight. */
  #again(parcel: Parcel, outcome: TransientOutcome): void {
    const { sender } = parcel;
    this.#backlog.requeue(parcel);
    this.#parts.returned();
    // Together with the one that began the pause.
    if (!this.#pause(sender, outcome.kind)) return;
    const kind = outcome.kind === 'timeout' ? 'unavailable' : outcome.kind;
    // The one after a wrong clock is signed by the service's: that is told elsewhere.
    const mayPass = kind === 'throttled' || kind === 'unavailable' || isSkewed(outcome.failure);
    if (!mayPass || this.#paces.of(sender).failures >= FAILURES_WORTH_A_REPORT) {
      this.#reporter.problem(kind, advice(outcome, sender.addressFor(0).logGroupName));
    }
  }

  /** @returns false when a pause is under way already */
  #pause(sender: BatchSender, reason: PauseReason): boolean {
    const maxPauseMs = this.#parts.isLeaving() ? MAX_PAUSE_WHILE_LEAVING_MS : Number.POSITIVE_INFINITY;
    return this.#paces.failed(sender, reason, maxPauseMs);
  }
}
