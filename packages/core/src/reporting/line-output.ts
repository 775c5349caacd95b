import { withTimeout } from '../util/clock.js';
import type { DescriptorWriter, Done } from './descriptor-writer.js';

/** The lines of one logger or pipeline for a writer that others use as well. */
export class LineOutput {
  readonly #writer: DescriptorWriter;
  /** How many calls of `write` have not ended. */
  #writes = 0;
  #idleCallbacks: (() => void)[] = [];

  constructor(writer: DescriptorWriter) {
    this.#writer = writer;
  }

  /** An estimate of the memory that waits for the writer, that of others included. */
  get waitingBytes(): number {
    return this.#writer.waitingBytes;
  }

  /** Writes lines in the background, or, at the process's exit, at once. @param lines at least one, with their ends */
  write(lines: readonly string[], done: Done): void {
    this.#writes++;
    this.#writer.write(this, lines, (error) => {
      this.#writes--;
      done(error);
      if (this.#writes === 0) for (const callback of this.#idleCallbacks.splice(0)) callback();
    });
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    if (this.#writes > 0) await new Promise<void>((resolve) => this.#idleCallbacks.push(resolve));
  }

  /** The same, but after this time it gives up what still waits. */
  async close(timeoutMs: number): Promise<void> {
    await withTimeout(timeoutMs, this.#writer.clock, this.idle());
    if (this.#writes > 0) this.#writer.giveUp(this, new Error('there was no more time to write'));
  }
}
