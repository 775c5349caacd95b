import type { Entity } from '../identity/entity.js';
import { atExit, isLastMoment } from '../util/at-exit.js';
import type { Clock } from '../util/clock.js';
import { errorMessage } from '../util/error-message.js';
import { redact } from '../util/redact.js';
import { Counters } from './counters.js';
import type { Counts } from './counts.js';
import { writeToStderr } from './stderr.js';

export type ProblemCode =
  // Events wait.
  | 'throttled'
  | 'unavailable'
  | 'missing'
  | 'denied'
  | 'refused'
  // Events are lost.
  | 'rejected-events'
  | 'invalid-event'
  | 'buffer-full'
  | 'spool-full'
  | 'unreadable'
  | 'not-delivered'
  | 'logged-after-close'
  | 'worker'
  // Events are not affected.
  | 'clock'
  | 'too-many-open-batches'
  | 'log-streams'
  | 'unreadable-answer'
  | 'entity'
  | 'unknown-variable'
  | 'plain-http'
  | 'retention'
  | 'spool'
  | 'dead-letters';

/** What the user is told: where the events are, and what is wrong. */
export type Report =
  | { readonly kind: 'counts'; readonly counts: Counts }
  | {
      readonly kind: 'problem';
      readonly code: ProblemCode;
      /** A sentence, and what to do about it. One line, without secrets and control characters. */
      readonly message: string;
      readonly counts: Counts;
    }
  | {
      readonly kind: 'entity';
      /** What the events are sent with from now on; undefined: without. Told once, soon after the start. */
      readonly entity: Entity | undefined;
      /** Where each key attribute but `Type`, and each attribute, comes from. */
      readonly origins: Readonly<Record<string, string>>;
      /** `entity Service checkout in ecs:prod (name from …, environment from …)`, and whom it missed. One line. */
      readonly message: string;
      readonly counts: Counts;
    };

const PROBLEM_INTERVAL_MS = 60_000;
const COUNTS_INTERVAL_MS = 10_000;

/** Counts the events, and tells the user: never throws, never more than one problem of a kind a minute. */
export class Reporter {
  #pending: () => number = () => 0;
  readonly #counters: Counters;
  readonly #emit: (report: Report) => void;
  readonly #toStderr: boolean;
  readonly #clock: Clock;
  readonly #toldAt = new Map<ProblemCode, number>();
  /** Since then. */
  readonly #withheld = new Map<ProblemCode, Withheld>();
  #forgetExit: (() => void) | undefined;
  #countsAt: number;
  /** Whether something was counted since the counts were reported. */
  #hasNews = false;
  #hasReportedIdle = false;
  /** Reported in the last moment, beside problems. */
  readonly #lastKinds = new Set<Report['kind']>();
  /** How many events of each kind were lost in the last moment. */
  readonly #lastLosses = new Map<ProblemCode, number>();

  constructor(
    emit: (report: Report) => void,
    toStderr: boolean,
    clock: Clock,
    counters: Counters = new Counters(),
  ) {
    this.#counters = counters;
    this.#emit = emit;
    this.#toStderr = toStderr;
    this.#clock = clock;
    this.#countsAt = clock.monotonic();
  }

  /** @param count of the events that wait or are under way, by whoever has them */
  watchPending(count: () => number): void {
    this.#pending = count;
  }

  /** @param records of the logger that begin with these events */
  accept(events: number, records = 0): void {
    this.#counters.accept(events, records);
    this.#hasNews = true;
  }

  deliver(events: number): void {
    this.#counters.add('delivered', events);
    this.#hasNews = true;
  }

  reject(reason: keyof Counts['rejected'], events: number): void {
    this.#counters.add(reason, events);
    this.#hasNews = true;
  }

  drop(reason: keyof Counts['dropped'], events: number): void {
    this.#counters.add(reason, events);
    this.#hasNews = true;
  }

  spool(events: number): void {
    this.#counters.add('spooled', events);
    this.#hasNews = true;
  }

  /** So many more, or fewer, of the pending events are on disk. */
  save(events: number): void {
    this.#counters.add('saved', events);
  }

  get counts(): Counts {
    return this.#counters.counts(this.#pending());
  }

  /** Reports the counts now, if they have changed. */
  reportCounts(): void {
    if (!this.#hasNews) return;
    this.#hasNews = false;
    this.#countsAt = this.#clock.monotonic();
    this.#send({ kind: 'counts', counts: this.counts });
  }

  /** Reports the counts, unless that was done within the last ten seconds. */
  reportCountsSometimes(): void {
    if (this.#clock.monotonic() - this.#countsAt >= COUNTS_INTERVAL_MS) this.reportCounts();
  }

  /**
   * Reports the counts when the process has nothing left to do: the first time, and then every ten seconds at most. A
   * listener that logs what it is told gives the process something to do each time, and it would never end.
   */
  reportCountsWhenIdle(): void {
    if (this.#hasReportedIdle) this.reportCountsSometimes();
    else this.reportCounts();
    this.#hasReportedIdle = true;
  }

  /** Reports who writes the events, and how that is known. */
  entity(entity: Entity | undefined, origins: Readonly<Record<string, string>>, text: string): void {
    const told = Object.fromEntries(Object.entries(origins).map(([part, origin]) => [part, oneLine(origin)]));
    this.#send({ kind: 'entity', entity, origins: told, message: oneLine(text), counts: this.counts });
  }

  /** Reports a problem, unless one of its kind was reported within the last minute. */
  problem(code: ProblemCode, text: string): void {
    this.#tell(code, 0, () => text);
  }

  /** The same for lost events: what is told at last names all that were lost since it was told before. */
  loss(code: ProblemCode, events: number, text: (events: number) => string): void {
    this.#tell(code, events, text);
  }

  /** Reports what is left to tell: the losses that were withheld, and the counts. */
  close(): void {
    for (const [code, { events, text }] of this.#withheld)
      if (events > 0) this.#emitProblem(code, text(events));
    this.#withheld.clear();
    this.#forgetExit?.();
    this.#forgetExit = undefined;
    this.reportCounts();
  }

  #tell(code: ProblemCode, moreEvents: number, text: (events: number) => string): void {
    // More may be lost, and withheld, until the process ends.
    if (moreEvents > 0) this.#forgetExit ??= atExit(() => this.close());
    if (isLastMoment()) {
      this.#tellInLastMoment(code, moreEvents, text);
      return;
    }
    const now = this.#clock.monotonic();
    const { times = 0, events: untold = 0 } = this.#withheld.get(code) ?? {};
    const events = untold + moreEvents;
    const isTooSoon = now - (this.#toldAt.get(code) ?? Number.NEGATIVE_INFINITY) < PROBLEM_INTERVAL_MS;
    if (isTooSoon) {
      this.#withheld.set(code, { times: times + 1, events, text });
      return;
    }
    this.#toldAt.set(code, now);
    this.#withheld.delete(code);
    const again = times > 0 && events === 0 ? ` (${times} more since the last report)` : '';
    this.#emitProblem(code, text(events) + again);
  }

  /**
   * There is no later, and each record that an application logs now may be lost: told are all so far, at 1, 2, … 10,
   * 20, … 100, 200 events and so on. So a listener that logs what it is told comes to an end as well.
   */
  #tellInLastMoment(code: ProblemCode, moreEvents: number, text: (events: number) => string): void {
    const before = this.#lastLosses.get(code);
    const events = (before ?? this.#withheld.get(code)?.events ?? 0) + moreEvents;
    this.#lastLosses.set(code, events);
    this.#withheld.delete(code);
    if (before === undefined || roundedDown(events) > roundedDown(before))
      this.#emitProblem(code, text(events));
  }

  #emitProblem(code: ProblemCode, text: string): void {
    const message = oneLine(text);
    this.#send({ kind: 'problem', code, message, counts: this.counts });
    if (this.#toStderr) writeToStderr(`putlogs: ${code}: ${message}\n`);
  }

  /** The one place where reports go out. What the callback throws must not disturb the pipeline that reports. */
  #send(report: Report): void {
    if (isLastMoment() && report.kind !== 'problem' && !this.#isFirstOfItsKind(report.kind)) return;
    try {
      this.#emit(report);
    } catch (error) {
      const message = oneLine(`The callback that takes the reports threw: ${errorMessage(error)}`);
      if (this.#toStderr) writeToStderr(`putlogs: report: ${message}\n`);
    }
  }

  /** In the last moment listeners are called at once: one that logs what it is told would never end. */
  #isFirstOfItsKind(kind: Report['kind']): boolean {
    const isFirst = !this.#lastKinds.has(kind);
    this.#lastKinds.add(kind);
    return isFirst;
  }
}

/** To one digit and zeros. */
function roundedDown(events: number): number {
  const unit = 10 ** (String(events).length - 1);
  return Math.floor(events / unit) * unit;
}

interface Withheld {
  readonly times: number;
  readonly events: number;
  readonly text: (events: number) => string;
}

/** The first line only: what the service adds below it may quote the request, with its headers. */
function oneLine(text: string): string {
  const [line = ''] = text.split(/[\r\n]/, 1);
  return redact(line).slice(0, 1000);
}
