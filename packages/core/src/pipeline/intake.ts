import type { Batcher } from '../batching/batcher.js';
import type { ToldGap } from '../batching/gap.js';
import { type LogEvent, toLogEvents, toText } from '../batching/log-event.js';
import type { RecordLimit } from '../batching/record-limit.js';
import type { MirroredBatch } from '../contracts/batch-store.js';
import type { Destination } from '../contracts/destination.js';
import type { Transform } from '../contracts/transform.js';
import { LOSSES } from '../reporting/losses.js';
import type { Reporter } from '../reporting/reporter.js';
import { levelOf } from '../routing/record-level.js';
import type { Router } from '../routing/router.js';
import type { Clock } from '../util/clock.js';
import type { EventFallback } from './event-fallback.js';
import type { EventTimes } from './event-times.js';
import type { FieldCheck } from './field-check.js';
import type { FlushSchedule } from './flush-schedule.js';
import type { Lifecycle } from './lifecycle.js';
import type { LossNotices } from './loss-notices.js';
import type { LossReports } from './loss-reports.js';
import type { RateLimit } from './rate-limit.js';

export interface IntakeParts {
  readonly route: Router;
  /** Undefined: records are sent as they are. */
  readonly transform: Transform | undefined;
  readonly times: EventTimes;
  readonly recordLimit: RecordLimit;
  /** Undefined: there is none. */
  readonly rateLimit: RateLimit | undefined;
  readonly fieldCheck: FieldCheck;
  readonly reporter: Reporter;
  readonly lossNotices: LossNotices;
  readonly lossReports: LossReports;
  readonly fallback: EventFallback | undefined;
  readonly clock: Clock;
  readonly lifecycle: Lifecycle;
  readonly batcher: Batcher<Destination, MirroredBatch>;
  /** When batches that are not full are due. */
  readonly schedule: FlushSchedule;
  /** Called when batches are due. */
  due(): void;
}

/** Turns records into events and adds these to the open batches. */
export class Intake {
  readonly #parts: IntakeParts;
  #cancelFlushTimer: (() => void) | undefined;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** Accepts a record: see `Pipeline.accept`. @returns whether events were added to open batches */
  accept(
    loggedAt: number,
    message: string | Buffer,
    recordTime?: number,
    omittedBytes = 0,
    level?: number,
  ): boolean {
    const { route, times, recordLimit, rateLimit, fieldCheck, lossReports, lifecycle } = this.#parts;
    const { timestamp, source } = times.of(loggedAt, recordTime);
    const logged = toText(message);
    const transformed = this.#transform(logged);
    if (transformed === 'filtered') return this.#filtered();
    const text = transformed?.text ?? logged;
    const cut = recordLimit.cut(text, omittedBytes);
    const events = toLogEvents(timestamp, cut?.text ?? text, source);
    if (events.length === 0) return this.#empty();
    if (!lifecycle.acceptsRecords) return this.#late(events);
    const destination = route(logged, transformed?.names);
    if (rateLimit !== undefined && !rateLimit.admits(bytesOf(events), level ?? levelOf(logged)))
      return this.#overRate(destination, events.length, timestamp);
    const hasTooManyFields = fieldCheck.finds(events);
    this.#add(destination, events, 1);
    // Last: a listener to the reports may log.
    if (cut !== undefined) lossReports.cut(cut);
    if (hasTooManyFields) fieldCheck.report();
    return true;
  }

  #transform(logged: string | Buffer): ReturnType<Transform> | undefined {
    const { transform, lifecycle, fallback } = this.#parts;
    return lifecycle.acceptsRecords || fallback !== undefined ? transform?.(logged) : undefined;
  }

  #filtered(): false {
    const { reporter } = this.#parts;
    reporter.accept(1, 1);
    reporter.filter(1);
    return false;
  }

  /** The service would refuse an event without text. */
  #empty(): false {
    const { reporter } = this.#parts;
    reporter.accept(1, 1);
    reporter.drop('empty', 1);
    return false;
  }

  #late(events: readonly LogEvent[]): false {
    const { reporter, fallback } = this.#parts;
    reporter.accept(events.length, 1);
    if (fallback === undefined) reporter.lose(LOSSES.late('event'), events.length);
    else fallback.takeLate(events);
    return false;
  }

  #overRate(destination: Destination, events: number, timestamp: number): false {
    const { reporter, lossReports, lossNotices } = this.#parts;
    reporter.accept(events, 1);
    lossNotices.overRate(destination, events, timestamp);
    reporter.lose(lossReports.rateLimited, events);
    return false;
  }

  /** The service takes events again: the reader of the log stream learns what is missing in it. */
  addLossNotice(destination: Destination): void {
    const { times, lossNotices, lifecycle, clock } = this.#parts;
    const notice = lossNotices.take(destination, lifecycle.isDraining);
    if (notice === undefined) return;
    const { timestamp, source } = times.of(clock.now(), notice.timestamp);
    this.#add(destination, toLogEvents(timestamp, notice.message, source), 0, notice);
  }

  /** The process ends: no later batch may bring the notices that wait for their minute. */
  addLastNotices(): void {
    for (const destination of this.#parts.lossNotices.untold) this.addLossNotice(destination);
  }

  /** Seals all open batches, due or not. */
  sealAll(): void {
    this.#cancelFlushTimer?.();
    this.#cancelFlushTimer = undefined;
    this.#parts.batcher.sealAll();
  }

  /** @param records how many records begin with these events */
  #add(destination: Destination, events: readonly LogEvent[], records: 0 | 1, told?: ToldGap): void {
    const { reporter, batcher } = this.#parts;
    let begun = records;
    for (const event of events) {
      reporter.accept(1, begun);
      begun = 0;
      batcher.add(destination, event, told);
    }
    if (batcher.hasFresh) this.#cancelFlushTimer ??= this.#startFlushTimer();
  }

  #startFlushTimer(): () => void {
    const { clock, schedule, batcher, due } = this.#parts;
    return clock.after(schedule.msToNext, () => {
      this.#cancelFlushTimer = undefined;
      batcher.makeAllDue();
      due();
    });
  }
}

/** As the service counts and bills them. */
function bytesOf(events: readonly LogEvent[]): number {
  return events.reduce((sum, { bytes }) => sum + bytes, 0);
}
