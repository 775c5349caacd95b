import type { Config } from '../config/options.js';
import type { Reporter } from '../reporting/reporter.js';
import { STALLED_MS } from '../spool/call-queue.js';
import { DeadLetterFile } from '../spool/dead-letter-file.js';
import { fileCalls } from '../spool/file-calls.js';
import { Spool } from '../spool/spool.js';
import { type Clock, withTimeout } from '../util/clock.js';

const STALLED = `The disk has not responded to a file call for ${STALLED_MS / 1000} s. Nothing is written until it does. Events wait in memory and are delivered from there. Look for a network volume that is gone or a disk that is overloaded`;

/** The files of a pipeline, as far as the options ask for them. Reports a disk that does not respond. */
export class Disk {
  readonly spool: Spool | undefined;
  readonly deadLetters: DeadLetterFile | undefined;
  readonly #clock: Clock;
  readonly #stopWatch: () => void;

  constructor(config: Config, reporter: Reporter, clock: Clock) {
    const { spoolDirectory, spoolMaxBytes, deadLetterFile, deadLetterMaxBytes } = config;
    this.#clock = clock;
    if (deadLetterFile !== undefined)
      this.deadLetters = new DeadLetterFile(deadLetterFile, deadLetterMaxBytes, reporter);
    const lettersWritten = async () => this.deadLetters?.written();
    if (spoolDirectory !== undefined)
      this.spool = new Spool(spoolDirectory, spoolMaxBytes, reporter, clock, lettersWritten);
    this.#stopWatch = watch(config, reporter, clock);
  }

  /** Writes what is left and closes the files, within this time. */
  async close(timeoutMs: number): Promise<void> {
    const written = Promise.all([this.spool?.close(), this.deadLetters?.close()]);
    await withTimeout(timeoutMs, this.#clock, written);
    this.#stopWatch();
  }
}

/** @returns ends the watch */
function watch({ spoolDirectory, deadLetterFile }: Config, reporter: Reporter, clock: Clock): () => void {
  if (spoolDirectory !== undefined)
    return fileCalls.watch(clock, () => reporter.problem('spool', `${STALLED}: ${spoolDirectory}.`));
  if (deadLetterFile !== undefined)
    return fileCalls.watch(clock, () => reporter.problem('dead-letters', `${STALLED}: ${deadLetterFile}.`));
  return () => undefined;
}
