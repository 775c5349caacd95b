import { parentPort } from 'node:worker_threads';
import { Counters, createPipeline, type Pipeline, Utf8ChunkEncoder } from '@putlogs/core';
import { FrameDecoder } from './frame.js';
import { Progress } from './progress.js';
import { type FromWorker, ownWorkerInput, type ToWorker, type WorkerInput } from './worker-protocol.js';

/** The worker's side of a WorkerChannel. */
class PipelineThread {
  readonly #input: WorkerInput;
  readonly #progress: Progress;
  readonly #counters: Counters;
  readonly #frames = new FrameDecoder((...record) => this.#pipeline().accept(...record));
  readonly #pieces = new Utf8ChunkEncoder((piece) => this.#frames.push(piece));
  /** Records that are logged after a close, while the process exits, get a new one. */
  #open: Pipeline | undefined;

  constructor(input: WorkerInput) {
    this.#input = input;
    this.#progress = new Progress(input.memory);
    this.#counters = new Counters(input.counters);
  }

  start(): void {
    process.once('exit', () => this.#progress.end());
    // At once, since an earlier process may have left events in the spool.
    this.#pipeline();
    parentPort?.on('message', (message: ToWorker) => this.#take(message));
    post({ kind: 'started' });
    this.#progress.start();
  }

  #pipeline(): Pipeline {
    this.#open ??= createPipeline(this.#input.config, (report) => post({ kind: 'report', report }), {
      counters: this.#counters,
    });
    return this.#open;
  }

  #take(message: ToWorker): void {
    if (typeof message === 'string') {
      this.#pieces.push(message);
      if (this.#progress.receive()) post({ kind: 'received' });
    } else if (message.kind === 'flush') void this.#flush(message.id);
    else if (message.kind === 'close') void this.#close(message.timeoutMs);
  }

  async #flush(id: number): Promise<void> {
    await this.#open?.flush();
    post({ kind: 'flushed', id });
  }

  async #close(timeoutMs: number): Promise<void> {
    const closing = this.#open;
    this.#open = undefined;
    await closing?.close(timeoutMs);
    post({ kind: 'closed' });
    this.#progress.close();
  }
}

function post(message: FromWorker): void {
  parentPort?.postMessage(message);
}

const input = ownWorkerInput();
if (input !== undefined) new PipelineThread(input).start();
