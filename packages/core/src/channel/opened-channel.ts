import type { FinalCounts } from '../reporting/counters.js';
import type { Counts } from '../reporting/counts.js';
import type { Report } from '../reporting/report-types.js';
import { type Clock, patient, withTimeout } from '../util/clock.js';
import {
  type Channel,
  type ChannelConstructor,
  type ChannelContext,
  type LoggedRecord,
  ZERO_COUNTS,
} from './channel.js';

/** How long a worker may take to start. */
const START_TIMEOUT_MS = 10_000;

/** A channel, and what this side knows about it. */
export class OpenedChannel {
  readonly channel: Channel;
  readonly #clock: Clock;
  readonly #openedAt: number;
  #started: Promise<void> | undefined;
  /** Records that it took. */
  #written = 0;
  /** Those of its last report. */
  #counts = ZERO_COUNTS;

  /** @throws if the process may not start threads, or a bundle does not have the worker's file */
  constructor(
    channelClass: ChannelConstructor,
    context: Omit<ChannelContext, 'broken'>,
    onBroken: (error: Error, final: FinalCounts, unseen: readonly LoggedRecord[]) => void,
  ) {
    this.#clock = context.clock;
    this.#openedAt = context.clock.monotonic();
    const report = (pipelineReport: Report) => {
      this.#counts = pipelineReport.counts;
      context.report(pipelineReport);
    };
    const broken: ChannelContext['broken'] = (error, final, unseen) => {
      this.#counts = final.counts;
      onBroken(error, final, unseen);
    };
    this.channel = new channelClass({ ...context, report, broken });
  }

  /** Rejects if it does not start in time, and is abandoned. */
  started(): Promise<void> {
    this.#started ??= this.#start();
    return this.#started;
  }

  async #start(): Promise<void> {
    const hasStarted = Promise.resolve(this.channel.started).then(() => true);
    if (await withTimeout(START_TIMEOUT_MS, patient(this.#clock), hasStarted)) return;
    this.channel.abandon();
    throw new Error(`it has not started in ${START_TIMEOUT_MS / 1000} seconds`);
  }

  write(record: LoggedRecord): void {
    this.channel.write(record);
    this.#written++;
  }

  get written(): number {
    return this.#written;
  }

  get counts(): Counts {
    return this.#counts;
  }

  /** How long it has been open. */
  get livedMs(): number {
    return this.#clock.monotonic() - this.#openedAt;
  }
}
