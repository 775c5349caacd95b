import type { Pipeline } from '@awslogs/core';
import type { Behind, Config } from '@awslogs/core/main-thread';
import type { Channel, ChannelEvents } from './channel.js';

/** To a pipeline in the same thread, which is loaded when it is first wanted. */
export class InProcessChannel implements Channel {
  readonly #behind: Behind;
  readonly #loaded: Promise<Pipeline | undefined>;
  #pipeline: Pipeline | undefined;
  /** What came before the pipeline was loaded. */
  readonly #early: [timestamp: number, message: string][] = [];
  #forget: () => void = () => undefined;

  constructor(config: Config, behind: Behind, events: ChannelEvents) {
    this.#behind = behind;
    this.#loaded = this.#load(config, events);
  }

  async #load(config: Config, events: ChannelEvents): Promise<Pipeline | undefined> {
    try {
      const { createPipeline, drainBeforeExit } = await import('@awslogs/core');
      this.#pipeline = createPipeline(config, events.report);
      this.#forget = drainBeforeExit(this.#pipeline);
      for (const [timestamp, message] of this.#early.splice(0)) this.#pipeline.accept(timestamp, message);
      this.#behind.clear();
    } catch (error) {
      events.broken(error as Error);
    }
    return this.#pipeline;
  }

  write(timestamp: number, message: string): void {
    if (this.#pipeline !== undefined) {
      this.#pipeline.accept(timestamp, message);
      return;
    }
    this.#behind.add(message);
    this.#early.push([timestamp, message]);
  }

  async flush(): Promise<void> {
    await (await this.#loaded)?.flush();
  }

  async close(): Promise<void> {
    await (await this.#loaded)?.close();
    this.#forget();
  }
}
