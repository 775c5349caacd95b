import type { Config } from '../config/options.js';
import { Fallback } from '../reporting/fallback.js';
import type { Reporter } from '../reporting/reporter.js';

/**
 * Takes records that reach no pipeline. Undefined with a user's module: what its `filter` would keep back, and its `format` would
 * leave out, must not be written either, and they run in the pipeline only.
 */
export function openLoggerFallback({ fallback, module }: Config, reporter: Reporter): Fallback | undefined {
  if (fallback === undefined || module !== undefined) return undefined;
  const opened = new Fallback(fallback, reporter);
  reporter.watchPending(() => opened.pending);
  return opened;
}
