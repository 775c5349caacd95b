import type { Transform } from 'node:stream';
import { parentPort, workerData } from 'node:worker_threads';
import {
  type Config,
  checkIsObject,
  createPipeline,
  drainBeforeExit,
  MAX_MESSAGE_BYTES,
  type Options,
  onOwnStack,
  type Pipeline,
  type Report,
  readsRecords,
  resolveConfig,
  Utf8ChunkEncoder,
} from '@putlogs/core';
import build from 'pino-abstract-transport';
import { LineSplitter, type OnLine } from './line-splitter.js';
import { timeOf } from './line-timestamp.js';

export { ConfigError, type Counts, type Options, type ProblemCode, type Report } from '@putlogs/core';

/** A stream of lines into CloudWatch Logs. `flush` calls back when all lines before it are settled. */
export type CloudWatchStream = Transform & { flush(callback: () => void): void };

/**
 * The target of `pino.transport({ target: '@putlogs/pino', options })`. It runs in the worker thread; the
 * transport on the main thread emits `'report'` with a {@link Report}.
 * @throws {ConfigError} which the transport emits as `'error'`
 */
export default function transport(options?: Options): CloudWatchStream {
  const config = resolveConfig(own(options));
  return lineStream(createPipeline(config, emitOnMainThread), config);
}

/** What Pino and thread-stream put among the options of a single target: pino/lib/transport.js, thread-stream/index.js. */
const NOT_OURS = ['$context', 'pinoWillSendConfig', 'levels', 'dedupe'];

function own(options: Options = {}): Options {
  checkIsObject(options);
  return Object.fromEntries(Object.entries(options).filter(([name]) => !NOT_OURS.includes(name)));
}

/** thread-stream emits it on the transport: https://github.com/pinojs/thread-stream#events */
function emitOnMainThread(report: Report): void {
  // Older versions (before Pino 8.12) take such a message for an error, and do not tell their version.
  if (workerData?.workerData?.$context?.threadStreamVersion === undefined) return;
  parentPort?.postMessage({ code: 'EVENT', name: 'report', args: [report] });
}

/**
 * The same without a worker thread, for `pino(createStream(options))`: for tests, bundlers, and wherever threads
 * are unavailable. The stream emits `'report'` with a {@link Report}.
 * @throws {ConfigError}
 */
export function createStream(options?: Options): CloudWatchStream {
  const config = resolveConfig(options);
  const pipeline = createPipeline(config, (report) => {
    // Soon: before flush calls back.
    onOwnStack(() => stream.emit('report', report));
  });
  const stream = lineStream(pipeline, config);
  stream.once('close', drainBeforeExit(pipeline));
  takeLateRecords(stream, new LineSplitter(acceptInto(pipeline), longestLine(config)));
  return stream;
}

/**
 * Records that are logged while the stream closes, or after that, go to the pipeline, which delivers or counts them.
 * Node would emit ERR_STREAM_WRITE_AFTER_END, which nobody expects of a logger, and which ends the application.
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

function acceptInto(pipeline: Pipeline): OnLine {
  let readAt = 0;
  let time: number | undefined;
  return (line, isContinued) => {
    // All parts of a line have its time.
    if (!isContinued) {
      readAt = Date.now();
      time = timeOf(line, readAt);
    }
    pipeline.accept(readAt, line, time);
  };
}

/** Node's option `decodeStrings`, which `build` does not pass on. Without effect it costs time, and no more. */
function leaveStringsAsTheyAre(stream: Transform): void {
  Object.assign(Reflect.get(stream, '_writableState') ?? {}, { decodeStrings: false });
}

const PARSED = {};

/**
 * The longest line that is waited for, in bytes. A longer one goes in parts, as it comes, so that a line without end takes
 * little memory. Where fields of records are looked at, a line has to be whole for that: those are waited for a while longer.
 */
function longestLine(config: Config): number {
  return readsRecords(config) ? Math.floor(config.maxBufferBytes / 8) : MAX_MESSAGE_BYTES;
}

function lineStream(pipeline: Pipeline, config: Config): CloudWatchStream {
  const accept = acceptInto(pipeline);
  const stream = build(
    (transform) => void transform.on('data', (line: string) => accept(Buffer.from(line), false)),
    {
      parse: 'lines',
      // Lines are shipped as they are.
      parseLine: () => PARSED,
      metadata: false,
      close: async (error) => {
        await pipeline.close();
        if (error) throw error;
      },
    },
  );
  // The same without a string for each line, which would cost more than all the rest: nothing comes as 'data' then.
  const lines = new LineSplitter(accept, longestLine(config));
  const pieces = new Utf8ChunkEncoder((piece) => lines.push(piece));
  stream._transform = (chunk: string | Buffer, encoding, callback) => {
    if (typeof chunk !== 'string') lines.push(chunk);
    else if (encoding === 'utf8' || !Buffer.isEncoding(encoding)) pieces.push(chunk);
    else lines.push(Buffer.from(chunk, encoding));
    callback();
  };
  leaveStringsAsTheyAre(stream);
  // In a `pipeline` Pino ends the worker at the last stream's 'finish', without waiting for its 'close'.
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
