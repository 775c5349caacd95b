import type { ConfigProblem } from '../config/config-error.js';
import { showValue } from '../config/show-value.js';

/** The option of a logger that can run its pipeline in either thread. */
export interface WorkerOption {
  /** Whether the pipeline runs in a worker thread, or else in the application's thread. Default: true. */
  readonly worker?: boolean | undefined;
}

export function workerProblems(worker: unknown): ConfigProblem[] {
  if (typeof worker === 'boolean') return [];
  return [{ option: 'worker', expected: 'true or false', given: showValue(worker) }];
}
