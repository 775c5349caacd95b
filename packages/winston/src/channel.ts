import type { Config, Pipeline, Report } from '@awslogs/core';
import onExit from 'on-exit-leak-free';
import ThreadStream from 'thread-stream';
import { CLOSE, encodeLine } from './line.js';

/** The way from the transport to the pipeline. */
export interface Channel {
  write(timestamp: number, message: string): void;
  /** Resolves when all that was written before is settled. */
  flush(): Promise<void>;
  /** Flushes for at most `closeTimeoutMs`, and ends the pipeline. Nothing is written after it. */
  close(): Promise<void>;
}

export interface ChannelEvents {
  report(report: Report): void;
  /** The channel broke: what it held is lost, and it takes no more. */
  broken(error: Error): void;
}

/** thread-stream's types leave these out. */
type Stream = ThreadStream & { ref(): void; unref(): void; readonly destroyed: boolean };

/** To a pipeline in a worker thread. This side never loads the AWS SDK. */
export class WorkerChannel implements Channel {
  readonly #stream: Stream;

  constructor(config: Config, events: ChannelEvents) {
    this.#stream = new ThreadStream({
      filename: new URL('./worker.js', import.meta.url).href,
      workerData: { config },
    }) as Stream;
    this.#stream.on('report', events.report);
    let broken = false;
    this.#stream.on('error', (error: Error) => {
      // Each record written after the first error is another.
      if (!broken) events.broken(error);
      broken = true;
    });
    // Until it has started, the worker keeps the process alive; then it no longer does.
    this.#stream.once('ready', () => this.#stream.unref());
    // At exit no event loop runs any more: end() stands still until the worker has delivered. Pino does the same.
    onExit.register(this.#stream, endAtExit);
    this.#stream.once('close', () => onExit.unregister(this.#stream));
  }

  write(timestamp: number, message: string): void {
    this.#stream.write(encodeLine(timestamp, message));
  }

  flush(): Promise<void> {
    // An error is that of a broken channel, which has an event of its own.
    return new Promise((resolve) => this.#stream.flush(() => resolve()));
  }

  async close(): Promise<void> {
    const stream = this.#stream;
    if (stream.destroyed) return;
    stream.ref();
    await new Promise<void>((resolve) => {
      stream.once('delivered', resolve);
      stream.once('close', resolve);
      stream.write(`${CLOSE}\n`);
    });
    // Returns at once now: the worker has nothing left to deliver.
    stream.end();
  }
}

function endAtExit(stream: ThreadStream): void {
  stream.flushSync();
  stream.end();
}

/** To a pipeline in the same thread, which is loaded when it is first wanted. */
export class InProcessChannel implements Channel {
  readonly #loaded: Promise<Pipeline | undefined>;
  #pipeline: Pipeline | undefined;
  readonly #early: [timestamp: number, message: string][] = [];
  readonly #beforeExit = () => void this.close();

  constructor(config: Config, events: ChannelEvents) {
    this.#loaded = this.#load(config, events);
    // A process that has nothing else to do waits for delivery, and then ends.
    process.once('beforeExit', this.#beforeExit);
  }

  async #load(config: Config, events: ChannelEvents): Promise<Pipeline | undefined> {
    try {
      const { createPipeline } = await import('@awslogs/core');
      this.#pipeline = createPipeline(config, events.report);
      for (const [timestamp, message] of this.#early.splice(0)) this.#pipeline.accept(timestamp, message);
    } catch (error) {
      events.broken(error as Error);
    }
    return this.#pipeline;
  }

  write(timestamp: number, message: string): void {
    if (this.#pipeline === undefined) this.#early.push([timestamp, message]);
    else this.#pipeline.accept(timestamp, message);
  }

  async flush(): Promise<void> {
    await (await this.#loaded)?.flush();
  }

  async close(): Promise<void> {
    process.off('beforeExit', this.#beforeExit);
    await (await this.#loaded)?.close();
  }
}
