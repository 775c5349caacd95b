import type { Config } from '../config/options.js';
import { recordShareOfBuffer } from '../config/record-share.js';
import { listenForExit } from '../host/deliver-at-exit.js';
import { addCounts, type Counts } from '../reporting/counts.js';
import { DoubleShippingWarning } from '../reporting/double-shipping-warning.js';
import type { Fallback } from '../reporting/fallback.js';
import { OtelMetrics } from '../reporting/otel-metrics.js';
import { publishReport } from '../reporting/report-channel.js';
import type { Report } from '../reporting/report-types.js';
import { Reporter } from '../reporting/reporter.js';
import { onOwnStack } from '../util/at-exit.js';
import { systemClock } from '../util/clock.js';
import { APPLICATION_LINES_MS } from '../util/closing-budget.js';
import { type LoggedRecord, ZERO_COUNTS } from './channel.js';
import { openLoggerFallback } from './logger-fallback.js';
import { RestartingChannel } from './restarting-channel.js';

/** A logger's way into a pipeline. It opens with the first record, and again with the first record after `close()`. */
export class LoggerChannel {
  readonly #useWorker: boolean;
  readonly #config: Config;
  readonly #emit: (report: Report) => void;
  readonly #otelMetrics: OtelMetrics;
  readonly #doubleShippingWarning: DoubleShippingWarning;
  /** Counts what is lost on this side. */
  readonly #reporter: Reporter;
  /** Takes what would be lost on this side. */
  readonly #fallback: Fallback | undefined;
  /** In UTF-16 code units, each of which takes at least a byte. */
  readonly #maxLength: number;
  #channel: RestartingChannel | undefined;
  /** The channels that are open or closing. */
  readonly #live = new Set<RestartingChannel>();
  readonly #closings = new Set<Promise<void>>();
  /** The counts of the channels that have closed. */
  #past = ZERO_COUNTS;

  /**
   * @param useWorker whether the pipeline runs in a worker thread, or else in this one
   * @param emit gets each report, with the counts of all pipelines and of this side
   * @param isSentByOtel whether the logger passes its records to OpenTelemetry as well, as far as that can be seen
   */
  constructor(
    useWorker: boolean,
    config: Config,
    emit: (report: Report) => void,
    isSentByOtel: () => boolean,
  ) {
    this.#useWorker = useWorker;
    this.#config = config;
    this.#emit = emit;
    this.#maxLength = recordShareOfBuffer(config);
    this.#otelMetrics = new OtelMetrics(config.logGroupName);
    this.#doubleShippingWarning = new DoubleShippingWarning(isSentByOtel);
    this.#reporter = new Reporter((report) => this.#report(report), config.reportToStderr, systemClock);
    this.#fallback = openLoggerFallback(config, this.#reporter);
    listenForExit();
  }

  /** Opens the channel before the first record. */
  open(): void {
    this.#current().open();
  }

  write(record: LoggedRecord): void {
    const [, message] = record;
    this.#current().write(message.length > this.#maxLength ? this.#withoutEnd(record) : record);
  }

  /** Hands over only as much of a record as there is room for. */
  #withoutEnd([loggedAt, message, recordTime, omittedBytes = 0, level]: LoggedRecord): LoggedRecord {
    const kept = message.slice(0, this.#maxLength);
    const cutBytes = Buffer.byteLength(message) - Buffer.byteLength(kept);
    return [loggedAt, kept, recordTime, omittedBytes + cutBytes, level];
  }

  /** Hands what was written over to the pipeline's thread sooner than otherwise. */
  expedite(): void {
    this.#channel?.expedite();
  }

  /** Resolves when every record written before is settled. Never rejects. */
  async flush(): Promise<void> {
    await Promise.all([this.#channel?.flush(), ...this.#closings]);
    if (this.#fallback === undefined) return;
    await this.#fallback.idle();
    this.#reporter.reportCounts();
  }

  /** Resolves when every record written before is settled or `closeTimeoutMs` is over, and the pipeline has ended. Never rejects. */
  async close(): Promise<void> {
    const closeStartedAt = systemClock.monotonic();
    const channel = this.#channel;
    this.#channel = undefined;
    if (channel !== undefined) {
      const closing: Promise<void> = channel.close().then(() => this.#onClosed(channel, closing));
      this.#closings.add(closing);
    }
    await Promise.all(this.#closings);
    if (this.#fallback === undefined) return;
    const leftMs = this.#config.closeTimeoutMs - (systemClock.monotonic() - closeStartedAt);
    await this.#fallback.close(Math.max(leftMs, APPLICATION_LINES_MS));
    this.#reporter.reportWithheld();
  }

  get logGroupName(): string {
    return this.#config.logGroupName;
  }

  /** As of the last report of each pipeline. */
  get counts(): Counts {
    const own = addCounts(this.#past, this.#reporter.counts);
    return [...this.#live].reduce((sum, { counts }) => addCounts(sum, counts), own);
  }

  #current(): RestartingChannel {
    if (this.#channel !== undefined) return this.#channel;
    const channel = new RestartingChannel(this.#useWorker, {
      config: this.#config,
      clock: systemClock,
      reporter: this.#reporter,
      fallback: this.#fallback,
      report: (report) => this.#report(report),
    });
    this.#live.add(channel);
    this.#channel = channel;
    return channel;
  }

  #onClosed(channel: RestartingChannel, closing: Promise<void>): void {
    this.#closings.delete(closing);
    this.#live.delete(channel);
    this.#past = addCounts(this.#past, channel.counts);
    this.#reporter.reportWithheld();
  }

  #report(report: Report): void {
    const whole = { ...report, counts: this.counts };
    // On a stack of their own: a subscriber may log, in the middle of a change of the channel's state.
    onOwnStack(() => {
      this.#otelMetrics.record(whole.counts);
      publishReport(this.logGroupName, whole);
    });
    this.#emit(whole);
    this.#doubleShippingWarning.check(this.#reporter);
  }
}
