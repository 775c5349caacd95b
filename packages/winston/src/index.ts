export {
  ConfigError,
  type ConfigProblem,
  type Counts,
  type EntityOption,
  type Options,
  type ProblemCode,
  type Report,
} from '@awslogs/core/main-thread';
export { jsonFormat } from './json.js';
export { closeOnSignals } from './signals.js';
export { CloudWatchTransport, type CloudWatchTransportOptions } from './transport.js';
