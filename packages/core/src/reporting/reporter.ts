import type { Entity } from '../identity/entity.js';
import { atExit, isExiting } from '../util/at-exit.js';
import type { Clock } from '../util/clock.js';
import { errorMessage } from '../util/error-message.js';
import { redact } from '../util/redact.js';
import { Counters, settledIn } from './counters.js';
import type { Counts } from './counts.js';
import { ExitReport } from './exit-report.js';
import type { Loss } from './losses.js';
import { type LossMessage, ReportLimiter } from './report-limiter.js';
import type { ProblemCode, Report } from './report-types.js';
import { writeToStderr } from './stderr.js';

const COUNTS_INTERVAL_MS = 10_000;

const MAX_MESSAGE_LENGTH = 1000;

/** Counts the events and emits the reports. Never throws. */
export class Reporter {
  #countPending: () => number = () => 0;
  readonly #counters: Counters;
  readonly #emit: (report: Report) => void;
  readonly #toStderr: boolean;
  readonly #clock: Clock;
  readonly #limiter = new ReportLimiter();
  readonly #exitReport = new ExitReport();
  #removeExitAction: (() => void) | undefined;
  #countsReportedAt: number;
  #countsChanged = false;
  #hasReportedIdle = false;
  /** Cancels the report of the counts that is due. */
  #cancelCounts: (() => void) | undefined;

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
    this.#countsReportedAt = clock.monotonic();
  }

  /** @param count counts the events that wait or are in flight */
  watchPending(count: () => number): void {
    this.#countPending = count;
  }

  /** @param records logged records whose first event is among these */
  accept(events: number, records = 0): void {
    this.#counters.accept(events, records);
    this.#countsChanged = true;
  }

  /** How many records were accepted. */
  get records(): number {
    return this.#counters.records;
  }

  deliver(events: number): void {
    this.#counters.add('delivered', events);
    this.#countsChanged = true;
  }

  reject(reason: keyof Counts['rejected'], events: number): void {
    this.#counters.add(reason, events);
    this.#countsChanged = true;
  }

  drop(reason: keyof Counts['dropped'], events: number): void {
    this.#counters.add(reason, events);
    this.#countsChanged = true;
  }

  /** Counts accepted events as dropped, and reports them. */
  lose({ counter, code, text }: Loss, events: number): void {
    this.drop(counter, events);
    this.loss(code, events, text);
  }

  /** After an error in our code: what was accepted, and is neither waiting nor settled, is lost. */
  dropMissing(): void {
    const { counts } = this;
    this.drop('workerEnded', Math.max(counts.accepted - counts.pending - settledIn(counts), 0));
  }

  spool(events: number): void {
    this.#counters.add('spooled', events);
    this.#countsChanged = true;
  }

  filter(events: number): void {
    this.#counters.add('filtered', events);
    this.#countsChanged = true;
  }

  /** Events were written to stdout or stderr instead. */
  fallBack(events: number): void {
    this.#counters.add('fallback', events);
    this.#countsChanged = true;
  }

  /**
   * @param events pending events that are now on disk; negative when they no longer are
   * @param writing the same for those that the disk is writing
   */
  save(events: number, writing: number): void {
    this.#counters.add('saved', events);
    this.#counters.add('writing', writing);
  }

  /** What earlier owners left in the spool is accepted. */
  searched(): void {
    this.#counters.add('searches', 1);
  }

  get counts(): Counts {
    return this.#counters.counts(this.#countPending());
  }

  /** Reports the counts if they have changed. */
  reportCounts(): void {
    this.#cancelCounts?.();
    this.#cancelCounts = undefined;
    if (!this.#countsChanged) return;
    this.#countsChanged = false;
    this.#countsReportedAt = this.#clock.monotonic();
    this.#send({ kind: 'counts', counts: this.counts });
  }

  /** Reports changed counts, now or 10 seconds after the last report of them. */
  reportCountsSometimes(): void {
    const waitMs = this.#countsReportedAt + COUNTS_INTERVAL_MS - this.#clock.monotonic();
    if (waitMs <= 0) this.reportCounts();
    else if (this.#countsChanged) this.#cancelCounts ??= this.#clock.after(waitMs, () => this.reportCounts());
  }

  /**
   * Reports the counts when the process has nothing left to do: the first time at once, later at most every 10 seconds.
   * Otherwise a listener that logs each report would keep the process alive for ever.
   */
  reportCountsWhenIdle(): void {
    if (this.#hasReportedIdle) this.reportCountsSometimes();
    else this.reportCounts();
    this.#hasReportedIdle = true;
  }

  /**
   * Reports the entity and the sources of its parts.
   * @param isUnintended whether there is no entity though the user may expect one: then the text is written to stderr too
   */
  entity(
    entity: Entity | undefined,
    origins: Readonly<Record<string, string>>,
    text: string,
    isUnintended = false,
  ): void {
    const safeOrigins = Object.entries(origins).map(([part, origin]) => [part, toMessage(origin)]);
    const message = toMessage(text);
    this.#send({
      kind: 'entity',
      entity,
      origins: Object.fromEntries(safeOrigins),
      message,
      counts: this.counts,
    });
    if (isUnintended && this.#toStderr) writeToStderr(`putlogs: entity: ${message}\n`);
  }

  /**
   * Reports a problem, unless one of its kind was reported within the last minute.
   * @param kind of the problems with this code, if they are told apart
   */
  problem(code: ProblemCode, text: string, kind: string = code): void {
    this.#report(code, 0, () => text, kind);
  }

  /**
   * Reports lost events in the same way. Each report names all events lost since the last one of its kind.
   * @param kind of the losses with this code, if they are told apart
   */
  loss(code: ProblemCode, events: number, message: LossMessage, kind: string = code): void {
    // At exit, losses that are withheld until then must be reported.
    if (events > 0) this.#removeExitAction ??= atExit(() => this.reportWithheld());
    this.#report(code, events, message, kind);
  }

  /** Reports the withheld losses, and the counts if they have changed. The reporter can be used afterwards. */
  reportWithheld(): void {
    for (const [code, text] of this.#limiter.takeLosses()) this.#emitProblem(code, text);
    this.#removeExitAction?.();
    this.#removeExitAction = undefined;
    this.reportCounts();
  }

  #report(code: ProblemCode, lostEvents: number, message: LossMessage, kind: string): void {
    if (isExiting()) {
      const events = this.#exitReport.addLoss(kind, lostEvents, this.#limiter.takeEvents(kind));
      if (events !== undefined) this.#emitProblem(code, message(events));
      return;
    }
    const text = this.#limiter.admit(code, kind, lostEvents, message, this.#clock.monotonic());
    if (text !== undefined) this.#emitProblem(code, text);
  }

  #emitProblem(code: ProblemCode, text: string): void {
    const message = toMessage(text);
    this.#send({ kind: 'problem', code, message, counts: this.counts });
    if (this.#toStderr) writeToStderr(`putlogs: ${code}: ${message}\n`);
  }

  /** The only place that calls the callback. What it throws must not disturb the pipeline. */
  #send(report: Report): void {
    if (isExiting() && !this.#exitReport.admitsKind(report.kind)) return;
    try {
      this.#emit(report);
    } catch (error) {
      const message = toMessage(`The callback that receives the reports threw: ${errorMessage(error)}`);
      if (this.#toStderr) writeToStderr(`putlogs: report: ${message}\n`);
    }
  }
}

/** Keeps the first line only: further lines of an SDK error may quote the request with its headers. */
function toMessage(text: string): string {
  const [line = ''] = text.split(/[\r\n]/, 1);
  return redact(line).slice(0, MAX_MESSAGE_LENGTH);
}
