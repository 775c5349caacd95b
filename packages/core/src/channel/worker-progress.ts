import { performance } from 'node:perf_hooks';

/** Positions in the shared memory. */
const STAGE = 0;
const RECEIVED = 1;
const NOTICE = 2;
const BEGUN = 3;
const LOADED = 4;
const STOPPED = 5;
const EXIT_CODE = 6;
const CELLS = 7;

/** The stage goes up by one each time the worker has closed its pipeline. */
const STARTED = 1;
const ENDED = -1;

/**
 * A worker's progress, in memory that both threads share. The main thread reads it without a message, and can block until
 * the worker reaches a stage, as it must at the process's exit.
 */
export class WorkerProgress {
  readonly memory: SharedArrayBuffer;
  readonly #cells: Int32Array<SharedArrayBuffer>;

  constructor(memory = new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#cells = new Int32Array(memory);
  }

  /** The number of messages with records that the worker has received, modulo 2³². */
  get received(): number {
    return Atomics.load(this.#cells, RECEIVED);
  }

  /** The number of those that it has begun to receive: one more while it is working on one. */
  get begun(): number {
    return Atomics.load(this.#cells, BEGUN);
  }

  /** Asks the worker for a message when it receives the next records. */
  askForNotice(): void {
    Atomics.store(this.#cells, NOTICE, 1);
  }

  /** Blocks until a deadline on the monotonic clock. @returns whether the worker has started */
  awaitStart(deadline: number): boolean {
    return this.#await(STARTED, deadline);
  }

  /** Blocks until a deadline on the monotonic clock. @returns whether the worker has closed its pipeline that many times */
  awaitClose(times: number, deadline: number): boolean {
    return this.#await(STARTED + times, deadline);
  }

  #await(stage: number, deadline: number): boolean {
    for (;;) {
      const reached = Atomics.load(this.#cells, STAGE);
      if (reached >= stage) return true;
      const remainingMs = deadline - performance.now();
      if (reached === ENDED || remainingMs <= 0) return false;
      Atomics.wait(this.#cells, STAGE, reached, remainingMs);
    }
  }

  /** Whether all of the worker's own code was loaded. What follows may be the user's. */
  get isLoaded(): boolean {
    return Atomics.load(this.#cells, LOADED) === 1;
  }

  /** Called by the worker: its own code is loaded. */
  load(): void {
    Atomics.store(this.#cells, LOADED, 1);
  }

  /** Called by the worker: it can take records. */
  start(): void {
    this.#reach(STARTED);
  }

  /** Called by the worker: it has closed its pipeline once more. */
  close(): void {
    this.#reach(Atomics.load(this.#cells, STAGE) + 1);
  }

  /** Undefined if the worker has not ended, or has said nothing. */
  get exitCode(): number | undefined {
    return Atomics.load(this.#cells, STAGE) === ENDED ? Atomics.load(this.#cells, EXIT_CODE) : undefined;
  }

  /** Called by the worker: it is about to end. */
  end(exitCode: number): void {
    Atomics.store(this.#cells, EXIT_CODE, exitCode);
    this.#reach(ENDED);
  }

  #reach(stage: number): void {
    Atomics.store(this.#cells, STAGE, stage);
    Atomics.notify(this.#cells, STAGE);
  }

  /** From now on the worker begins with no message. To be called before `begun` is read for the last time. */
  stop(): void {
    Atomics.store(this.#cells, STOPPED, 1);
  }

  /** Called by the worker: it begins with a message with records. @returns false if it must not, since others have them now */
  begin(): boolean {
    // In this order: the main thread has counted the message as begun, or this thread sees that it must not begin.
    Atomics.add(this.#cells, BEGUN, 1);
    return Atomics.load(this.#cells, STOPPED) === 0;
  }

  /** Called by the worker: it has received a message with records. @returns whether the main thread asked for a notice */
  receive(): boolean {
    Atomics.add(this.#cells, RECEIVED, 1);
    return Atomics.exchange(this.#cells, NOTICE, 0) === 1;
  }
}
