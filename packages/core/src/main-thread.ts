/** What a main thread needs that leaves the work to a worker. Nothing of it loads the AWS SDK. */
export { beginLastMoment, onOwnStack } from './at-exit.js';
export { Behind } from './behind.js';
export { type Clock, systemClock, within } from './clock.js';
export * from './config/index.js';
export { Counters, type FinalCounts } from './counters.js';
export { addCounts, type Counts } from './counts.js';
export { isOrAre, plural } from './plural.js';
export { type ProblemCode, type Report, Reporter } from './report.js';
export { said } from './said.js';
export { type Closing, closeOnSignals, signalledAt } from './signals.js';
export { toTimestamp } from './timestamp.js';
