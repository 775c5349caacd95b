import { remainingCloseTime } from '../host/deliver-at-exit.js';
import { drainBeforeExit } from '../host/drain-before-exit.js';
import type { Pipeline } from '../pipeline/pipeline.js';
import { nodeRequire } from '../util/node-require.js';
import type { Channel, ChannelContext, LoggedRecord } from './channel.js';

type PipelineModule = Pick<typeof import('../pipeline/pipeline.js'), 'createPipeline'>;

/** Carries records to a pipeline in this thread. The pipeline, and with it the AWS SDK, is loaded when a channel opens. */
export class InProcessChannel implements Channel {
  readonly started: Promise<void> | undefined;
  readonly hasReachedModule = false;
  /** The pipeline itself bounds what waits. */
  readonly isFull = false;
  readonly atExit = undefined;
  readonly #closeTimeoutMs: number;
  #pipeline: Pipeline | undefined;
  #stopDraining: () => void = () => undefined;
  #isAbandoned = false;

  constructor(context: ChannelContext) {
    this.#closeTimeoutMs = context.config.closeTimeoutMs;
    const loaded = loadNow();
    if (loaded !== undefined) this.#open(loaded, context);
    else this.started = import('../pipeline/pipeline.js').then((bundled) => this.#open(bundled, context));
  }

  #open({ createPipeline }: PipelineModule, { config, report }: ChannelContext): void {
    if (this.#isAbandoned) return;
    this.#pipeline = createPipeline(config, report);
    this.#stopDraining = drainBeforeExit(this.#pipeline);
  }

  write(record: LoggedRecord): void {
    this.#pipeline?.accept(...record);
  }

  expedite(): void {
    // The pipeline has the records already.
  }

  async flush(): Promise<void> {
    await this.#pipeline?.flush();
  }

  async close(): Promise<void> {
    await this.#pipeline?.close(remainingCloseTime(this.#closeTimeoutMs));
    this.#stopDraining();
  }

  abandon(): void {
    this.#isAbandoned = true; // An `import()` cannot be cancelled.
  }
}

/**
 * Loads the pipeline synchronously, with Node's own loader, by the package's name: a relative path may lead to some other
 * file once this one is in a bundle. Jest loads modules anew for each test file, and fails when an `import()` happens after the
 * last test.
 * @returns undefined where that fails. In a bundle, Node does not find the package; the `import()` reports any other failure
 */
function loadNow(): PipelineModule | undefined {
  try {
    return nodeRequire(import.meta.url)('#putlogs/pipeline.js');
  } catch {
    return undefined;
  }
}
