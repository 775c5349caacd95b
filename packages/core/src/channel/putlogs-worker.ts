import { parentPort } from 'node:worker_threads';
import { type AssembledPipeline, assemblePipeline } from '../pipeline/pipeline.js';
import { Counters } from '../reporting/counters.js';
import { decodeFrames } from './frame-codec.js';
import { WorkerInbox } from './worker-inbox.js';
import { WorkerProgress } from './worker-progress.js';
import { type FromWorker, ownWorkerInput, type ToWorker, type WorkerInput } from './worker-protocol.js';

/** The worker's side of a `WorkerChannel`. */
class PipelineThread {
  readonly #input: WorkerInput;
  readonly #progress: WorkerProgress;
  readonly #counters: Counters;
  /** A record that arrives after a close, while the process exits, opens a new one. */
  #open: AssembledPipeline | undefined;
  /** The last one that was opened: what the user's module has started goes on after the close. */
  #last: AssembledPipeline | undefined;

  constructor(input: WorkerInput) {
    this.#input = input;
    this.#progress = new WorkerProgress(input.progress);
    this.#counters = new Counters(input.counters);
  }

  start(): void {
    process.once('exit', (code) => this.#progress.end(code));
    this.#progress.load();
    // Opened before the first record, because an earlier process may have left events in the spool.
    this.#pipeline();
    // Our own code leaves no error uncaught. The user's module may, in a timer or a promise. Not before there is a pipeline to
    // report it: without one, the worker has to end.
    if (this.#input.config.module !== undefined)
      process.on('uncaughtException', (error) => this.#last?.reportUncaught(error));
    const inbox = new WorkerInbox((message) => this.#onMessage(message));
    parentPort?.on('message', (message: ToWorker) => inbox.push(message));
    post({ kind: 'started' });
    this.#progress.start();
  }

  #pipeline(): AssembledPipeline {
    this.#open ??= assemblePipeline(this.#input.config, (report) => post({ kind: 'report', report }), {
      counters: this.#counters,
    });
    this.#last = this.#open;
    return this.#open;
  }

  #onMessage(message: ToWorker): void {
    if (message instanceof Uint8Array) {
      if (!this.#progress.begin()) return;
      // A close may come between two messages, and not within one.
      const pipeline = this.#pipeline();
      decodeFrames(message, (...record) => pipeline.accept(...record));
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
