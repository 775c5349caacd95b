import type { Fallback } from '../reporting/fallback.js';
import { LOSSES, type RescuableLoss } from '../reporting/losses.js';
import type { Reporter } from '../reporting/reporter.js';

/** What a waiting text takes beyond its bytes: the objects around it. Measured on Node 20. */
const OVERHEAD_BYTES = 200;

/** Bounds the bytes that wait on the main thread for a slow worker thread. Beyond the bound, records are dropped and counted. */
export class WorkerBackpressure {
  readonly #maxBytes: number;
  readonly #reporter: Reporter;
  readonly #fallback: Fallback | undefined;
  readonly #loss: RescuableLoss;
  #bytes = 0;
  /** A field, so that what waits for the fallback does not hold the text as well. */
  readonly #lost = (): void => this.#reporter.lose(this.#loss, 1);

  /** @param fallback takes what would be dropped */
  constructor(maxBytes: number, reporter: Reporter, fallback?: Fallback) {
    this.#maxBytes = maxBytes;
    this.#reporter = reporter;
    this.#fallback = fallback;
    this.#loss = LOSSES.workerBehind(maxBytes);
  }

  get isFull(): boolean {
    return this.isFullWith(0);
  }

  /** @param bytes wait as well, and were not added */
  isFullWith(bytes: number): boolean {
    return this.#bytes + bytes > this.#maxBytes;
  }

  /** Adds a text, or bytes, that have to wait. @returns what they take, to be given to `remove` */
  add(content: string | Uint8Array): number {
    const bytes = Buffer.byteLength(content) + OVERHEAD_BYTES;
    this.#bytes += bytes;
    return bytes;
  }

  /** Removes what the worker has received. */
  remove(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** Removes everything. */
  clear(): void {
    this.#bytes = 0;
  }

  /** Counts and reports a record that is dropped, or leaves that to the fallback. */
  drop(text: string): void {
    this.#reporter.accept(1);
    const isTaken = this.#fallback?.offer({
      events: 1,
      texts: () => [text],
      reason: 'workerBehind',
      why: this.#loss.why,
      lost: this.#lost,
    });
    if (isTaken !== true) this.#lost();
  }
}
