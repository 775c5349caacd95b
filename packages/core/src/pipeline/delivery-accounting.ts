import type { Batch } from '../batching/batch.js';
import { type Gap, mergeGaps } from '../batching/gap.js';
import type { DeadLetters } from '../contracts/dead-letters.js';
import type { Destination } from '../contracts/destination.js';
import type { Failure, RejectedEvents } from '../contracts/outcome.js';
import type { DropReason, Settled } from '../contracts/settled.js';
import type { Counts } from '../reporting/counts.js';
import type { Reporter } from '../reporting/reporter.js';
import { errorMessage } from '../util/error-message.js';
import { isOrAre, plural } from '../util/plural.js';
import type { QueuedBatch } from './queued-batch.js';

export interface AccountingLimits {
  readonly maxBufferBytes: number;
  readonly spoolMaxBytes: number;
}

/** An event that tells of a gap. */
export interface Notice {
  readonly gap: Gap;
  readonly timestamp: number;
  readonly message: string;
}

/** Enters each event under exactly one counter, and tells the user of losses. */
export class DeliveryAccounting {
  readonly #limits: AccountingLimits;
  readonly #reporter: Reporter;
  readonly #deadLetters: DeadLetters | undefined;
  /** What is missing in whose log stream. */
  readonly #gaps = new WeakMap<Destination, Gap>();

  constructor(limits: AccountingLimits, reporter: Reporter, deadLetters: DeadLetters | undefined) {
    this.#limits = limits;
    this.#reporter = reporter;
    this.#deadLetters = deadLetters;
  }

  /** @param records of the logger that begin with these events */
  accept(events: number, records = 0): void {
    this.#reporter.accept(events, records);
  }

  empty(): void {
    this.#reporter.accept(1, 1);
    this.#reporter.drop('empty', 1);
  }

  /** Enters each event of a batch under exactly one counter. */
  enter(queued: QueuedBatch, settled: Settled): void {
    switch (settled.kind) {
      case 'delivered':
        this.#delivered(queued, settled.batch, settled.rejected);
        break;
      case 'invalid':
        this.#reject('invalid', queued, settled.batch, 0, settled.batch.size);
        break;
      case 'dropped':
        this.#reporter.drop(settled.reason === 'abandoned' ? 'closed' : settled.reason, queued.size);
        if (settled.reason === 'bufferFull' || settled.reason === 'spoolFull') this.#widenGap(queued);
        break;
      case 'unreadable':
        this.#reporter.drop('unreadable', queued.size);
        break;
      case 'spooled':
        this.#reporter.spool(queued.size);
    }
  }

  #delivered(queued: QueuedBatch, batch: Batch, rejected: RejectedEvents): void {
    const { tooOld, expired, tooNew } = rejected;
    const { size } = batch;
    this.#reporter.deliver(size - lostIn(rejected));
    this.#reject('tooOld', queued, batch, 0, tooOld);
    this.#reject('expired', queued, batch, tooOld, tooOld + expired);
    this.#reject('tooNew', queued, batch, size - tooNew, size);
  }

  /** Tells the user what is lost with so many events. */
  tell(settled: Settled, events: number): void {
    switch (settled.kind) {
      case 'delivered':
        this.#tellRejected(lostIn(settled.rejected));
        break;
      case 'invalid':
        this.#tellInvalid(settled.failure, events);
        break;
      case 'dropped':
        this.#tellDropped(settled.reason, events);
        break;
      case 'unreadable':
        this.#tellUnreadable(settled.error, events);
    }
  }

  #tellRejected(events: number): void {
    if (events === 0) return;
    this.#reporter.loss(
      'rejected-events',
      events,
      (all) =>
        `CloudWatch Logs rejected ${plural(all, 'event', 'events')} by time: older than 14 days or than the log group's retention, or more than 2 hours ahead. Check the clock and the records' timestamps.`,
    );
  }

  #tellInvalid({ name, message }: Failure, events: number): void {
    this.#reporter.loss(
      'invalid-event',
      events,
      (all) =>
        `CloudWatch Logs refuses ${plural(all, 'event', 'events')}, which ${isOrAre(all)} given up. (${name}: ${message})`,
    );
  }

  #tellDropped(reason: DropReason, events: number): void {
    const { maxBufferBytes, spoolMaxBytes } = this.#limits;
    switch (reason) {
      case 'bufferFull':
        this.#reporter.loss(
          'buffer-full',
          events,
          (all) =>
            `More than maxBufferBytes (${maxBufferBytes}) wait for delivery: ${plural(all, 'event was', 'events were')} dropped, the oldest of the log streams that hold most.`,
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
            `${plural(all, 'event was', 'events were')} not delivered before the process ended, and ${isOrAre(all)} lost. Await flush() before process.exit().`,
        );
    }
  }

  #tellUnreadable(error: unknown, events: number): void {
    this.#reporter.loss(
      'unreadable',
      events,
      (all) =>
        `${plural(all, 'event', 'events')} in the spool cannot be read: a file was removed, or is damaged. (${errorMessage(error)})`,
    );
  }

  /** A record, of so many events. */
  tooLate(events: number): void {
    this.#reporter.accept(events, 1);
    this.#reporter.drop('closed', events);
    this.#reporter.loss(
      'logged-after-close',
      events,
      (all) =>
        `${plural(all, 'event was', 'events were')} logged after the transport was closed, and ${isOrAre(all)} lost.`,
    );
  }

  /** What a reader of the log stream should know, with the time at which events are missing; once. */
  takeNotice(destination: Destination): Notice | undefined {
    const gap = this.#gaps.get(destination);
    if (gap === undefined) return undefined;
    this.#gaps.delete(destination);
    const [from, to] = [gap.begin, gap.end].map((timestamp) => new Date(timestamp).toISOString());
    const message = `putlogs: ${plural(gap.events, 'event is', 'events are')} missing here, from ${from} to ${to}: more waited than maxBufferBytes or spoolMaxBytes allows.`;
    return {
      gap,
      timestamp: gap.end,
      message: JSON.stringify({ level: 'warn', message, missingEvents: gap.events, from, to }),
    };
  }

  #widenGap({ isOwn, destination, size, begin, end, gap }: QueuedBatch): void {
    // What an earlier process left belongs to another log stream.
    if (!isOwn) return;
    const before = this.#gaps.get(destination);
    const wider = mergeGaps(before, { events: size, begin, end });
    // It told of others, which nobody knows of now.
    this.#gaps.set(destination, gap === undefined ? wider : mergeGaps(wider, gap));
  }

  #reject(
    reason: keyof Counts['rejected'],
    queued: QueuedBatch,
    batch: Batch,
    start: number,
    end: number,
  ): void {
    if (start === end) return;
    this.#reporter.reject(reason, end - start);
    this.#deadLetters?.add(reason, queued.destination.nameAt(queued.begin), batch.slice(start, end).events());
  }
}

function lostIn({ tooOld, expired, tooNew }: RejectedEvents): number {
  return tooOld + expired + tooNew;
}
