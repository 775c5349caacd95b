export {
  ConfigError,
  type Counted,
  type Counts,
  metrics,
  type Options,
  type ProblemCode,
  type PublishedReport,
  type Report,
} from '@putlogs/core/main-thread';
export type { LineStream } from './line-stream.js';
export { type CloudWatchStream, createStream, type StreamOptions } from './stream.js';
export { default } from './target.js';
