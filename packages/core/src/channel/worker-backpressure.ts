import type { Reporter } from '../reporting/reporter.js';
import { plural } from '../util/plural.js';

/** What a text takes while it waits, beyond its bytes: the objects around it. Measured on Node 20. */
const OVERHEAD_BYTES = 200;

/** What waits on the main thread for a worker thread that falls behind: up to a bound, past which records are dropped. */
export class WorkerBackpressure {
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

  /** A text has to wait. @returns the bytes that it takes, for `remove` */
  add(text: string): number {
    const bytes = Buffer.byteLength(text) + OVERHEAD_BYTES;
    this.#bytes += bytes;
    return bytes;
  }

  /** The worker has received a text. */
  remove(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** Nothing waits any more. */
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
        `More than maxBufferBytes (${this.#maxBytes}) wait for the worker thread, which does not keep up: ${plural(all, 'record was', 'records were')} dropped.`,
    );
  }
}
