/** For transports of other loggers: a pipeline that delivers log events to CloudWatch Logs. */

export * from './config/index.js';
export {
  defineModule,
  type FoundCredentials,
  type LogRecord,
  type TransportModule,
} from './module/transport-module.js';
export { createPipeline, type Pipeline, type PipelineOptions } from './pipeline/pipeline.js';
export type { Counts } from './reporting/counts.js';
export type { ProblemCode, Report } from './reporting/report-types.js';
export type { Clock } from './util/clock.js';
