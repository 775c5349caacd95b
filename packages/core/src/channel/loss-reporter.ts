import { hasExitDeliveryBegun } from '../host/deliver-at-exit.js';
import type { Fallback } from '../reporting/fallback.js';
import type { Reporter } from '../reporting/reporter.js';
import { isOrAre, plural } from '../util/plural.js';
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
   * The worker ended, and these records had not reached it.
   * @returns how many of them the fallback takes
   */
  rescue(records: readonly LoggedRecord[], reason: string): number {
    const { length } = records;
    const lost = () => this.#lostWithWorker(length, reason);
    return this.#rescue(records, 'workerEnded', `the worker thread ended (${reason})`, lost) ? length : 0;
  }

  /**
   * The worker ended. Reported even if nothing was lost.
   * @param saved pending events that are in the spool
   * @param writing those of the lost events that the spool may have after all
   */
  workerEnded(events: number, reason: string, saved = 0, writing = 0): void {
    const spooled =
      saved === 0 ? '' : ` The spool has ${plural(saved, 'event', 'events')}, to be sent later.`;
    const except = writing === 0 ? '' : `, except for up to ${writing} that the disk was writing`;
    if (events === 0) {
      this.#reporter.problem('worker', `The worker thread ended (${reason}). Nothing was lost.${spooled}`);
      return;
    }
    this.#reporter.accept(events);
    this.#lostWithWorker(events, reason, `${except}.${spooled}`);
    if (hasExitDeliveryBegun()) this.#reporter.reportWithheld();
  }

  #lostWithWorker(events: number, reason: string, end = '.'): void {
    this.#lose('workerEnded', 'worker', events, (all) => {
      return `The worker thread ended (${reason}). ${plural(all, 'event was', 'events were')} lost${end}`;
    });
  }

  /** A module that is preloaded runs in our own worker too, and logged there. */
  loggedInOwnWorker(record: LoggedRecord): void {
    const lost = () =>
      this.#lose('workerEnded', 'worker', 1, (all) => {
        return `${plural(all, 'record was', 'records were')} logged in the worker thread of a transport, by a module that is preloaded there too, and ${isOrAre(all)} dropped. Set the logger up where isMainThread of node:worker_threads is true.`;
      });
    const why = 'logged in the worker thread of a transport, by a module that is preloaded there too';
    if (this.#rescue([record], 'ownWorker', why, lost)) return;
    this.#reporter.accept(1);
    lost();
  }

  loggedTooLate(records: readonly LoggedRecord[]): void {
    if (records.length === 0) return;
    const lost = () =>
      this.#lose('closed', 'logged-after-close', records.length, (all) => {
        return `${plural(all, 'record was', 'records were')} logged as the process exited, too late to be delivered, and ${isOrAre(all)} lost.`;
      });
    if (!this.#rescue(records, 'atExit', 'logged as the process exited', lost)) {
      this.#reporter.accept(records.length);
      lost();
    }
    // The process is exiting: a report that is withheld now would never be made.
    this.#reporter.reportWithheld();
  }

  noWorker(error: Error): void {
    this.#reporter.problem(
      'worker',
      `No worker thread can be started, so this thread does the work from now on. If this is a bundle, build @putlogs/core/worker into putlogs-worker.js beside it, or keep the @putlogs packages out of it (Next.js: serverExternalPackages; others: externals), or set worker: false. (${error.message})`,
    );
  }

  moduleEndedWorker(module: string | undefined, error: Error): void {
    this.#reporter.problem(
      'worker',
      `The worker thread did not start: it was loading the module ${module} (${error.message}). Records wait for another worker. To load the module must not end the thread, as process.exit() does, or block it.`,
    );
  }

  /** @returns whether the fallback takes the records */
  #rescue(records: readonly LoggedRecord[], reason: string, why: string, lost: () => void): boolean {
    if (this.#fallback === undefined || records.length === 0) return false;
    const events = records.length;
    this.#reporter.accept(events);
    this.#fallback.take({
      events,
      texts: () => records.map(([, message]) => message),
      reason,
      why,
      lost,
    });
    return true;
  }

  #lose(
    reason: 'workerEnded' | 'closed',
    code: 'worker' | 'logged-after-close',
    count: number,
    message: (all: number) => string,
  ): void {
    this.#reporter.drop(reason, count);
    this.#reporter.loss(code, count, message);
  }
}
