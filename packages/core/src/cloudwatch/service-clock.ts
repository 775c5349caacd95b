import type { ServiceTime } from '../contracts/service-time.js';
import type { Reporter } from '../reporting/reporter.js';
import type { Clock } from '../util/clock.js';

/** A smaller difference may be network latency, and does no harm. */
const TOLERANCE_MS = 60_000;

/** A response that took longer is ignored: the process may have been suspended before it read it. */
const MAX_ROUND_TRIP_MS = 30_000;

/**
 * The clock of the service, learned from the Date header of its responses, since the clock of this host may be wrong. While both
 * agree within a minute, the host's clock is used.
 */
export class ServiceClock implements ServiceTime {
  readonly #clock: Clock;
  readonly #reporter: Reporter;
  readonly #startedAt: number;
  #offsetMs = 0;
  #isKnown = false;
  /** The time of day less the monotonic time. It changes only when the host's clock is set. */
  #monotonicOffset: number;
  #lastObserved: number;

  constructor(clock: Clock, reporter: Reporter) {
    this.#clock = clock;
    this.#reporter = reporter;
    this.#startedAt = clock.monotonic();
    this.#lastObserved = clock.now();
    this.#monotonicOffset = this.#lastObserved - this.#startedAt;
  }

  get isKnown(): boolean {
    return this.#isKnown;
  }

  get offsetMs(): number {
    return this.#isKnown ? this.#offsetMs : 0;
  }

  now(): number {
    return this.hostNow() + this.offsetMs;
  }

  hostNow(): number {
    return this.#clock.now();
  }

  /** Less the tolerance. */
  get processStart(): number {
    return this.now() - (this.#clock.monotonic() - this.#startedAt) - TOLERANCE_MS;
  }

  /** The monotonic clock is read only after a large step. */
  observe(hostTime: number): void {
    const passed = hostTime - this.#lastObserved;
    this.#lastObserved = hostTime;
    if (passed > TOLERANCE_MS || passed < -TOLERANCE_MS) this.#detectStep();
  }

  #detectStep(): void {
    const offset = this.#readMonotonicOffset();
    if (Math.abs(offset - this.#monotonicOffset) < TOLERANCE_MS) return;
    this.#monotonicOffset = offset;
    this.#isKnown = false;
  }

  #readMonotonicOffset(): number {
    return this.#clock.now() - this.#clock.monotonic();
  }

  /** Call this before a request. @returns must be called with the Date header of the response */
  startSample(): (date: string) => void {
    const sentAt = this.#clock.now();
    return (date) => {
      const now = this.#clock.now();
      const serviceNow = Date.parse(date);
      const isPrompt = now >= sentAt && now - sentAt < MAX_ROUND_TRIP_MS;
      if (isPrompt && !Number.isNaN(serviceNow)) this.#setOffset(serviceNow - now);
    };
  }

  #setOffset(offsetMs: number): void {
    this.#isKnown = true;
    this.#monotonicOffset = this.#readMonotonicOffset();
    if (Math.abs(offsetMs - this.#offsetMs) < TOLERANCE_MS) return;
    this.#offsetMs = Math.abs(offsetMs) < TOLERANCE_MS ? 0 : offsetMs;
    if (this.#offsetMs !== 0) this.#reporter.problem('clock', wrongClockMessage(this.#offsetMs));
  }
}

function wrongClockMessage(offsetMs: number): string {
  const direction = offsetMs < 0 ? 'ahead of' : 'behind';
  return `The clock of this host is ${formatDuration(Math.abs(offsetMs))} ${direction} that of CloudWatch Logs. Requests, and events without a time of their own, use the service's clock, so no event is lost. Set the clock of this host.`;
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** Formats a duration to the minute: `3 hours`, `1 day 30 minutes`. */
function formatDuration(ms: number): string {
  let left = Math.round(ms / 60_000) * 60_000;
  const words: string[] = [];
  for (const [unit, unitMs] of UNITS) {
    const count = Math.floor(left / unitMs);
    left -= count * unitMs;
    if (count > 0) words.push(`${count} ${unit}${count === 1 ? '' : 's'}`);
  }
  return words.join(' ');
}
