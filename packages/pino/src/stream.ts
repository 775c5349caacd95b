import type { Transform } from 'node:stream';
import { createPipeline, type Options, resolveConfig } from '@putlogs/core';
import { drainBeforeExit, onOwnStack } from '@putlogs/core/internal';
import { LineSplitter } from './line-splitter.js';
import { acceptInto, type LineStream, lineStream, maxLineBytes } from './line-stream.js';

/**
 * A stream for `pino()` that does the work in the application's thread: for tests, bundlers, and wherever threads are
 * unavailable. It emits `'report'` with a {@link Report}.
 * @throws {ConfigError} naming every option and variable that is wrong
 * @example
 * const log = pino(createStream({ logGroupName: '/my/app' }));
 */
export function createStream(options?: Options): LineStream {
  const config = resolveConfig(options);
  const pipeline = createPipeline(config, (report) => {
    // On a stack of its own, and still before flush calls back.
    onOwnStack(() => stream.emit('report', report));
  });
  const stream = lineStream(pipeline, config);
  stream.once('close', drainBeforeExit(pipeline));
  takeLateRecords(stream, new LineSplitter(acceptInto(pipeline), maxLineBytes(config)));
  return stream;
}

/**
 * Records that are logged while the stream closes, or afterwards, go to the pipeline, which delivers or counts them. Node
 * would emit ERR_STREAM_WRITE_AFTER_END, which nobody handles on a logger's stream, and which ends the application.
 */
function takeLateRecords(stream: Transform, lines: LineSplitter): void {
  const write = stream.write.bind(stream) as (...given: unknown[]) => boolean;
  stream.write = (chunk: unknown, ...rest: unknown[]) => {
    if (!stream.writableEnded && !stream.destroyed) return write(chunk, ...rest);
    lines.push(Buffer.from(chunk as string));
    lines.end();
    const callback = rest.at(-1);
    if (typeof callback === 'function') process.nextTick(callback);
    return true;
  };
}
