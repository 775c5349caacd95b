import { performance } from 'node:perf_hooks';
import { SHARE_ENV, type Worker } from 'node:worker_threads';
import { type ExitDelivery, remainingCloseTime } from '../host/deliver-at-exit.js';
import { Counters } from '../reporting/counters.js';
import { withTimeout } from '../util/clock.js';
import { closingBudget, TERMINATION_MS } from '../util/closing-budget.js';
import type { Channel, ChannelContext, LoggedRecord } from './channel.js';
import { startWorker } from './start-worker.js';
import { WorkerOutbox } from './worker-outbox.js';
import { WorkerProgress } from './worker-progress.js';
import { type FromWorker, toWorkerData } from './worker-protocol.js';

/** Few objects in the worker live long. With 8 MB it holds 4 to 6 MB more at 100 records/s and saves no time that can be measured. */
const WORKER_YOUNG_MB = 4;

/** Carries records to a pipeline in a worker thread. This side never loads the AWS SDK. */
export class WorkerChannel implements Channel {
  readonly started: Promise<void>;
  readonly atExit: ExitDelivery = {
    requestClose: () => {
      this.#requestClose();
      this.#outbox.postAll();
    },
    awaitClose: () => this.#awaitClose(),
  };
  readonly #context: ChannelContext;
  readonly #progress = new WorkerProgress();
  readonly #counterMemory = Counters.memory();
  readonly #counters = new Counters(this.#counterMemory);
  readonly #worker: Worker;
  readonly #outbox: WorkerOutbox;
  /** Why the worker ended, as far as that is known. */
  #error: Error | undefined;
  #phase: 'starting' | 'started' | 'ended' = 'starting';
  #closes = 0;
  /** The deadline of the last close, on the monotonic clock. */
  #closeDeadline = 0;
  /** Called when the worker has completed the flush, has ended or was given up. */
  readonly #flushes = new Map<number, () => void>();
  #flushId = 0;
  #closed: () => void = () => undefined;

  constructor(context: ChannelContext) {
    this.#context = context;
    this.#worker = startWorker({
      name: 'putlogs',
      // dotenv or a secret manager may set credentials after the start.
      env: SHARE_ENV,
      workerData: toWorkerData({
        config: context.config,
        progress: this.#progress.memory,
        counters: this.#counterMemory,
      }),
      resourceLimits: { maxYoungGenerationSizeMb: WORKER_YOUNG_MB },
    });
    this.#outbox = new WorkerOutbox(
      (message) => this.#worker.postMessage(message),
      this.#progress,
      context.backpressure,
      context.clock,
    );
    this.started = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: FromWorker) => this.#onMessage(message, resolve));
      this.#worker.once('exit', (code) => this.#onExit(code, reject));
    });
    // Without a listener the error would be an uncaught exception in the application. 'exit' follows it.
    this.#worker.on('error', (error) => {
      this.#error ??= error;
    });
  }

  get hasReachedModule(): boolean {
    return this.#context.config.module !== undefined && this.#progress.isLoaded;
  }

  get isFull(): boolean {
    return this.#outbox.isFull;
  }

  write(record: LoggedRecord): void {
    this.#outbox.write(record);
  }

  expedite(): void {
    this.#outbox.expedite();
  }

  async flush(): Promise<void> {
    if (this.#phase === 'ended') return;
    const id = this.#flushId++;
    this.#worker.ref();
    await new Promise<void>((resolve) => {
      this.#flushes.set(id, resolve);
      this.#outbox.request({ kind: 'flush', id });
    });
    this.#flushes.delete(id);
    this.#unrefIfIdle();
  }

  async close(): Promise<void> {
    if (this.#phase === 'ended') return;
    const closed = new Promise<true>((resolve) => {
      this.#closed = () => resolve(true);
    });
    const isClosed = await withTimeout(this.#requestClose(), this.#context.clock, closed);
    if (isClosed === undefined) await this.#terminateStuck(new Error('it is stuck'));
    this.abandon();
  }

  abandon(): void {
    void this.#worker.terminate();
  }

  #onMessage(message: FromWorker, started: () => void): void {
    this.#outbox.postNext(); // The worker has received what was posted before it answered.
    switch (message?.kind) {
      case 'started':
        this.#phase = 'started';
        // The worker keeps the process alive only while it starts.
        this.#unrefIfIdle();
        started();
        break;
      case 'report':
        this.#context.report(message.report);
        break;
      case 'flushed':
        this.#flushes.get(message.id)?.();
        break;
      case 'closed':
        this.#closed();
        break;
      default: // 'received' needs no more; Node's watch mode and preloaded modules post messages of their own.
    }
  }

  #onExit(code: number, failed: (error: Error) => void): void {
    const error = this.#error ?? new Error(`exit code ${code}`);
    const hadStarted = this.#phase === 'started';
    const unseen = this.#end();
    if (hadStarted) this.#context.broken(error, this.#counters.final(), unseen);
    else failed(error);
    this.#closed();
  }

  /** @returns the records that never reached the worker */
  #end(): LoggedRecord[] {
    this.#phase = 'ended';
    for (const done of this.#flushes.values()) done();
    return this.#outbox.close();
  }

  #unrefIfIdle(): void {
    if (this.#flushes.size === 0) this.#worker.unref();
  }

  /** Ends the worker before it reads its counters, so that they are final. */
  async #terminateStuck(error: Error): Promise<void> {
    this.#error ??= error;
    await withTimeout(TERMINATION_MS, this.#context.clock, this.#worker.terminate());
    // The worker may be in a system call that does not return.
    if (this.#phase === 'ended') return;
    const unseen = this.#end();
    this.#context.broken(error, this.#counters.final(), unseen);
  }

  /** @returns how long the worker may take to answer, in milliseconds */
  #requestClose(): number {
    const { closeTimeoutMs } = this.#context.config;
    const timeoutMs = remainingCloseTime(closeTimeoutMs);
    const answerMs = timeoutMs + closingBudget(closeTimeoutMs).workerMs;
    this.#closeDeadline = performance.now() + answerMs + TERMINATION_MS;
    if (this.#phase === 'ended') return answerMs;
    this.#closes++;
    this.#outbox.request({ kind: 'close', timeoutMs });
    return answerMs;
  }

  #awaitClose(): void {
    if (this.#phase === 'ended') return;
    const waitBeganAt = performance.now();
    if (this.#progress.awaitStart(this.#closeDeadline)) {
      // The time that the worker took to start does not count against the delivery.
      this.#closeDeadline += performance.now() - waitBeganAt;
      if (this.#progress.awaitClose(this.#closes, this.#closeDeadline)) return;
    }
    const unseen = this.#end();
    const { exitCode } = this.#progress;
    const reason = exitCode === undefined ? 'it took too long' : `exit code ${exitCode}`;
    this.#context.broken(new Error(reason), this.#counters.final(), unseen);
  }
}
