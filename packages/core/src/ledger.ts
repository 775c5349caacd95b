import type { Batch } from './batch/batch.js';
import { type Gap, joined } from './batch/gap.js';
import type { Failure, RejectedEvents } from './delivery/outcome.js';
import type { Address, BatchSender, Parcel } from './parcel.js';
import type { Counts, Reporter } from './report.js';
import { said } from './said.js';

/** Takes the events that the service refuses for good. */
export interface DeadLetters {
  add(reason: keyof Counts['rejected'], address: Address, events: readonly string[]): void;
}

export interface Bounds {
  readonly maxBufferBytes: number;
  readonly spoolMaxBytes: number;
}

/** An event that tells of a gap. */
export interface Notice {
  readonly gap: Gap;
  readonly timestamp: number;
  readonly message: string;
}

/**
 * Enters each event under exactly one counter, tells the user of losses, and lets go of its copy on disk.
 */
export class Ledger {
  readonly #bounds: Bounds;
  readonly #reporter: Reporter;
  readonly #deadLetters: DeadLetters | undefined;
  /** What is missing in whose log stream. */
  readonly #gaps = new WeakMap<BatchSender, Gap>();

  constructor(bounds: Bounds, reporter: Reporter, deadLetters: DeadLetters | undefined) {
    this.#bounds = bounds;
    this.#reporter = reporter;
    this.#deadLetters = deadLetters;
  }

  accept(events: number): void {
    this.#reporter.accept(events);
  }

  empty(): void {
    this.#reporter.drop('empty', 1);
  }

  delivered(parcel: Parcel, batch: Batch, rejected: RejectedEvents): void {
    const { tooOld, expired, tooNew } = rejected;
    const lost = tooOld + expired + tooNew;
    this.#reporter.deliver(batch.size - lost);
    if (lost > 0) this.#rejected(parcel, batch, rejected, lost);
    // Its copy on disk goes then, and with it the knowledge whether that is still being written from this memory.
    parcel.release();
    parcel.settle();
  }

  #rejected(parcel: Parcel, batch: Batch, { tooOld, expired, tooNew }: RejectedEvents, lost: number): void {
    const { size } = batch;
    this.#reject('tooOld', parcel, batch, 0, tooOld);
    this.#reject('expired', parcel, batch, tooOld, tooOld + expired);
    this.#reject('tooNew', parcel, batch, size - tooNew, size);
    this.#reporter.loss(
      'rejected-events',
      lost,
      (all) =>
        `CloudWatch Logs rejected ${all} events by their time: they are older than 14 days or than the log group's retention, or more than 2 hours ahead. Check the clock and the records' timestamps.`,
    );
  }

  /** The service will never take this one event. */
  invalid(parcel: Parcel, batch: Batch, { name, message }: Failure): void {
    parcel.settle();
    this.#reject('invalid', parcel, batch, 0, batch.size);
    this.#reporter.loss(
      'invalid-event',
      batch.size,
      (all) => `CloudWatch Logs refuses ${all} events, which are given up. (${name}: ${message})`,
    );
  }

  bufferFull(parcel: Parcel): void {
    parcel.release();
    this.#drop('bufferFull', parcel);
    this.#widenGap(parcel);
    this.#reporter.loss(
      'buffer-full',
      parcel.size,
      (all) =>
        `More than maxBufferBytes (${this.#bounds.maxBufferBytes}) wait for delivery: ${all} events were dropped, the oldest of the log streams that hold most.`,
    );
  }

  spoolFull(parcel: Parcel): void {
    parcel.release();
    this.#drop('spoolFull', parcel);
    this.#widenGap(parcel);
    this.#reporter.loss(
      'spool-full',
      parcel.size,
      (all) =>
        `More than spoolMaxBytes (${this.#bounds.spoolMaxBytes}) wait in the spool: the oldest ${all} events were dropped.`,
    );
  }

  /** What is left of the copy stays on disk, for whoever can read it. */
  unreadable(parcel: Parcel, error: unknown): void {
    this.#reporter.drop('unreadable', parcel.size);
    this.#reporter.loss(
      'unreadable',
      parcel.size,
      (all) =>
        `${all} events in the spool cannot be read: their files were removed, or are damaged. (${said(error)})`,
    );
  }

  /** The process ends, and the copy on disk is for the next one; or another process has it already. */
  spooled({ size }: Parcel): void {
    this.#reporter.spool(size);
  }

  notDelivered(parcels: readonly Parcel[]): void {
    this.#loseAtEnd(
      parcels,
      (all) => `${all} events were not delivered in the time that closeTimeoutMs allows, and are lost.`,
    );
  }

  /** The process ends without having waited. */
  abandoned(parcels: readonly Parcel[]): void {
    this.#loseAtEnd(
      parcels,
      (all) =>
        `${all} events were not delivered before the process ended, and are lost. Await flush() before process.exit().`,
    );
  }

  #loseAtEnd(parcels: readonly Parcel[], text: (events: number) => string): void {
    if (parcels.length === 0) return;
    // Of those in flight the memory is still being read: it is not released.
    for (const parcel of parcels) this.#drop('closed', parcel);
    this.#reporter.loss(
      'not-delivered',
      parcels.reduce((sum, { size }) => sum + size, 0),
      text,
    );
  }

  tooLate(events: number): void {
    this.#reporter.drop('closed', events);
    this.#reporter.loss(
      'logged-after-close',
      events,
      (all) => `${all} events were logged after the transport was closed, and are lost.`,
    );
  }

  /** What a reader of the log stream should know, with the time at which events are missing; once. */
  takeNotice(sender: BatchSender): Notice | undefined {
    const gap = this.#gaps.get(sender);
    if (gap === undefined) return undefined;
    this.#gaps.delete(sender);
    const [from, to] = [gap.begin, gap.end].map((timestamp) => new Date(timestamp).toISOString());
    const message = `awslogs: ${gap.events} events are missing here, from ${from} to ${to}: more waited than maxBufferBytes or spoolMaxBytes allows.`;
    return {
      gap,
      timestamp: gap.end,
      message: JSON.stringify({ level: 'warn', message, missingEvents: gap.events, from, to }),
    };
  }

  #drop(reason: 'bufferFull' | 'spoolFull' | 'closed', parcel: Parcel): void {
    parcel.settle();
    this.#reporter.drop(reason, parcel.size);
  }

  #widenGap({ isOwn, sender, size, begin, end, gap }: Parcel): void {
    // What an earlier process left belongs to another log stream.
    if (!isOwn) return;
    const before = this.#gaps.get(sender);
    const wider = joined(before, { events: size, begin, end });
    // It told of others, which nobody knows of now.
    this.#gaps.set(sender, gap === undefined ? wider : joined(wider, gap));
  }

  #reject(reason: keyof Counts['rejected'], parcel: Parcel, batch: Batch, start: number, end: number): void {
    if (start === end) return;
    this.#reporter.reject(reason, end - start);
    this.#deadLetters?.add(reason, parcel.sender.addressFor(parcel.begin), batch.slice(start, end).events());
  }
}
