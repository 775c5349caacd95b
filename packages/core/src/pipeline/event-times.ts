import type { Batch } from '../batching/batch.js';
import { DAY_MS } from '../batching/limits.js';
import type { EventTime } from '../batching/log-event.js';
import type { ServiceClock } from '../cloudwatch/service-clock.js';

/** The service takes events that are so old, and so far ahead. Source: API_PutLogEvents (see batch/limits.ts). */
const MAX_AGE_MS = 14 * DAY_MS;
const MAX_AHEAD_MS = 2 * 3_600_000;

/** Those below 14 days, the longest first: API_PutRetentionPolicy. */
const SHORT_RETENTIONS = [7, 5, 3, 1];

/** An event that is so much younger than the service takes may wait that long. */
const WAIT_MS = 3_600_000;

/** The clocks may differ by a minute unnoticed; five is what signatures allow. */
const SKEW_MS = 5 * 60_000;

/** A later one is no moment: https://tc39.es/ecma262/#sec-time-values-and-time-range */
const MAX_TIME = 8.64e15;

/** Says which time an event gets: the record's own, where the service takes it, else the moment of the log call. */
export class EventTimes {
  readonly #clock: ServiceClock;
  #maxAgeMs: number;

  /** @param retentionInDays of the log group, as far as it is known */
  constructor(clock: ServiceClock, retentionInDays: number | undefined) {
    this.#clock = clock;
    this.#maxAgeMs = Math.min(MAX_AGE_MS, (retentionInDays ?? Number.POSITIVE_INFINITY) * DAY_MS);
  }

  /**
   * The time of a new event.
   * @param loggedAt the moment of the log call by the host's clock; now, where it is none
   * @param recordTime what the record says
   */
  of(loggedAt: number, recordTime: number | undefined): EventTime {
    const moment = isMoment(loggedAt) ? Math.trunc(loggedAt) : this.#clock.hostNow();
    this.#clock.observe(moment);
    const { isKnown } = this.#clock;
    const now = moment + this.#clock.offsetMs;
    if (this.#counts(recordTime, now))
      return { timestamp: recordTime, source: isKnown ? 'settled' : 'record' };
    return { timestamp: now, source: isKnown ? 'settled' : 'host' };
  }

  #counts(recordTime: number | undefined, now: number): recordTime is number {
    // Not at the edge: the event may have to wait, and a small difference of the clocks goes unnoticed.
    return (
      recordTime !== undefined &&
      Number.isInteger(recordTime) &&
      this.#takes(recordTime - WAIT_MS, now) &&
      this.#takes(recordTime + SKEW_MS, now)
    );
  }

  /**
   * An event of this time has expired: its log group, which somebody else made, keeps events for less long than the event
   * is old. So old times count no longer.
   */
  learnRetention(expired: number): void {
    const ageMs = this.#clock.now() - expired;
    const days = SHORT_RETENTIONS.find((retention) => retention * DAY_MS <= ageMs);
    if (days !== undefined) this.#maxAgeMs = Math.min(this.#maxAgeMs, days * DAY_MS);
  }

  /**
   * The same events, with the times that they get by the service's clock, now that it is known.
   * @param isOurs whether this process logged them
   * @returns undefined when the batch is right as it is
   */
  corrected(batch: Batch, isOurs: boolean): readonly Batch[] | undefined {
    if (!batch.isProvisional || !this.#clock.isKnown) return undefined;
    const now = this.#clock.now();
    const { offsetMs } = this.#clock;
    const takes = (timestamp: number) => this.#takes(timestamp, now);
    if (offsetMs === 0 && takes(batch.begin) && takes(batch.end)) return undefined;
    const start = isOurs ? this.#clock.start : 0;
    return batch.withTimes(({ timestamp, source }) => {
      if (source === 'settled') return timestamp;
      const likely = source === 'host' ? timestamp + offsetMs : timestamp;
      // Else it was given by a clock that has been set since: it was logged while this process ran, and not later than now.
      return takes(likely) ? likely : Math.trunc(Math.min(Math.max(timestamp + offsetMs, start), now));
    });
  }

  #takes(timestamp: number, now: number): boolean {
    return timestamp >= now - this.#maxAgeMs && timestamp <= now + MAX_AHEAD_MS;
  }
}

function isMoment(value: number): boolean {
  return Number.isFinite(value) && value >= 0 && value <= MAX_TIME;
}
