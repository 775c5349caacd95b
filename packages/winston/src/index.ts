export {
  ConfigError,
  type ConfigProblem,
  type Counted,
  type Counts,
  type EntityOption,
  metrics,
  type Options,
  type ProblemCode,
  type PublishedReport,
  type Report,
} from '@putlogs/core/main-thread';
export { closeOnSignals } from './close-on-signals.js';
export { jsonFormat } from './formatting/json-format.js';
export { CloudWatchTransport, type CloudWatchTransportOptions } from './transport.js';
