import { performance } from 'node:perf_hooks';

/** Positions in the shared memory. */
const STAGE = 0;
const RECEIVED = 1;
const NOTICE = 2;

/** Stages: one more for each time that the worker has closed its pipeline. */
const STARTED = 1;
const ENDED = -1;

/**
 * How far a worker is, in memory that both threads see: the main thread looks at it without an event, and can block until
 * the worker is further, as it must at the process's exit.
 */
export class Progress {
  readonly memory: SharedArrayBuffer;
  readonly #state: Int32Array<SharedArrayBuffer>;

  constructor(memory = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#state = new Int32Array(memory);
  }

  /** How many messages with records the worker has received, modulo 2³². */
  get received(): number {
    return Atomics.load(this.#state, RECEIVED);
  }

  /** The worker is to say when it has received the next one. */
  askForNotice(): void {
    Atomics.store(this.#state, NOTICE, 1);
  }

  /** @returns whether the worker has started within `ms` milliseconds. Blocks. */
  awaitStart(ms: number): boolean {
    return this.#await(STARTED, ms);
  }

  /** @returns whether the worker has closed its pipeline for the `times`th time within `ms` milliseconds. Blocks. */
  awaitClose(times: number, ms: number): boolean {
    return this.#await(STARTED + times, ms);
  }

  #await(stage: number, ms: number): boolean {
    const deadline = performance.now() + ms;
    for (;;) {
      const reached = Atomics.load(this.#state, STAGE);
      if (reached >= stage) return true;
      const left = deadline - performance.now();
      if (reached === ENDED || left <= 0) return false;
      Atomics.wait(this.#state, STAGE, reached, left);
    }
  }

  /** The worker: it takes records. */
  start(): void {
    this.#reach(STARTED);
  }

  /** The worker: it has closed its pipeline once more. */
  close(): void {
    this.#reach(Atomics.load(this.#state, STAGE) + 1);
  }

  /** The worker: it is about to end. */
  end(): void {
    this.#reach(ENDED);
  }

  #reach(stage: number): void {
    Atomics.store(this.#state, STAGE, stage);
    Atomics.notify(this.#state, STAGE);
  }

  /** The worker: it has received a message with records. @returns whether it is to say so */
  receive(): boolean {
    Atomics.add(this.#state, RECEIVED, 1);
    return Atomics.exchange(this.#state, NOTICE, 0) === 1;
  }
}
