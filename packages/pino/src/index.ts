export {
  ConfigError,
  type Counts,
  type Options,
  type ProblemCode,
  type Report,
} from '@putlogs/core/main-thread';
export type { LineStream } from './line-stream.js';
export { type CloudWatchStream, createStream, type StreamOptions } from './stream.js';
export { default } from './target.js';
