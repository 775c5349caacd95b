import type { Counts, Report } from '@awslogs/core';
import { type Config, type Options, resolveConfig } from '@awslogs/core/config';
import { toTimestamp } from '@awslogs/core/timestamp';
import TransportStream, { type TransportStreamOptions } from 'winston-transport';
import { type Channel, type ChannelEvents, InProcessChannel, WorkerChannel } from './channel.js';
import { type Info, messageOf } from './message.js';

/** winston-transport's own options, and those of the README's table. */
export type CloudWatchTransportOptions = Options &
  Pick<TransportStreamOptions, 'level' | 'format' | 'silent' | 'handleExceptions' | 'handleRejections'> & {
    /** Whether the work is done in a worker thread. Default: true. */
    readonly worker?: boolean | undefined;
  };

/** Winston gives a transport three seconds to write an uncaught exception. */
const EXCEPTION_FLUSH_MS = 2500;

/** A worker that broke is not started again at once, lest it break again and again. */
const RESTART_PAUSE_MS = 10_000;

/**
 * Ships log records to CloudWatch Logs. Emits
 * - `'report'` with a {@link Report}: the counts, or a problem;
 * - `'warn'` with an Error for each problem, which the logger passes on as its own `'warn'`.
 */
export class CloudWatchTransport extends TransportStream {
  readonly #config: Config;
  readonly #openChannel: new (
    config: Config,
    events: ChannelEvents,
  ) => Channel;
  /** Opened by the first record, and by the first one after close(). */
  #channel: Channel | undefined;
  readonly #closings = new Set<Promise<void>>();
  /** The record that _write is at, before the transport's own format. */
  #original: Info | undefined;
  #counts: Counts | undefined;
  #brokenAt = Number.NEGATIVE_INFINITY;
  /** Records that no channel took, since one broke. */
  #untaken = 0;

  /** @throws {import('@awslogs/core/config').ConfigError} naming every option and variable that is wrong */
  constructor(options: CloudWatchTransportOptions = {}) {
    const { level, format, silent, handleExceptions, handleRejections, worker = true, ...own } = options;
    const given = { level, format, silent, handleExceptions, handleRejections };
    super(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
    this.#config = resolveConfig(own);
    this.#openChannel = worker ? WorkerChannel : InProcessChannel;
  }

  override _write(info: Info, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#original = info;
    super._write(info, encoding, callback);
  }

  /** Called by Winston. Takes the record over and calls back at once: a transport that waits holds up all others. */
  override log(info: Info, callback: () => void): void {
    const timestamp = toTimestamp(info.timestamp) ?? Date.now();
    this.#ship(timestamp, messageOf(info, this.#original ?? info));
    this.#original = undefined;
    if (this.listenerCount('logged') > 0) setImmediate(() => this.emit('logged', info));
    if (info.exception === true) this.#afterException();
    callback();
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
    const closing = channel.close().finally(() => this.#closings.delete(closing));
    this.#closings.add(closing);
  }

  /** What became of the events, as of the last report. */
  get counts(): Counts | undefined {
    return this.#counts;
  }

  /** The logger's 'finish' comes after this: after `logger.end()` everything is delivered by then. */
  override _final(callback: () => void): void {
    this.close();
    void Promise.all(this.#closings).then(() => callback());
  }

  #ship(timestamp: number, message: string): void {
    this.#channel ??= this.#open();
    if (this.#channel === undefined) this.#untaken++;
    else this.#channel.write(timestamp, message);
  }

  #open(): Channel | undefined {
    if (Date.now() - this.#brokenAt < RESTART_PAUSE_MS) return undefined;
    if (this.#untaken > 0) this.#warn(`${this.#untaken} records were lost while there was no worker thread.`);
    this.#untaken = 0;
    const channel: Channel = new this.#openChannel(this.#config, {
      report: (report) => this.#report(report),
      broken: (error) => this.#broken(channel, error),
    });
    return channel;
  }

  /** Nothing of ours should end the worker; out of memory, for example, can. */
  #broken(channel: Channel, error: Error): void {
    if (this.#channel === channel) this.#channel = undefined;
    this.#brokenAt = Date.now();
    const pause = RESTART_PAUSE_MS / 1000;
    this.#warn(
      `the worker thread ended (${error.message}): records that it had not delivered are lost, and those of the next ${pause} s, until a new one may start`,
    );
  }

  #warn(message: string): void {
    this.emit('warn', new Error(`awslogs: ${message}`));
    if (this.#config.reportToStderr) process.stderr.write(`awslogs: ${message}\n`);
  }

  #report(report: Report): void {
    this.#counts = report.counts;
    // On a stack of its own: what a listener throws is the application's, and must not end up in the pipeline.
    process.nextTick(() => {
      this.emit('report', report);
      if (report.kind === 'problem') this.emit('warn', new Error(`${report.code}: ${report.message}`));
    });
  }

  /** Winston ends the process when its exception handlers have "finished": let them, once all is delivered. */
  #afterException(): void {
    if (!('_ending' in this && this._ending)) return;
    const tooLate = new Promise((resolve) => setTimeout(resolve, EXCEPTION_FLUSH_MS).unref());
    void Promise.race([this.flush(), tooLate]).then(() => this.emit('finish'));
  }
}
