import type { Config } from '../config/options.js';
import type { ExitDelivery } from '../host/deliver-at-exit.js';
import { Counters, type FinalCounts } from '../reporting/counters.js';
import type { Counts } from '../reporting/counts.js';
import type { Report } from '../reporting/report-types.js';
import type { Clock } from '../util/clock.js';
import type { WorkerBackpressure } from './worker-backpressure.js';

/** The arguments of `Pipeline.accept`. */
export type LoggedRecord = readonly [
  loggedAt: number,
  message: string,
  recordTime?: number | undefined,
  omittedBytes?: number,
  level?: number | undefined,
];

/** Carries records to a pipeline, in a worker thread or in this one. */
export interface Channel {
  /** Resolves when the channel can take records; rejects when it never will. Undefined: it can take them already. */
  readonly started: Promise<void> | undefined;
  /** Whether the user's module is loaded, or was being loaded, in a worker: that may end the worker, or never return. */
  readonly hasReachedModule: boolean;
  /** Whether too many bytes wait for the pipeline's thread. A record must not be written then. */
  readonly isFull: boolean;
  write(record: LoggedRecord): void;
  /** Hands what was written over to the pipeline's thread sooner than otherwise. */
  expedite(): void;
  /** Resolves when every record written before is settled. Never rejects. */
  flush(): Promise<void>;
  /** Flushes for at most `closeTimeoutMs`, and ends the pipeline. Nothing is written afterwards. Never rejects. */
  close(): Promise<void>;
  /** Ends the pipeline's thread, if it has one, without waiting for it. Nothing more is delivered. */
  abandon(): void;
  /** Undefined where the pipeline needs this thread's event loop, which no longer runs at the process's exit. */
  readonly atExit: ExitDelivery | undefined;
}

/** What a channel gets from its owner. */
export interface ChannelContext {
  readonly config: Config;
  readonly clock: Clock;
  /** Counts the bytes that wait on this side. */
  readonly backpressure: WorkerBackpressure;
  report(report: Report): void;
  /**
   * The channel has broken and takes no more records. It had started, or the process exits. May be called again.
   * @param final what became of the records it took
   * @param unseen those that never reached the pipeline's thread
   */
  broken(error: Error, final: FinalCounts, unseen: readonly LoggedRecord[]): void;
}

export type ChannelConstructor = new (context: ChannelContext) => Channel;

export const ZERO_COUNTS: Counts = new Counters().counts(0);
