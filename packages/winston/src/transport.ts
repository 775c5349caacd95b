import { setImmediate } from 'node:timers';
import {
  addCounts,
  type Config,
  type ConfigProblem,
  type Counts,
  checkIsObject,
  type Options,
  onOwnStack,
  type Report,
  Reporter,
  resolveConfig,
  systemClock,
  toTimestamp,
  withTimeout,
} from '@putlogs/core/main-thread';
import TransportStream, { type TransportStreamOptions } from 'winston-transport';
import { watchExit } from './at-exit.js';
import { type Info, readField } from './info.js';
import { messageOf, withWholeErrors } from './message.js';
import { RestartingChannel } from './restarting-channel.js';

/** winston-transport's own options, and those of docs/configuration.md. */
export type CloudWatchTransportOptions = Options &
  Pick<TransportStreamOptions, 'level' | 'format' | 'silent' | 'handleExceptions' | 'handleRejections'> & {
    /** Whether the work is done in a worker thread. Default: true. */
    readonly worker?: boolean | undefined;
  };

/** Winston gives a transport three seconds to write an uncaught exception. */
const EXCEPTION_FLUSH_MS = 2500;

/** Winston marks what it logs of an uncaught error by one of them. */
const IS_LAST_WORD = ['exception', 'rejection'] as const;

/** The one option of the work that is Winston's alone. */
function workerProblems(worker: unknown): ConfigProblem[] {
  if (typeof worker === 'boolean') return [];
  return [{ option: 'worker', expected: 'true or false', given: typeof worker }];
}

/**
 * Ships log records to CloudWatch Logs. Emits
 * - `'report'` with a {@link Report}: the counts, or a problem;
 * - `'warn'` with an Error for each problem, which the logger passes on as its own `'warn'`.
 */
export class CloudWatchTransport extends TransportStream {
  /** Winston's transports are told apart by it. */
  readonly name = 'cloudwatch';
  /** The logger that this transport was added to: by winston-transport, which declares neither. */
  declare parent?: Parent | null;
  /** Winston waits for 'finish', after an uncaught exception. */
  declare readonly _ending?: boolean;
  readonly #config: Config;
  readonly #useWorker: boolean;
  /** For what is lost on this side. */
  readonly #reporter: Reporter;
  /** Opened by the first record, and by the first one after close(). */
  #channel: RestartingChannel | undefined;
  readonly #closings = new Set<Promise<void>>();
  /** Those that are open or closing. */
  readonly #live = new Set<RestartingChannel>();
  /** Of those that have ended. */
  #past: Counts;
  readonly #none: Counts;
  /** The record that _write is at, before the transport's own format. */
  #original: Info | undefined;

  /** @throws {import('@putlogs/core/main-thread').ConfigError} naming every option and variable that is wrong */
  constructor(options: CloudWatchTransportOptions = {}) {
    checkIsObject(options);
    const { level, format, silent, handleExceptions, handleRejections, worker = true, ...own } = options;
    const ownFormat = format && withWholeErrors(format, () => this.#original);
    const given = { level, format: ownFormat, silent, handleExceptions, handleRejections };
    super(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
    this.#config = resolveConfig(own, process.env, workerProblems(worker));
    this.#useWorker = worker;
    this.#reporter = new Reporter(
      (report) => this.#emitReport(report),
      this.#config.reportToStderr,
      systemClock,
    );
    this.#none = this.#reporter.counts;
    this.#past = this.#none;
    watchExit();
    this.on('unpipe', (source: Partial<Parent>) => this.#unpiped(source));
  }

  override _write(info: Info, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#original = info;
    try {
      super._write(info, encoding, callback);
    } finally {
      this.#original = undefined;
    }
  }

  /** Records that piled up while the stream was corked take the way of all others. */
  override _writev(
    records: { chunk: Info; encoding: BufferEncoding }[],
    callback: (error?: Error | null) => void,
  ): void {
    const failures: unknown[] = [];
    for (const { chunk, encoding } of records) {
      try {
        this._write(chunk, encoding, () => undefined);
      } catch (error) {
        failures.push(error); // a format that throws: it loses its own record, and no other
      }
    }
    callback();
    if (failures.length > 0) throw failures[0];
  }

  /**
   * Called by Winston. Takes the record over and calls back at once: a transport that waits, or throws before it calls back,
   * holds up all others.
   */
  override log(info: Info, callback?: () => void): void {
    const loggedAt = systemClock.now();
    const recordTime = toTimestamp(readField(info, 'timestamp'), loggedAt);
    this.#channel ??= this.#open();
    this.#channel.write(loggedAt, messageOf(info), recordTime);
    if (this.listenerCount('logged') > 0) setImmediate(() => this.emit('logged', info));
    if (IS_LAST_WORD.some((field) => readField(info, field) === true)) void this.#finishBeforeExit();
    callback?.();
  }

  /**
   * Resolves when every record logged before is delivered, rejected or dropped; the logger can be used on. Keeps
   * the process alive while it waits, in an outage until that ends.
   */
  async flush(): Promise<void> {
    await Promise.all([this.#channel?.flush(), ...this.#closings]);
  }

  /**
   * Delivers in the background what was logged, and ends the worker. Winston calls it when the transport is
   * removed and when the logger is closed. A record logged afterwards starts anew.
   */
  override close(): void {
    const channel = this.#channel;
    if (channel === undefined) return;
    this.#channel = undefined;
    const closing = channel.close().then(() => {
      this.#closings.delete(closing);
      this.#live.delete(channel);
      this.#past = addCounts(this.#past, channel.counts);
      this.#reporter.close();
    });
    this.#closings.add(closing);
  }

  /** What became of the events, as of the last report. */
  get counts(): Counts {
    const ours = addCounts(this.#past, this.#reporter.counts);
    return [...this.#live].reduce((sum, { counts }) => addCounts(sum, counts), ours);
  }

  /** The logger's 'finish' comes after this: after `logger.end()` everything is delivered by then. */
  override _final(callback: () => void): void {
    this.close();
    void Promise.all(this.#closings).then(() => callback());
  }

  #open(): RestartingChannel {
    const channel = new RestartingChannel(
      this.#useWorker,
      {
        config: this.#config,
        clock: systemClock,
        reporter: this.#reporter,
        report: (report) => this.#emitReport(report),
      },
      this.#none,
    );
    this.#live.add(channel);
    return channel;
  }

  #emitReport(report: Report): void {
    const whole = { ...report, counts: this.counts };
    // Soon: before flush() resolves.
    onOwnStack(() => this.emit('report', whole));
    if (report.kind === 'problem')
      onOwnStack(() => this.emit('warn', new Error(`putlogs: ${report.code}: ${report.message}`)));
  }

  /**
   * A root logger and its children share their pipes: any of them may let go of a transport that was added to another one.
   * winston-transport, and the pipe itself, listen for that one alone.
   */
  #unpiped(source: Partial<Parent>): void {
    const { parent } = this;
    if (!parent || source._readableState !== parent._readableState) return;
    if (source !== parent) this.emit('unpipe', parent, { hasUnpiped: false }); // else the pipe still writes
    this.close();
  }

  /** Winston ends the process when its handlers of exceptions have emitted 'finish': let it, once all is delivered. */
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
    // Still here: a function has decided that the process goes on. For a stream, 'finish' is the end of its pipe.
    parent.pipe(this);
    this.parent = parent;
  }
}

/** A logger, as far as it matters here. */
interface Parent {
  /** A function has been asked by Winston, and must not be asked again. */
  readonly exitOnError?: unknown;
  /** Of Node's streams. A child logger has that of its root. */
  readonly _readableState: object;
  pipe(transport: CloudWatchTransport): unknown;
}
