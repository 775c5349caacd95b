import { Module } from 'node:module';
import type { Pipeline } from '@putlogs/core';
import { timeToClose } from './at-exit.js';
import type { Channel, ChannelContext, LoggedRecord } from './channel.js';

type Core = typeof import('@putlogs/core');

/** To a pipeline in the same thread, which is loaded when it is first wanted. */
export class InProcessChannel implements Channel {
  readonly started: Promise<void> | undefined;
  /** The pipeline bounds what waits. */
  readonly isFull = false;
  readonly atExit = undefined;
  #pipeline: Pipeline | undefined;
  readonly #closeTimeoutMs: number;
  #evict: () => void = () => undefined;

  constructor(context: ChannelContext) {
    this.#closeTimeoutMs = context.config.closeTimeoutMs;
    const core = loadNow();
    if (core !== undefined) this.#open(core, context);
    else this.started = import('@putlogs/core').then((bundled) => this.#open(bundled, context));
  }

  #open({ createPipeline, drainBeforeExit }: Core, { config, report }: ChannelContext): void {
    this.#pipeline = createPipeline(config, report);
    this.#evict = drainBeforeExit(this.#pipeline);
  }

  write(...record: LoggedRecord): void {
    this.#pipeline?.accept(...record);
  }

  async flush(): Promise<void> {
    await this.#pipeline?.flush();
  }

  async close(): Promise<void> {
    await this.#pipeline?.close(timeToClose(this.#closeTimeoutMs));
    this.#evict();
  }

  abandon(): void {
    // What is loaded cannot be unloaded, and holds nothing.
  }
}

/**
 * At once, and by Node itself. Jest loads modules for each test file, fails when one is loaded after the last test, as an
 * `import()` of ours or the AWS SDK's may be, and puts a subclass with a `createRequire` of its own in Node's place.
 * @returns undefined where Node does not find it, as in a bundle
 */
function loadNow(): Core | undefined {
  const nodes: Partial<typeof Module> = Object.getPrototypeOf(Module);
  const createRequire = nodes.createRequire ?? Module.createRequire;
  try {
    return createRequire(import.meta.url)('@putlogs/core');
  } catch {
    return undefined;
  }
}
