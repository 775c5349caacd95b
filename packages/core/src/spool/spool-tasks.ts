import type { Reporter } from '../reporting/reporter.js';
import { errorMessage } from '../util/error-message.js';

/** The work of a spool that is under way. Its failures are reported, never thrown. */
export class SpoolTasks {
  readonly #reporter: Reporter;
  readonly #running = new Set<Promise<void>>();

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  track(work: Promise<unknown>): void {
    const tracked: Promise<void> = work
      .then(
        () => undefined,
        (error) => this.report('A task of the spool failed.', error),
      )
      .finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  /** @param message one sentence or more */
  report(message: string, error: unknown): void {
    this.#reporter.problem('spool', `${message} (${errorMessage(error)})`);
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
