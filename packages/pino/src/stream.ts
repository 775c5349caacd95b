import { Writable } from 'node:stream';
import {
  type Config,
  type Counts,
  checkIsObject,
  LoggerChannel,
  levelOf,
  type Options,
  onOwnStack,
  type Report,
  recordShareOfBuffer,
  resolveConfig,
  systemClock,
  toTimestamp,
  type WorkerOption,
  workerProblems,
} from '@putlogs/core/main-thread';
import { LevelLabels } from './level-labels.js';
import { LineSplitter } from './line-splitter.js';
import { timeOf } from './line-timestamp.js';
import { isSentByOtel } from './otel-stream.js';

/** The options that the README lists. */
export type StreamOptions = Options & WorkerOption;

/** Pino sets `lastTime` and others before each write to a stream with this property: https://getpino.io/#/docs/api?id=metadata */
const METADATA = Symbol.for('pino.metadata');

/** Pino's number for `error`. */
const ERROR_LEVEL = 50;

/** All levels above those of Pino are alike. */
const MAX_LEVEL = 100;

type Callback = (error?: Error | null) => void;

/**
 * A stream for `pino()` whose pipeline runs in a worker thread, so that the main thread never loads the AWS SDK. With
 * `worker: false` it runs in the application's thread. The application need not keep a reference to the logger.
 * @throws {ConfigError} naming every option and variable that is wrong
 * @example
 * const log = pino(createStream({ logGroupName: '/my/app' }));
 */
export function createStream(options: StreamOptions = {}): CloudWatchStream {
  checkIsObject(options);
  const { worker = true, ...own } = options;
  return new CloudWatchStream(worker, resolveConfig(own, process.env, workerProblems(worker)));
}

/**
 * Takes lines of JSON, as Pino writes them, and never makes the application wait: beyond `maxBufferBytes` records are
 * dropped, counted and reported. A record that is written after the end starts a new pipeline. Emits `'report'` with a
 * {@link Report}: the counts, or a problem.
 */
export class CloudWatchStream extends Writable {
  readonly [METADATA] = true;
  /** The time of the record that is written next, as JSON text. Set by Pino. */
  lastTime: string | undefined;
  /** Its level. Set by Pino. */
  lastLevel: number | undefined;
  readonly #channel: LoggerChannel;
  readonly #labels: LevelLabels | undefined;
  /** Whether the pipeline needs the level of each record. */
  readonly #passesLevel: boolean;
  /** Whether OpenTelemetry gets the records too. Known from the first one on. */
  #isSentByOtel: boolean | undefined;
  /** For everything but whole lines. */
  readonly #lines: LineSplitter;

  constructor(worker: boolean, config: Config) {
    super({ decodeStrings: false });
    this.#channel = new LoggerChannel(
      worker,
      config,
      (report) => this.#emitReport(report),
      () => this.#isSentByOtel === true,
    );
    this.#passesLevel = config.maxBytesPerSecond !== undefined;
    this.#labels = config.levelLabels ? new LevelLabels() : undefined;
    this.#lines = new LineSplitter((...line) => this.#takeLine(...line), recordShareOfBuffer(config));
    // In-process the first log call would have to load the pipeline; and an earlier process may have left events in the spool.
    if (!worker || config.spoolDirectory !== undefined) this.#channel.open();
  }

  /** Pino sets these too. They are not kept: they would keep an object of the application in memory. */
  set lastObj(_: unknown) {
    // See above.
  }

  set lastMsg(_: unknown) {
    // See above.
  }

  set lastLogger(logger: { readonly levels?: { readonly labels?: unknown } }) {
    this.#isSentByOtel ??= isSentByOtel(logger);
    this.#labels?.use(logger?.levels?.labels);
  }

  /** Takes over a record, and calls back at once. Replaces Node's own method, which would cost more than everything else here. */
  override write(chunk: unknown, encoding?: BufferEncoding | Callback, callback?: Callback): boolean {
    const { lastTime: time, lastLevel: level = 0 } = this;
    this.lastTime = undefined;
    this.lastLevel = undefined;
    if (typeof chunk === 'string' && typeof encoding !== 'string' && this.#isWholeLine(chunk))
      this.#takeWholeLine(chunk.slice(0, -1), time, this.#passesLevel ? wholeLevel(level) : undefined);
    else this.#split(chunk, typeof encoding === 'string' ? encoding : undefined);
    if (level >= ERROR_LEVEL) this.#channel.expedite();
    const done = typeof encoding === 'function' ? encoding : callback;
    if (done !== undefined) process.nextTick(done);
    return true;
  }

  /**
   * Resolves when every record written before is delivered, rejected or dropped; the stream can be used afterwards. Keeps
   * the process alive while it waits, in an outage until the outage ends. Never rejects.
   * @param callback is called at that time as well, as `logger.flush(callback)` wants it
   */
  async flush(callback?: () => void): Promise<void> {
    await this.#channel.flush();
    if (callback !== undefined) onOwnStack(callback);
  }

  /**
   * Resolves when every record written before is settled or `closeTimeoutMs` is over, and ends the worker. The stream can be
   * used afterwards: a record starts a new worker. Never rejects.
   */
  async close(): Promise<void> {
    this.#lines.end();
    await this.#channel.close();
  }

  /** The log group of the records, which `metrics()` shows. */
  get logGroupName(): string {
    return this.#channel.logGroupName;
  }

  /** What became of the events, as of the last report. */
  get counts(): Counts {
    return this.#channel.counts;
  }

  /** Called for the last chunk, which is given to `end()`. */
  override _write(chunk: unknown, encoding: BufferEncoding, callback: Callback): void {
    this.#split(chunk, encoding);
    callback();
  }

  override _final(callback: Callback): void {
    void this.close().then(() => callback());
  }

  override _destroy(error: Error | null, callback: Callback): void {
    void this.close().then(() => callback(error));
  }

  #isWholeLine(text: string): boolean {
    const last = text.length - 1;
    return text.indexOf('\n') === last && text[last - 1] !== '\r' && this.#lines.isAtStart;
  }

  #takeWholeLine(line: string, time: string | undefined, level: number | undefined): void {
    const loggedAt = systemClock.now();
    const recordTime = timeIn(time, loggedAt) ?? timeOf(Buffer.from(line), loggedAt);
    this.#channel.write([loggedAt, this.#labels?.inText(line) ?? line, recordTime, 0, level]);
  }

  #split(chunk: unknown, encoding?: BufferEncoding): void {
    const isText = typeof chunk === 'string';
    // Buffer.from checks what the application gave, and throws a TypeError.
    this.#lines.push(isText ? Buffer.from(chunk, encoding) : Buffer.from(chunk as Uint8Array));
    if (this.writableEnded || this.destroyed) this.#lines.end();
  }

  #takeLine(line: Buffer, omittedBytes: number): void {
    const loggedAt = systemClock.now();
    const text = line.toString();
    const recordTime = timeOf(line, loggedAt);
    // Before a label takes the place of the number, which may be one of the application's own.
    const level = this.#passesLevel ? wholeLevel(levelOf(text)) : undefined;
    this.#channel.write([loggedAt, this.#labels?.inText(text) ?? text, recordTime, omittedBytes, level]);
  }

  #emitReport(report: Report): void {
    // On a stack of its own, and still before flush() resolves.
    onOwnStack(() => this.emit('report', report));
  }
}

/** A level as it can be passed on. Applications may name any number as a level of their own. */
function wholeLevel(level = 0): number | undefined {
  return level >= 1 ? Math.min(Math.floor(level), MAX_LEVEL) : undefined;
}

/** @param json a number, or a string in quotes, by whatever function the logger has for `timestamp` */
function timeIn(json: string | undefined, loggedAt: number): number | undefined {
  if (json === undefined || json === '') return undefined;
  return toTimestamp(json[0] === '"' ? json.slice(1, -1) : Number(json), loggedAt);
}
