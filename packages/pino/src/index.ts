export {
  ConfigError,
  type Counted,
  type Counts,
  defineModule,
  type FoundCredentials,
  type LogRecord,
  metrics,
  type Options,
  type ProblemCode,
  type PublishedReport,
  type Report,
  type TransportModule,
} from '@putlogs/core/main-thread';
export type { LineStream } from './line-stream.js';
export { type CloudWatchStream, createStream, type StreamOptions } from './stream.js';
export { default } from './target.js';
