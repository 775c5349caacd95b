export type { Counts, ProblemCode, Report } from '@awslogs/core';
export { ConfigError, type ConfigProblem, type EntityOption, type Options } from '@awslogs/core/config';
export { CloudWatchTransport, type CloudWatchTransportOptions } from './transport.js';
