import type { Behind, Config, Report } from '@awslogs/core/main-thread';

/** The way from the transport to a pipeline. */
export interface Channel {
  write(timestamp: number, message: string): void;
  /** Resolves when all that was written before is settled. Never rejects. */
  flush(): Promise<void>;
  /** Flushes for at most `closeTimeoutMs`, and ends the pipeline. Nothing is written after it. Never rejects. */
  close(): Promise<void>;
}

export interface ChannelEvents {
  report(report: Report): void;
  /** The channel broke: what it held is lost, and it takes no more. May be called again. */
  broken(error: Error): void;
}

/** @param behind is told what waits on this side; nothing is written while that is full */
export type OpenChannel = new (config: Config, behind: Behind, events: ChannelEvents) => Channel;
