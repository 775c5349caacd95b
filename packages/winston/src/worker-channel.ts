import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers'; // Node's own: a test that fakes the global ones does not stop us.
import { Counters, withTimeout } from '@putlogs/core/main-thread';
// biome-ignore lint/style/useNodejsImportProtocol: by this name webpack brings the worker's file along.
import { SHARE_ENV, Worker } from 'worker_threads';
import { timeToClose } from './at-exit.js';
import type { Channel, ChannelContext, ExitPort, LoggedRecord } from './channel.js';
import { encodeFrame } from './frame.js';
import { Progress } from './progress.js';
import { type FromWorker, type ToWorker, toWorkerData } from './worker-protocol.js';

/** What a worker may take beyond `closeTimeoutMs`: for its last writes, and to be heard. */
const GRACE_MS = 2000;

/** Hardly anything in the worker lives long: with V8's 48 MB it takes more memory, and no less time. */
const WORKER_YOUNG_MB = 8;

/** The worker takes all at once that it was posted, and sends nothing meanwhile. The rest waits on this side. */
const MAX_UNRECEIVED_BYTES = 4 * 1024 * 1024;

/** In characters: no more than so many wait on the heap for the event loop to turn. */
const MAX_JOINED_LENGTH = 64 * 1024;

/** To a pipeline in a worker thread. This side never loads the AWS SDK. */
export class WorkerChannel implements Channel {
  readonly started: Promise<void>;
  readonly atExit: ExitPort = {
    requestClose: () => {
      this.#requestClose();
      this.#postUpTo(Number.POSITIVE_INFINITY);
    },
    awaitClose: () => this.#awaitClose(),
  };
  readonly #context: ChannelContext;
  readonly #progress = new Progress();
  readonly #counterMemory = Counters.memory();
  readonly #counters = new Counters(this.#counterMemory);
  readonly #worker: Worker;
  /** Why the worker ended, as far as is known. */
  #why: Error | undefined;
  #phase: 'starting' | 'started' | 'ended' = 'starting';
  /** Frames that are posted in one piece, when the event loop turns at the latest: each message has its price. */
  #mergeGaps = '';
  /** What is not posted yet. */
  readonly #queue: { readonly message: ToWorker; readonly bytes: number }[] = [];
  /** The bytes of the messages with records that are posted, and not received by the worker, in their order. */
  readonly #unreceived: number[] = [];
  #unreceivedBytes = 0;
  #received = 0;
  #closes = 0;
  /** Until when the last close may take. */
  #closeDeadline = 0;
  /** What is called when the worker has done what it was asked, or has ended. */
  readonly #flushes = new Map<number, () => void>();
  #flushId = 0;
  #closed: () => void = () => undefined;

  constructor(context: ChannelContext) {
    this.#context = context;
    // Bundlers know this expression, and bring the worker's file along.
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), {
      name: 'putlogs',
      // Credentials may be set after the start, by dotenv or a secret manager.
      env: SHARE_ENV,
      workerData: toWorkerData({
        config: context.config,
        memory: this.#progress.memory,
        counters: this.#counterMemory,
      }),
      resourceLimits: { maxYoungGenerationSizeMb: WORKER_YOUNG_MB },
    });
    this.started = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: FromWorker) => this.#take(message, resolve));
      this.#worker.once('exit', (code) => this.#ended(code, reject));
    });
    // Without a listener it would be an uncaught exception of the application's. 'exit' follows.
    this.#worker.on('error', (error) => {
      this.#why ??= error;
    });
  }

  #take(message: FromWorker, started: () => void): void {
    switch (message?.kind) {
      case 'started':
        this.#phase = 'started';
        // Until it has started, the worker keeps the process alive; then it no longer does.
        this.#release();
        started();
        break;
      case 'report':
        this.#context.report(message.report);
        break;
      case 'received':
        this.#pump();
        break;
      case 'flushed':
        this.#flushes.get(message.id)?.();
        break;
      case 'closed':
        this.#closed();
        break;
      default: // Node's watch mode and preloaded modules post messages of their own.
    }
  }

  #ended(code: number, failed: (error: Error) => void): void {
    const error = this.#why ?? new Error(`it ended with code ${code}`);
    const hadStarted = this.#phase === 'started';
    this.#phase = 'ended';
    if (hadStarted) this.#context.broken(error, this.#counters.final());
    else failed(error);
    for (const done of [...this.#flushes.values()]) done();
    this.#closed();
  }

  get isFull(): boolean {
    const { backpressure } = this.#context;
    if (backpressure.isFull) this.#countReceived();
    return backpressure.isFull;
  }

  write(...record: LoggedRecord): void {
    if (this.#mergeGaps === '') setImmediate(() => this.#postJoined());
    this.#mergeGaps += encodeFrame(...record);
    if (this.#mergeGaps.length >= MAX_JOINED_LENGTH) this.#postJoined();
  }

  #postJoined(): void {
    const mergeGaps = this.#mergeGaps;
    this.#mergeGaps = '';
    // What a worker that has ended was to take waits no more: it is counted as lost already.
    if (mergeGaps === '' || this.#phase === 'ended') return;
    this.#queue.push({ message: mergeGaps, bytes: this.#context.backpressure.add(mergeGaps) });
    this.#pump();
  }

  /** Posts what there is room for, and the rest when the worker has received that. */
  #pump(): void {
    this.#postUpTo(MAX_UNRECEIVED_BYTES);
    if (this.#queue.length === 0) return;
    this.#progress.askForNotice();
    // The worker may have received everything before it was asked.
    this.#postUpTo(MAX_UNRECEIVED_BYTES);
  }

  #postUpTo(maxBytes: number): void {
    this.#countReceived();
    let posted = 0;
    for (const { message, bytes } of this.#queue) {
      if (this.#unreceivedBytes > maxBytes) break;
      this.#worker.postMessage(message);
      posted++;
      if (typeof message !== 'string') continue;
      this.#unreceived.push(bytes);
      this.#unreceivedBytes += bytes;
    }
    this.#queue.splice(0, posted);
  }

  #countReceived(): void {
    const { received } = this.#progress;
    for (const bytes of this.#unreceived.splice(0, (received - this.#received) | 0)) {
      this.#unreceivedBytes -= bytes;
      this.#context.backpressure.remove(bytes);
    }
    this.#received = received;
  }

  /** After all that was written. */
  #post(message: ToWorker): void {
    this.#postJoined();
    this.#queue.push({ message, bytes: 0 });
    this.#pump();
  }

  async flush(): Promise<void> {
    if (this.#phase === 'ended') return;
    const id = this.#flushId++;
    this.#worker.ref();
    await new Promise<void>((resolve) => {
      this.#flushes.set(id, resolve);
      this.#post({ kind: 'flush', id });
    });
    this.#flushes.delete(id);
    this.#release();
  }

  #release(): void {
    if (this.#flushes.size === 0 && this.#closes === 0) this.#worker.unref();
  }

  async close(): Promise<void> {
    if (this.#phase === 'ended') return;
    this.#worker.ref();
    let cancel: () => void = () => undefined;
    const isClosed = await new Promise<boolean>((resolve) => {
      // What the worker has said by then is heard first, should this thread have been busy.
      const patienceMs = this.#requestClose() + GRACE_MS;
      cancel = this.#context.clock.after(patienceMs, () => setImmediate(() => resolve(false)), true);
      this.#closed = () => resolve(true);
    });
    cancel();
    if (!isClosed) await this.#endStuck(new Error('it is stuck'));
    this.abandon();
  }

  /** What the worker counts is final when it has ended. */
  async #endStuck(why: Error): Promise<void> {
    this.#why ??= why;
    await withTimeout(GRACE_MS, this.#context.clock, this.#worker.terminate());
    // It is in a call of the system that does not return.
    if (this.#phase !== 'ended') this.#context.broken(why, this.#counters.final());
  }

  abandon(): void {
    if (this.#phase === 'started') this.#phase = 'ended';
    void this.#worker.terminate();
  }

  /** @returns how long that may take */
  #requestClose(): number {
    const timeoutMs = timeToClose(this.#context.config.closeTimeoutMs);
    this.#closeDeadline = performance.now() + timeoutMs + GRACE_MS;
    if (this.#phase === 'ended') return timeoutMs;
    this.#closes++;
    this.#post({ kind: 'close', timeoutMs });
    return timeoutMs;
  }

  #awaitClose(): void {
    if (this.#phase === 'ended') return;
    const begunAt = performance.now();
    if (this.#progress.awaitStart(this.#closeDeadline - begunAt)) {
      // What the start took is not taken from the delivery.
      this.#closeDeadline += performance.now() - begunAt;
      if (this.#progress.awaitClose(this.#closes, this.#closeDeadline - performance.now())) return;
    }
    this.#phase = 'ended';
    this.#context.broken(new Error('it took too long'), this.#counters.final());
  }
}
