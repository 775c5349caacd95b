import type { CutRecord } from '../batching/record-limit.js';
import type { Failure } from '../contracts/outcome.js';
import type { DropReason, Settled } from '../contracts/settled.js';
import { LOSSES, type Loss, type RescuableLoss } from '../reporting/losses.js';
import type { Reporter } from '../reporting/reporter.js';
import { errorMessage } from '../util/error-message.js';
import { isOrAre, plural } from '../util/plural.js';
import { rejectedCount } from './rejected-events.js';
import type { SettlementObserver } from './settlement.js';

export interface LossLimits {
  readonly maxBufferBytes: number;
  readonly maxRecordBytes: number | undefined;
  readonly maxBytesPerSecond: number | undefined;
  readonly spoolMaxBytes: number;
}

/** Tells the user how many events were lost, why, and what to do. */
export class LossReports implements SettlementObserver {
  readonly #limits: LossLimits;
  readonly #reporter: Reporter;
  readonly #drops: Readonly<Record<DropReason, RescuableLoss>>;
  /** A record exceeded the rate limit. */
  readonly rateLimited: Loss;
  readonly #refusedGoTo: string | undefined;

  /** @param refusedGoTo where events that the service refuses are written */
  constructor(limits: LossLimits, reporter: Reporter, refusedGoTo?: string) {
    this.#limits = limits;
    this.#drops = {
      bufferFull: LOSSES.bufferFull(limits.maxBufferBytes),
      spoolFull: LOSSES.spoolFull(limits.spoolMaxBytes),
      closed: LOSSES.closed,
      abandoned: LOSSES.abandoned,
    };
    this.rateLimited = LOSSES.rateLimited(limits.maxBytesPerSecond);
    this.#reporter = reporter;
    this.#refusedGoTo = refusedGoTo;
  }

  eventsSettled(events: number, settled: Settled): void {
    switch (settled.kind) {
      case 'delivered':
        this.#rejected(rejectedCount(settled.rejected));
        break;
      case 'invalid':
        this.#invalid(settled.failure, events);
        break;
      case 'dropped':
        this.#lost(this.lossOf(settled.reason), events);
        break;
      case 'unreadable':
        this.#lost(LOSSES.unreadable(errorMessage(settled.error)), events);
    }
  }

  /** A record was too long. */
  cut({ wholeBytes, limit }: CutRecord): void {
    const { maxBufferBytes, maxRecordBytes } = this.#limits;
    const why =
      limit === 'maxRecordBytes'
        ? `is longer than maxRecordBytes (${maxRecordBytes})`
        : `needs more than half of maxBufferBytes (${maxBufferBytes})`;
    this.#reporter.problem(
      'record-cut',
      `A record of ${wholeBytes} bytes ${why}, and was cut: the end of its text says how many bytes are missing. Log less in one record, or raise ${limit}.`,
      limit,
    );
  }

  lossOf(reason: DropReason): RescuableLoss {
    return this.#drops[reason];
  }

  /** Reports events that `Accounting` counts. */
  #lost({ code, text }: Loss, events: number): void {
    this.#reporter.loss(code, events, text);
  }

  #rejected(events: number): void {
    if (events === 0) return;
    this.#reporter.loss(
      'rejected-events',
      events,
      (all) =>
        `CloudWatch Logs rejected ${plural(all, 'event', 'events')} by timestamp: older than 14 days or than the log group's retention, or more than 2 hours ahead. Check the clock and the records' timestamps.`,
    );
  }

  #invalid({ name, message }: Failure, events: number): void {
    const end = this.#refusedGoTo === undefined ? 'lost' : `written to ${this.#refusedGoTo} instead`;
    this.#reporter.loss(
      'invalid-event',
      events,
      (all) =>
        `CloudWatch Logs refuses ${plural(all, 'event', 'events')}, which ${isOrAre(all)} ${end}. (${name}: ${message})`,
    );
  }
}
