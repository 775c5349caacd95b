import { writeSync } from 'node:fs';
import type { Clock } from './clock.js';

/**
 * What became of the log events. Each accepted event is in exactly one of delivered, rejected, dropped and
 * pending. A message too long for one event counts as the several events that carry it.
 */
export interface Counts {
  /** Events taken over from the logger. */
  readonly accepted: number;
  /** Events that the service acknowledged. */
  readonly delivered: number;
  /** Events that the service refused, by its reason. */
  readonly rejected: {
    /** Older than 14 days. */
    readonly tooOld: number;
    /** Older than the log group's retention. */
    readonly expired: number;
    /** More than two hours ahead. */
    readonly tooNew: number;
    /** Refused for another reason, which the problem `invalid-event` tells. */
    readonly invalid: number;
  };
  /** Events that were never acknowledged, by our reason. */
  readonly dropped: {
    /** The message was empty, which the service does not take. */
    readonly empty: number;
    /** The oldest, when `maxBufferBytes` was reached. */
    readonly bufferFull: number;
    /** Not delivered within `closeTimeoutMs`. */
    readonly closed: number;
  };
  /** Events that wait or are under way. */
  readonly pending: number;
}

export type ProblemCode =
  | 'throttled'
  | 'unavailable'
  | 'missing'
  | 'denied'
  | 'rejected-events'
  | 'invalid-event'
  | 'buffer-full'
  | 'not-delivered'
  | 'entity'
  | 'retention';

/** What the user is told: where the events are, and what is wrong. */
export type Report =
  | { readonly kind: 'counts'; readonly counts: Counts }
  | {
      readonly kind: 'problem';
      readonly code: ProblemCode;
      /** A sentence, and what to do about it. One line, without control characters. */
      readonly message: string;
      readonly counts: Counts;
    };

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends number ? number : Mutable<T[K]> };

const PROBLEM_INTERVAL_MS = 60_000;
const COUNTS_INTERVAL_MS = 10_000;

/** Counts the events, and tells the user: never throws, never more than one problem of a kind a minute. */
export class Reporter {
  readonly #tally: Omit<Mutable<Counts>, 'pending'> = {
    accepted: 0,
    delivered: 0,
    rejected: { tooOld: 0, expired: 0, tooNew: 0, invalid: 0 },
    dropped: { empty: 0, bufferFull: 0, closed: 0 },
  };
  readonly #emit: (report: Report) => void;
  readonly #toStderr: boolean;
  readonly #clock: Clock;
  readonly #problems = new Map<ProblemCode, { at: number; withheld: number }>();
  #countsAt: number;

  constructor(emit: (report: Report) => void, toStderr: boolean, clock: Clock) {
    this.#emit = emit;
    this.#toStderr = toStderr;
    this.#clock = clock;
    this.#countsAt = clock.now();
  }

  accept(events: number): void {
    this.#tally.accepted += events;
  }

  deliver(events: number): void {
    this.#tally.delivered += events;
  }

  reject(reason: keyof Counts['rejected'], events: number): void {
    this.#tally.rejected[reason] += events;
  }

  drop(reason: keyof Counts['dropped'], events: number): void {
    this.#tally.dropped[reason] += events;
  }

  get counts(): Counts {
    const { accepted, delivered, rejected, dropped } = this.#tally;
    const settled = [delivered, ...Object.values(rejected), ...Object.values(dropped)];
    return {
      accepted,
      delivered,
      rejected: { ...rejected },
      dropped: { ...dropped },
      pending: settled.reduce((left, n) => left - n, accepted),
    };
  }

  /** Reports the counts now. */
  reportCounts(): void {
    this.#countsAt = this.#clock.now();
    this.#emit({ kind: 'counts', counts: this.counts });
  }

  /** Reports the counts, unless that was done within the last ten seconds. */
  reportCountsSometimes(): void {
    if (this.#clock.now() - this.#countsAt >= COUNTS_INTERVAL_MS) this.reportCounts();
  }

  /** Reports a problem, unless one of its kind was reported within the last minute. */
  problem(code: ProblemCode, text: string): void {
    const now = this.#clock.now();
    const last = this.#problems.get(code);
    if (last !== undefined && now - last.at < PROBLEM_INTERVAL_MS) {
      last.withheld++;
      return;
    }
    this.#problems.set(code, { at: now, withheld: 0 });
    const again =
      last === undefined || last.withheld === 0 ? '' : ` (${last.withheld} more since the last report)`;
    const message = oneLine(text) + again;
    this.#emit({ kind: 'problem', code, message, counts: this.counts });
    if (this.#toStderr) writeToStderr(`awslogs: ${code}: ${message}\n`);
  }
}

/**
 * The first line only, since what the service adds below it may quote the request with its session token; and
 * no control characters, since foreign text must not steer a terminal.
 */
function oneLine(text: string): string {
  const [line = ''] = text.split(/[\r\n]/, 1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return line.slice(0, 1000).replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}

/**
 * By file descriptor: in a worker, process.stderr goes through the main thread, which stands still at exit.
 */
function writeToStderr(line: string): void {
  try {
    writeSync(2, line);
  } catch {
    // A closed or full stderr is no reason to fail; the report was emitted all the same.
  }
}
