/** For this project's own tests. It may change in any release. */

import type { Local } from './local.js';
import { Service } from './service/service.js';

export { serve } from './command-line/serve.js';
export { UsageError } from './command-line/usage-error.js';
export { Journal } from './journal/journal.js';
export { LiveTail } from './live-tail/live-tail.js';
export { LiveTailSession } from './live-tail/live-tail-session.js';
export { explain } from './requests/explanation.js';
export { readLines } from './standard-input/line-reader.js';
export { startService } from './start.js';
export { Store } from './store/store.js';

/** The service behind what `start` returns. */
export const asService = (local: Local): Service => {
  if (local instanceof Service) return local;
  throw new TypeError('not a service of this package');
};
