/** For this project's own packages, tests and benchmarks. It may change in any release. */
export type { Info } from './formatting/info.js';
export { messageOf } from './formatting/message-text.js';
export { withWholeErrors } from './formatting/whole-errors.js';
