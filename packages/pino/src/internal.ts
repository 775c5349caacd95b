/** For this project's own packages, tests and benchmarks. It may change in any release. */

export { LevelLabels } from './level-labels.js';
export { LineSplitter } from './line-splitter.js';
export { timeOf } from './line-timestamp.js';
