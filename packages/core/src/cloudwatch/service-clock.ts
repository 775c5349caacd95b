import type { Reporter } from '../reporting/reporter.js';
import type { Clock } from '../util/clock.js';

/** A smaller difference may be the time that an answer takes, and does no harm. */
const TOLERANCE_MS = 60_000;

/** An answer that took longer says nothing: the process may have been suspended before it read it. */
const MAX_ROUND_TRIP_MS = 30_000;

/**
 * What the service's clock says, by the Date of its answers: the clock of this host may be wrong. While the two agree
 * within a minute, the host's clock counts.
 */
export class ServiceClock {
  readonly #clock: Clock;
  readonly #reporter: Reporter;
  readonly #startedAt: number;
  #offsetMs = 0;
  #isKnown = false;
  /** How far the time of day was ahead of the monotonic clock; a change means that somebody set it. */
  #lead: number;
  #latest: number;

  constructor(clock: Clock, reporter: Reporter) {
    this.#clock = clock;
    this.#reporter = reporter;
    this.#startedAt = clock.monotonic();
    this.#latest = clock.now();
    this.#lead = this.#latest - this.#startedAt;
  }

  /** Whether the service has answered since the host's clock was last set. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** What has to be added to a time of the host's clock. 0 while that is not known. */
  get offsetMs(): number {
    return this.#isKnown ? this.#offsetMs : 0;
  }

  now(): number {
    return this.hostNow() + this.offsetMs;
  }

  hostNow(): number {
    return this.#clock.now();
  }

  /** The earliest time, by this clock, at which this process can have logged what it sends. */
  get start(): number {
    return this.now() - (this.#clock.monotonic() - this.#startedAt) - TOLERANCE_MS;
  }

  /**
   * Notices when the host's clock is set.
   * @param moment the host's time; the monotonic clock is read only when it is far from the one before
   */
  observe(moment: number): void {
    const passed = moment - this.#latest;
    this.#latest = moment;
    if (passed > TOLERANCE_MS || passed < -TOLERANCE_MS) this.#lookWhetherSet();
  }

  #lookWhetherSet(): void {
    const lead = this.#clock.now() - this.#clock.monotonic();
    if (Math.abs(lead - this.#lead) < TOLERANCE_MS) return;
    this.#lead = lead;
    this.#isKnown = false;
  }

  /** Called before a request. @returns to be called with the Date of its answer */
  ask(): (date: string) => void {
    const sentAt = this.#clock.now();
    return (date) => {
      const now = this.#clock.now();
      const serviceNow = Date.parse(date);
      const isPrompt = now >= sentAt && now - sentAt < MAX_ROUND_TRIP_MS;
      if (isPrompt && !Number.isNaN(serviceNow)) this.#learn(serviceNow - now);
    };
  }

  #learn(offsetMs: number): void {
    this.#isKnown = true;
    this.#lead = this.#clock.now() - this.#clock.monotonic();
    if (Math.abs(offsetMs - this.#offsetMs) < TOLERANCE_MS) return;
    this.#offsetMs = Math.abs(offsetMs) < TOLERANCE_MS ? 0 : offsetMs;
    if (this.#offsetMs !== 0) this.#reporter.problem('clock', wrong(this.#offsetMs));
  }
}

function wrong(offsetMs: number): string {
  const direction = offsetMs < 0 ? 'ahead of' : 'behind';
  return `The clock of this host is ${formatEntity(Math.abs(offsetMs))} ${direction} that of CloudWatch Logs. Requests are signed by the service's clock, and events that carry no time of their own get its time: none is lost. Set the clock of this host.`;
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** `3 hours`, `1 day 30 minutes`: to the minute. */
function formatEntity(ms: number): string {
  let left = Math.round(ms / 60_000) * 60_000;
  const words: string[] = [];
  for (const [unit, unitMs] of UNITS) {
    const count = Math.floor(left / unitMs);
    left -= count * unitMs;
    if (count > 0) words.push(`${count} ${unit}${count === 1 ? '' : 's'}`);
  }
  return words.join(' ');
}
