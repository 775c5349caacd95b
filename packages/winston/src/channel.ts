import type { Config, Report } from '@awslogs/core/main-thread';

/** The way from the transport to a pipeline. */
export interface Channel {
  /** @returns false when so much waits on this side that the record was not taken */
  write(timestamp: number, message: string): boolean;
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

export type OpenChannel = new (config: Config, events: ChannelEvents) => Channel;
