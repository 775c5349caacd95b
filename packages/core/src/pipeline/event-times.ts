import type { Batch } from '../batching/batch.js';
import { DAY_MS } from '../batching/limits.js';
import type { EventTime } from '../batching/log-event.js';
import type { ServiceTime } from '../contracts/service-time.js';

/** The service takes events up to this age, and up to this far in the future. Source: API_PutLogEvents (see batching/limits.ts). */
const MAX_AGE_MS = 14 * DAY_MS;
const MAX_AHEAD_MS = 2 * 3_600_000;

/** The values of `retentionInDays` below 14, the longest first. Source: API_PutRetentionPolicy. */
const SHORT_RETENTIONS = [7, 5, 3, 1];

/** An event may wait this long for delivery without getting too old for the service. */
const WAIT_MS = 3_600_000;

/** The difference of the clocks that signatures allow. A difference of up to a minute is not even corrected. */
const SKEW_MS = 5 * 60_000;

/** The last time of a Date: https://tc39.es/ecma262/#sec-time-values-and-time-range */
const MAX_TIME = 8.64e15;

/** Chooses the timestamps of events: the record's own time if the service will take it, or else the time of the log call. */
export class EventTimes {
  readonly #clock: ServiceTime;
  #maxAgeMs: number;

  /** @param retentionInDays the retention of the log group, if known */
  constructor(clock: ServiceTime, retentionInDays: number | undefined) {
    this.#clock = clock;
    this.#maxAgeMs = Math.min(MAX_AGE_MS, (retentionInDays ?? Number.POSITIVE_INFINITY) * DAY_MS);
  }

  /**
   * Chooses the timestamp of a new event.
   * @param loggedAt the time of the log call by the host's clock; anything that is not a time means now
   * @param recordTime the time that the record states
   */
  of(loggedAt: number, recordTime: number | undefined): EventTime {
    const hostTime = isTime(loggedAt) ? Math.trunc(loggedAt) : this.#clock.hostNow();
    this.#clock.observe(hostTime);
    const { isKnown } = this.#clock;
    const now = hostTime + this.#clock.offsetMs;
    if (this.#isUsable(recordTime, now))
      return { timestamp: recordTime, source: isKnown ? 'final' : 'record' };
    return { timestamp: now, source: isKnown ? 'final' : 'host' };
  }

  #isUsable(recordTime: number | undefined, now: number): recordTime is number {
    // With a margin: the event may have to wait, and a small difference of the clocks is not corrected.
    return (
      recordTime !== undefined &&
      Number.isInteger(recordTime) &&
      this.#isAccepted(recordTime - WAIT_MS, now) &&
      this.#isAccepted(recordTime + SKEW_MS, now)
    );
  }

  /**
   * The service rejected an event of this time as expired: someone else gave the log group a shorter retention. Times that are
   * older than this retention are not used any more.
   */
  learnRetention(timestamp: number): void {
    const ageMs = this.#clock.now() - timestamp;
    const days = SHORT_RETENTIONS.find((retention) => retention * DAY_MS <= ageMs);
    if (days !== undefined) this.#maxAgeMs = Math.min(this.#maxAgeMs, days * DAY_MS);
  }

  /**
   * Corrects provisional timestamps once the service's clock is known.
   * @param isOwn whether this process logged the events
   * @returns the same events in new batches, or undefined when the batch is right as it is
   */
  corrected(batch: Batch, isOwn: boolean): readonly Batch[] | undefined {
    if (!batch.isProvisional || !this.#clock.isKnown) return undefined;
    const now = this.#clock.now();
    const { offsetMs } = this.#clock;
    const isAccepted = (timestamp: number) => this.#isAccepted(timestamp, now);
    if (offsetMs === 0 && isAccepted(batch.firstTimestamp) && isAccepted(batch.lastTimestamp))
      return undefined;
    const earliest = isOwn ? this.#clock.processStart : 0;
    return batch.withTimes(({ timestamp, source }) => {
      if (source === 'final') return timestamp;
      const likely = source === 'host' ? timestamp + offsetMs : timestamp;
      // Otherwise the host's clock has been set since. The event was logged while this process ran, and not in the future.
      return isAccepted(likely)
        ? likely
        : Math.trunc(Math.min(Math.max(timestamp + offsetMs, earliest), now));
    });
  }

  #isAccepted(timestamp: number, now: number): boolean {
    return timestamp >= now - this.#maxAgeMs && timestamp <= now + MAX_AHEAD_MS;
  }
}

function isTime(value: number): boolean {
  return Number.isFinite(value) && value >= 0 && value <= MAX_TIME;
}
