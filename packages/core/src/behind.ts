import type { Reporter } from './report.js';

/** What one write takes while it waits in thread-stream, beyond its bytes: measured on Node 20, its Buffer and all. */
const OVERHEAD_BYTES = 200;

/** What waits on the main thread for a worker thread that falls behind: up to a bound, past which records are dropped. */
export class Behind {
  readonly #maxBytes: number;
  readonly #reporter: Reporter;
  #bytes = 0;

  constructor(maxBytes: number, reporter: Reporter) {
    this.#maxBytes = maxBytes;
    this.#reporter = reporter;
  }

  get isFull(): boolean {
    return this.#bytes > this.#maxBytes;
  }

  /** What was written at once has to wait. */
  add(text: string): void {
    this.#bytes += Buffer.byteLength(text) + OVERHEAD_BYTES;
  }

  /** The worker has caught up. */
  clear(): void {
    this.#bytes = 0;
  }

  /** Counts and tells a record that finds no room. */
  drop(): void {
    this.#reporter.accept(1);
    this.#reporter.drop('bufferFull', 1);
    this.#reporter.loss(
      'buffer-full',
      1,
      (all) =>
        `More than maxBufferBytes (${this.#maxBytes}) wait for the worker thread, which does not keep up: ${all} records were dropped.`,
    );
  }
}
