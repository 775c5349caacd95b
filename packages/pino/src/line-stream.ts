import type { Transform } from 'node:stream';
import { type Config, createPipeline, type Report } from '@putlogs/core';
import { Utf8ChunkEncoder } from '@putlogs/core/internal';
import { levelOf, recordShareOfBuffer } from '@putlogs/core/main-thread';
import build from 'pino-abstract-transport';
import type { LevelLabels } from './level-labels.js';
import { LineSplitter } from './line-splitter.js';
import { timeOf } from './line-timestamp.js';

/** Takes lines of JSON. `flush` calls back when every line before it is settled. */
export type LineStream = Transform & { flush(callback: () => void): void };

const PARSED = {};

/**
 * A stream into a pipeline of its own, in the same thread. Its end closes the pipeline.
 * @param labels undefined: levels stay numbers
 */
export function createLineStream(
  config: Config,
  report: (report: Report) => void,
  labels?: LevelLabels,
): LineStream {
  const pipeline = createPipeline(config, report);
  const accept = (line: Buffer, omittedBytes: number) => {
    const readAt = Date.now();
    // Before a label takes the place of the number, which may be one of the application's own.
    const level = labels && config.maxBytesPerSecond !== undefined ? levelOf(line) : undefined;
    pipeline.accept(readAt, labels?.inBytes(line) ?? line, timeOf(line, readAt), omittedBytes, level);
  };
  const stream = build(
    (transform) => void transform.on('data', (line: string) => accept(Buffer.from(line), 0)),
    {
      parse: 'lines',
      // Lines are sent as they are.
      parseLine: () => PARSED,
      metadata: false,
      close: async (error) => {
        await pipeline.close();
        if (error) throw error;
      },
    },
  );
  // Replaces the stream's own method, which turns each line into a string and costs more than everything else here.
  const lines = new LineSplitter(accept, recordShareOfBuffer(config));
  const chunks = new Utf8ChunkEncoder((chunk) => lines.push(chunk));
  stream._transform = (chunk: string | Buffer, encoding, callback) => {
    if (typeof chunk !== 'string') lines.push(chunk);
    else if (encoding === 'utf8' || !Buffer.isEncoding(encoding)) chunks.push(chunk);
    else lines.push(Buffer.from(chunk, encoding));
    callback();
  };
  keepStrings(stream);
  // In a `pipeline` Pino ends the worker at the last stream's 'finish', and does not wait for its 'close'.
  stream._flush = (callback) => {
    lines.end();
    void pipeline.close().then(() => callback());
  };
  return Object.assign(stream, {
    flush(callback: () => void) {
      void pipeline.flush().then(callback);
    },
  });
}

/** Sets Node's option `decodeStrings`, which `build` does not pass on. If that fails, it costs time only. */
function keepStrings(stream: Transform): void {
  Object.assign(Reflect.get(stream, '_writableState') ?? {}, { decodeStrings: false });
}
