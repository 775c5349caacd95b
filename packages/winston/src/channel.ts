import type { Clock, Config, FinalCounts, Report, WorkerBackpressure } from '@putlogs/core/main-thread';

/** What `Pipeline.accept` takes. */
export type LoggedRecord = readonly [loggedAt: number, message: string, recordTime?: number | undefined];

/** The way to a pipeline. */
export interface Channel {
  /** Resolves when it takes records; rejects when it never will. Undefined: it takes them already. */
  readonly started: Promise<void> | undefined;
  /** Whether too much waits for the pipeline's thread: then nothing is written. */
  readonly isFull: boolean;
  write(...record: LoggedRecord): void;
  /** Resolves when all that was written before is settled. Never rejects. */
  flush(): Promise<void>;
  /** Flushes for at most `closeTimeoutMs`, and ends the pipeline. Nothing is written after it. Never rejects. */
  close(): Promise<void>;
  /** Ends a pipeline that does not start, without waiting for anything. */
  abandon(): void;
  /** Undefined where the pipeline needs the event loop of this thread, which no longer runs at the process's exit. */
  readonly atExit: ExitPort | undefined;
}

/** For the process's exit, when no event loop runs on this thread. May be used again, for what is written after it. */
export interface ExitPort {
  /** Asks the pipeline to deliver what was written. All channels are asked before one is awaited. */
  requestClose(): void;
  /** Blocks until that is done, or takes too long: then the channel is broken. */
  awaitClose(): void;
}

/** What a channel takes from the one who opens it. */
export interface ChannelContext {
  readonly config: Config;
  readonly clock: Clock;
  /** Counts what waits on this side. */
  readonly backpressure: WorkerBackpressure;
  report(report: Report): void;
  /** A channel that had started broke, and takes no more. @param final what became of what it took. May be called again. */
  broken(error: Error, final: FinalCounts): void;
}

export type OpenChannel = new (context: ChannelContext) => Channel;
