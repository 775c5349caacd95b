export {
  ConfigError,
  type ConfigProblem,
  type Counted,
  type Counts,
  defineModule,
  type EntityOption,
  type FoundCredentials,
  type LogRecord,
  metrics,
  type Options,
  type ProblemCode,
  type PublishedReport,
  type Report,
  type TransportModule,
} from '@putlogs/core/main-thread';
export { closeOnSignals } from './close-on-signals.js';
export { jsonFormat } from './formatting/json-format.js';
export { CloudWatchTransport, type CloudWatchTransportOptions } from './transport.js';
