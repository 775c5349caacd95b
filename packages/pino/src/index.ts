export { ConfigError, type Counts, type Options, type ProblemCode, type Report } from '@putlogs/core';
export type { LineStream } from './line-stream.js';
export { createStream } from './stream.js';
export { default } from './target.js';
