import type { CutRecord } from '../batching/record-limit.js';
import type { Failure } from '../contracts/outcome.js';
import type { DropReason, Settled } from '../contracts/settled.js';
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
  readonly #refusedGoTo: string | undefined;

  /** @param refusedGoTo where the events are written that the service refuses */
  constructor(limits: LossLimits, reporter: Reporter, refusedGoTo?: string) {
    this.#limits = limits;
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
        this.#dropped(settled.reason, events);
        break;
      case 'unreadable':
        this.#unreadable(settled.error, events);
    }
  }

  /** A record of this many events was logged after the close. */
  late(events: number): void {
    this.#reporter.loss(
      'logged-after-close',
      events,
      (all) =>
        `${plural(all, 'event was', 'events were')} logged after the transport was closed, and ${isOrAre(all)} lost.`,
    );
  }

  /** A record of this many events was over the rate. */
  overRate(events: number): void {
    const { maxBytesPerSecond } = this.#limits;
    this.#reporter.loss(
      'rate-limited',
      events,
      (all) =>
        `More than maxBytesPerSecond (${maxBytesPerSecond}) was logged: ${plural(all, 'event was', 'events were')} dropped, of lower levels first. Log less, or raise it.`,
    );
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

  /** Why events are given up, as the end of a sentence. */
  why(reason: DropReason): string {
    const { maxBufferBytes, spoolMaxBytes } = this.#limits;
    switch (reason) {
      case 'bufferFull':
        return `more than maxBufferBytes (${maxBufferBytes}) wait for delivery`;
      case 'spoolFull':
        return `more than spoolMaxBytes (${spoolMaxBytes}) wait in the spool`;
      case 'closed':
        return 'closeTimeoutMs was over';
      case 'abandoned':
        return 'the process ended';
    }
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

  #dropped(reason: DropReason, events: number): void {
    const { maxBufferBytes, spoolMaxBytes } = this.#limits;
    switch (reason) {
      case 'bufferFull':
        this.#reporter.loss(
          'buffer-full',
          events,
          (all) =>
            `More than maxBufferBytes (${maxBufferBytes}) wait for delivery: ${plural(all, 'event was', 'events were')} dropped, the oldest of the log streams that hold the most.`,
        );
        break;
      case 'spoolFull':
        this.#reporter.loss(
          'spool-full',
          events,
          (all) =>
            `More than spoolMaxBytes (${spoolMaxBytes}) wait in the spool: the oldest ${plural(all, 'event was', 'events were')} dropped.`,
        );
        break;
      case 'closed':
        this.#reporter.loss(
          'not-delivered',
          events,
          (all) =>
            `${plural(all, 'event was', 'events were')} not delivered in the time that closeTimeoutMs allows, and ${isOrAre(all)} lost.`,
        );
        break;
      case 'abandoned':
        this.#reporter.loss(
          'not-delivered',
          events,
          (all) =>
            `${plural(all, 'event was', 'events were')} not delivered before the process ended, and ${isOrAre(all)} lost. If the application called process.exit(), await flush() first.`,
        );
    }
  }

  #unreadable(error: unknown, events: number): void {
    this.#reporter.loss(
      'unreadable',
      events,
      (all) =>
        `${plural(all, 'event', 'events')} in the spool cannot be read: a file was removed or is damaged. (${errorMessage(error)})`,
    );
  }
}
