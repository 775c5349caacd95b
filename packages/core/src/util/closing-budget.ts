/**
 * How long the end of a logger may take. All that waits at the end takes its time from here, so that nobody gives up before those
 * it waits for. Each step begins when the one before it has ended or its time is over; T is `closeTimeoutMs`, and all closes of a
 * process that ends share one T. In milliseconds since the close began:
 *
 * | step | takes at most | ends by | T = 1000 | T = 8000 | T = 8500 |
 * |---|---|---|---|---|---|
 * | delivery (`pipeline/shutdown.ts`) | T | T | 1000 | 8000 | 8500 |
 * | last writes of the spool (`pipeline/shutdown.ts`) | 2500 | 9300 | 3500 | 9300 | 9300 |
 * | closing the files (`pipeline/teardown.ts`) | 500 | 9800 | 4000 | 9800 | 9800 |
 * | answer of the worker (`channel/worker-channel.ts`) | 100 | 9900 | 4100 | 9900 | 9900 |
 * | end of a worker that is stuck (`channel/worker-channel.ts`) | 100 | 10000 | 4200 | 10000 | 10000 |
 *
 * thread-stream ends a worker 10 s after the close began, and Docker a process 10 s after the signal.
 */
export interface ClosingBudget {
  /** For a disk that does not respond: what the spool has to write before it knows what is lost. */
  readonly lastWritesMs: number;
  /** For stdout or stderr, beyond T, to take what the deadline left. Over by the time the files are closed. */
  readonly lastLinesMs: number;
  /** From T until a worker that does not answer counts as stuck: the steps of its pipeline, and the answer. */
  readonly workerMs: number;
}

/** The largest T. It leaves time for a disk that responds, if slowly. */
export const MAX_CLOSE_TIMEOUT_MS = 8500;

const MAX_LAST_WRITES_MS = 2500;
const MAX_LAST_LINES_MS = 1300;
const LAST_WRITES_END_MS = 9300;

/** For the files to be closed, even if T is over. */
export const CLOSE_FILES_MS = 500;

const ANSWER_MS = 100;

/** For the end of a stuck worker. That is not possible while it is in a system call that does not return. */
export const TERMINATION_MS = 100;

/** For the entity to be found, even if T is over. The spool writes nothing before, so it is a part of the last writes. */
export const MIN_IDENTITY_MS = 200;

/** For a worker to start, beyond T: on a busy machine that takes a while. */
export const START_GRACE_MS = 5000;

/** For the fallback of the application's thread, however long the pipeline took. */
export const APPLICATION_LINES_MS = 500;

/** From a signal until it ends the process, whatever the loggers do: a second more than the last step above. */
export const SIGNAL_DELIVERY_MS = 11_000;

export function closingBudget(closeTimeoutMs: number): ClosingBudget {
  const beyondMs = Math.max(LAST_WRITES_END_MS - closeTimeoutMs, 0);
  const lastWritesMs = Math.min(MAX_LAST_WRITES_MS, beyondMs);
  return {
    lastWritesMs,
    lastLinesMs: Math.min(MAX_LAST_LINES_MS, beyondMs),
    workerMs: lastWritesMs + CLOSE_FILES_MS + ANSWER_MS,
  };
}
