import { hasExitDeliveryBegun } from '../host/deliver-at-exit.js';
import type { Fallback } from '../reporting/fallback.js';
import { LOSSES, type RescuableLoss } from '../reporting/losses.js';
import type { Reporter } from '../reporting/reporter.js';
import { plural } from '../util/plural.js';
import type { LoggedRecord } from './channel.js';

/** Counts and reports what is lost on this side of a channel: the pipeline never took it, or ended with its thread. */
export class LossReporter {
  readonly #reporter: Reporter;
  readonly #fallback: Fallback | undefined;

  /** @param fallback takes the records that would be lost */
  constructor(reporter: Reporter, fallback?: Fallback) {
    this.#reporter = reporter;
    this.#fallback = fallback;
  }

  /**
   * These records had not reached a pipeline.
   * @returns how many of them the fallback takes
   */
  rescue(records: readonly LoggedRecord[], loss: RescuableLoss): number {
    return this.#rescue(records, loss.counter, loss) ? records.length : 0;
  }

  /**
   * The worker ended. Reported even if nothing was lost.
   * @param saved pending events that are in the spool
   * @param writing those of the lost events that the spool may have after all
   */
  workerEnded(events: number, reason: string, saved = 0, writing = 0): void {
    const spooled =
      saved === 0 ? '' : `. The spool has ${plural(saved, 'event', 'events')}, to be sent later`;
    const except = writing === 0 ? '' : `, except for up to ${writing} that the disk was writing`;
    this.#ended(LOSSES.workerEnded(reason, `${except}${spooled}`), events, spooled);
  }

  /** The pipeline cannot be loaded in this thread. Reported even if nothing was lost. */
  notLoaded(events: number, reason: string): void {
    this.#ended(LOSSES.notLoaded(reason), events);
  }

  #ended(loss: RescuableLoss, events: number, spooled = ''): void {
    if (events === 0) {
      const [first = '', ...rest] = loss.why;
      const sentence = first.toUpperCase() + rest.join('');
      this.#reporter.problem(loss.code, `${sentence}. Nothing was lost${spooled}.`);
      return;
    }
    this.#reporter.accept(events);
    this.#reporter.lose(loss, events);
    if (hasExitDeliveryBegun()) this.#reporter.reportWithheld();
  }

  /** A module that is preloaded runs in our own worker too, and logged there. */
  loggedInOwnWorker(record: LoggedRecord): void {
    this.#rescueOrLose([record], 'ownWorker');
  }

  /** @param reason `'abandoned'`: logged before the exit, when no pipeline was there yet. `'atExit'`: logged during the exit. */
  lostAtExit(records: readonly LoggedRecord[], reason: 'abandoned' | 'atExit'): void {
    if (records.length === 0) return;
    this.#rescueOrLose(records, reason);
    // The process is exiting: a report that is withheld now would never be made.
    this.#reporter.reportWithheld();
  }

  #rescueOrLose(records: readonly LoggedRecord[], reason: 'ownWorker' | 'abandoned' | 'atExit'): void {
    if (this.#rescue(records, reason, LOSSES[reason])) return;
    this.#reporter.accept(records.length);
    this.#reporter.lose(LOSSES[reason], records.length);
  }

  noWorker(error: Error): void {
    this.#reporter.problem(
      'worker',
      `No worker thread can be started, so this thread has to do the work from now on. If this is a bundle, build @putlogs/core/worker into putlogs-worker.js beside it, or keep the @putlogs packages out of it (Next.js: serverExternalPackages; others: externals), or set worker: false. (${error.message})`,
      'worker: none',
    );
  }

  moduleEndedWorker(module: string | undefined, error: Error): void {
    this.#reporter.problem(
      'worker',
      `The worker thread did not start: it was loading the module ${module} (${error.message}). Records wait for another worker. To load the module must not end the thread, as process.exit() does, or block it.`,
    );
  }

  /** @returns whether the fallback takes the records */
  #rescue(records: readonly LoggedRecord[], reason: string, loss: RescuableLoss): boolean {
    if (this.#fallback === undefined || records.length === 0) return false;
    const events = records.length;
    this.#reporter.accept(events);
    this.#fallback.take({
      events,
      texts: () => records.map(([, message]) => message),
      reason,
      why: loss.why,
      lost: () => this.#reporter.lose(loss, events),
    });
    return true;
  }
}
