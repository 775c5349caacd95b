/** For transports of other loggers: a pipeline that delivers log events to CloudWatch Logs. */

export * from './config/index.js';
export { createPipeline, type Pipeline, type PipelineOptions } from './pipeline/pipeline.js';
export type { Counts } from './reporting/counts.js';
export type { ProblemCode, Report } from './reporting/report-types.js';
export type { Clock } from './util/clock.js';
