/** What a main thread needs that leaves the work to a worker. Nothing of it loads the AWS SDK. */

export { WorkerBackpressure } from './channel/worker-backpressure.js';
export * from './config/index.js';
export { type Closing, closeOnSignals, signalledAt } from './host/close-on-signals.js';
export { Counters, type FinalCounts } from './reporting/counters.js';
export { addCounts, type Counts } from './reporting/counts.js';
export { type ProblemCode, type Report, Reporter } from './reporting/reporter.js';
export { beginLastMoment, onOwnStack } from './util/at-exit.js';
export { type Clock, systemClock, withTimeout } from './util/clock.js';
export { errorMessage } from './util/error-message.js';
export { isOrAre, plural } from './util/plural.js';
export { toTimestamp } from './util/timestamp.js';
