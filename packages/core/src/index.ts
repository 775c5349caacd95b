export { MAX_MESSAGE_BYTES } from './batch/limits.js';
export { drainBeforeExit } from './before-exit.js';
export { type Clock, systemClock } from './clock.js';
export * from './config/index.js';
export { createPipeline, type Pipeline, type Surroundings } from './pipeline.js';
export type { Counts, ProblemCode, Report } from './report.js';
export { readsRecords } from './router.js';
export { toTimestamp } from './timestamp.js';
export { Utf8Pieces } from './utf8-pieces.js';
