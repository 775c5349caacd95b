/** For this project's own tests. It may change in any release. */

export { Journal } from './journal/journal.js';
export { LiveTail } from './live-tail/live-tail.js';
export { LiveTailSession } from './live-tail/live-tail-session.js';
export { explain } from './requests/explanation.js';
export { readLines } from './standard-input/line-reader.js';
export { Store } from './store/store.js';
