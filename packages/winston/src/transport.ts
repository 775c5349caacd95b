import { setImmediate } from 'node:timers';
import {
  type Counts,
  checkIsObject,
  LoggerChannel,
  levelNumber,
  type Options,
  onOwnStack,
  type Report,
  resolveConfig,
  systemClock,
  toTimestamp,
  type WorkerOption,
  withTimeout,
  workerProblems,
} from '@putlogs/core/main-thread';
import TransportStream, { type TransportStreamOptions } from 'winston-transport';
import { formatProblems } from './formatting/format-problems.js';
import { type Info, LEVEL, readField } from './formatting/info.js';
import { messageOf } from './formatting/message-text.js';
import { withWholeErrors } from './formatting/whole-errors.js';

/** The options of winston-transport, and those in docs/configuration.md. */
export type CloudWatchTransportOptions = Options &
  WorkerOption &
  Pick<TransportStreamOptions, 'level' | 'format' | 'silent' | 'handleExceptions' | 'handleRejections'>;

/** Winston gives a transport three seconds to write an uncaught exception. */
const EXCEPTION_FLUSH_MS = 2500;

/** Of the levels that come with Winston. */
const URGENT_LEVELS: readonly unknown[] = ['error', 'crit', 'alert', 'emerg'];

/** Winston sets one of these fields on the record of an uncaught error. */
const UNCAUGHT_FIELDS = ['exception', 'rejection'] as const;

/**
 * Sends log records to CloudWatch Logs. Emits
 * - `'report'` with a {@link Report}: the counts, or a problem;
 * - `'warn'` with an Error for each problem, which the logger emits as its own `'warn'`.
 * @example
 * const log = winston.createLogger({
 *   transports: [new CloudWatchTransport({ logGroupName: '/my/app' })],
 * });
 */
export class CloudWatchTransport extends TransportStream {
  /** Identifies the transport within Winston. */
  readonly name = 'cloudwatch';
  /** The logger that this transport was added to. Set, but not declared, by winston-transport. */
  declare parent?: Logger | null;
  /** Set by Winston while it waits for 'finish' after an uncaught exception. */
  declare readonly _ending?: boolean;
  readonly #channel: LoggerChannel;
  /** Whether the pipeline needs the level of each record. */
  readonly #passesLevel: boolean;
  /** The record that `_write` is writing, before the transport's own format. */
  #original: Info | undefined;

  /** @throws {import('@putlogs/core/main-thread').ConfigError} naming every option and variable that is wrong */
  constructor(options: CloudWatchTransportOptions = {}) {
    checkIsObject(options);
    const { level, format, silent, handleExceptions, handleRejections, worker = true, ...own } = options;
    const problems = [...workerProblems(worker), ...formatProblems(format)];
    const config = resolveConfig(own, process.env, problems);
    const ownFormat = format && withWholeErrors(format, () => this.#original);
    const given = { level, format: ownFormat, silent, handleExceptions, handleRejections };
    super(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
    this.#passesLevel = config.maxBytesPerSecond !== undefined;
    this.#channel = new LoggerChannel(
      worker,
      config,
      (report) => this.#emitReport(report),
      () => this.#hasOtelTransportBeside,
    );
    this.on('unpipe', (source: Partial<Logger>) => this.#onUnpipe(source));
  }

  override _write(info: Info, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#original = info;
    try {
      super._write(info, encoding, callback);
    } finally {
      this.#original = undefined;
    }
  }

  /** Records that piled up while the stream was corked are written like all others. */
  override _writev(
    records: { chunk: Info; encoding: BufferEncoding }[],
    callback: (error?: Error | null) => void,
  ): void {
    const failures: unknown[] = [];
    for (const { chunk, encoding } of records) {
      try {
        this._write(chunk, encoding, () => undefined);
      } catch (error) {
        failures.push(error); // a format that throws loses its own record and no other
      }
    }
    callback();
    if (failures.length > 0) throw failures[0];
  }

  /**
   * Called by Winston. Takes the record and calls back at once: a transport that waits, or throws before it calls back,
   * blocks all other transports.
   */
  override log(info: Info, callback?: () => void): void {
    const loggedAt = systemClock.now();
    const recordTime = toTimestamp(readField(info, 'timestamp'), loggedAt);
    const level = readField(info, LEVEL);
    const passed = this.#passesLevel ? levelNumber(level) : undefined;
    this.#channel.write([loggedAt, messageOf(info), recordTime, 0, passed]);
    if (URGENT_LEVELS.includes(level)) this.#channel.expedite();
    if (this.listenerCount('logged') > 0) setImmediate(() => this.emit('logged', info));
    if (UNCAUGHT_FIELDS.some((field) => readField(info, field) === true)) void this.#finishBeforeExit();
    callback?.();
  }

  /**
   * Resolves when every record logged before is delivered, rejected or dropped; the logger can be used afterwards. Keeps
   * the process alive while it waits, in an outage until the outage ends. Never rejects.
   */
  async flush(): Promise<void> {
    await this.#channel.flush();
  }

  /**
   * Delivers in the background what was logged, and ends the worker. Winston calls it when the transport is removed and
   * when the logger is closed. A record that is logged afterwards starts a new worker.
   */
  override close(): void {
    void this.#channel.close();
  }

  /** The log group of the records, which `metrics()` shows. */
  get logGroupName(): string {
    return this.#channel.logGroupName;
  }

  /** What became of the events, as of the last report. */
  get counts(): Counts {
    return this.#channel.counts;
  }

  /** The logger emits 'finish' after this, so everything is delivered when `logger.end()` has finished. */
  override _final(callback: () => void): void {
    void this.#channel.close().then(() => callback());
  }

  /** OpenTelemetry's instrumentation of Winston adds its transport to each logger, and so may the application. */
  get #hasOtelTransportBeside(): boolean {
    const { transports } = this.parent ?? {};
    return (
      Array.isArray(transports) &&
      transports.some((transport?: object) => transport?.constructor?.name === 'OpenTelemetryTransportV3')
    );
  }

  #emitReport(report: Report): void {
    // On a stack of its own, and still before flush() resolves.
    onOwnStack(() => this.emit('report', report));
    if (report.kind === 'problem')
      onOwnStack(() => this.emit('warn', new Error(`putlogs: ${report.code}: ${report.message}`)));
  }

  /**
   * A root logger and its children share their pipes: each of them can remove a transport that was added to another one.
   * winston-transport, and the pipe itself, handle only the logger that it was added to.
   */
  #onUnpipe(source: Partial<Logger>): void {
    const { parent } = this;
    if (!parent || source._readableState !== parent._readableState) return;
    if (source !== parent) this.emit('unpipe', parent, { hasUnpiped: false }); // otherwise the pipe goes on writing
    this.close();
  }

  /** Winston ends the process when its exception handlers have emitted 'finish'. They do so once everything is delivered. */
  async #finishBeforeExit(): Promise<void> {
    const { _ending, parent } = this;
    if (_ending !== true || parent?.exitOnError === false) return;
    await withTimeout(EXCEPTION_FLUSH_MS, systemClock, this.flush());
    let isDetached = false;
    this.once('unpipe', () => {
      isDetached = true;
    });
    this.emit('finish');
    if (!isDetached || !parent) return;
    // An exitOnError function kept the process alive, but 'finish' has ended the pipe.
    parent.pipe(this);
    this.parent = parent;
  }
}

/** The parts of a Winston logger that are used here. */
interface Logger {
  /** If it is a function, Winston has called it already, and it must not be called again. */
  readonly exitOnError?: unknown;
  readonly transports?: unknown;
  /** From Node's streams. A child logger shares that of its root. */
  readonly _readableState: object;
  pipe(transport: CloudWatchTransport): unknown;
}
