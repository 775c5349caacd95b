import { write, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { type Clock, withTimeout } from '../util/clock.js';
import { errorCode } from '../util/error-message.js';

/** A write to a pipe of up to this size is not mixed with those of others: PIPE_BUF in pipe(7). */
const MAX_CHUNK_BYTES = 4096;

/** The pause before a full pipe is tried again. */
const RETRY_MS = 20;
/** The same while nothing else runs, and how often. */
const SYNC_RETRY_MS = 5;
const MAX_SYNC_RETRIES = 200;

/** @param error undefined: everything is written */
type Done = (error: unknown) => void;

interface Chunk {
  readonly bytes: Buffer;
  readonly done: Done | undefined;
}

/**
 * Writes lines to a file descriptor. In a worker, `process.stdout` goes through the main thread, and what it holds is lost at exit.
 * Lines of up to 4096 bytes stay whole beside those that the application writes.
 */
export class LineOutput {
  readonly #fd: number;
  readonly #clock: Clock;
  #waiting: Chunk[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;

  constructor(fd: number, clock: Clock) {
    this.#fd = fd;
    this.#clock = clock;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Writes lines in the background, one call at a time. @param lines with their ends */
  write(lines: readonly string[], done: Done): void {
    const chunks = chunksOf(lines);
    for (const [i, bytes] of chunks.entries()) {
      this.#waiting.push({ bytes, done: i === chunks.length - 1 ? done : undefined });
      this.#waitingBytes += bytes.length;
    }
    this.#writing ??= this.#write().then(() => {
      this.#writing = undefined;
    });
  }

  /** Writes what waits and blocks meanwhile. A chunk that is being written may be written twice. */
  writeNow(): void {
    let retries = 0;
    for (let [chunk] = this.#waiting; chunk !== undefined; [chunk] = this.#waiting) {
      try {
        this.#wrote(chunk, writeSync(this.#fd, chunk.bytes));
      } catch (error) {
        if (isBusy(error) && retries++ < MAX_SYNC_RETRIES) sleep(SYNC_RETRY_MS);
        else this.#fail(error);
      }
    }
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  /** The same, but gives up after this time what waits then. */
  async close(timeoutMs: number): Promise<void> {
    await withTimeout(timeoutMs, this.#clock, this.idle());
    if (this.#waiting.length > 0) this.#fail(new Error('there was no more time to write'));
  }

  async #write(): Promise<void> {
    await undefined; // at the process's exit nothing begins that `writeNow` would write again
    for (let [chunk] = this.#waiting; chunk !== undefined; [chunk] = this.#waiting) {
      try {
        const { bytesWritten } = await promisify(write)(this.#fd, chunk.bytes);
        this.#wrote(chunk, bytesWritten);
      } catch (error) {
        if (isBusy(error)) await new Promise<void>((resolve) => this.#clock.after(RETRY_MS, resolve));
        else this.#fail(error);
      }
    }
  }

  #wrote(chunk: Chunk, bytes: number): void {
    // It was written or given up by another call meanwhile.
    if (this.#waiting[0] !== chunk) return;
    this.#waitingBytes -= bytes;
    if (bytes < chunk.bytes.length) this.#waiting[0] = { ...chunk, bytes: chunk.bytes.subarray(bytes) };
    else {
      this.#waiting.shift();
      chunk.done?.(undefined);
    }
  }

  /** Everything that waits is given up. */
  #fail(error: unknown): void {
    const lost = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const { done } of lost) done?.(error);
  }
}

/** Lines together as far as they fit into a chunk. A longer line is a chunk of its own. */
function chunksOf(lines: readonly string[]): Buffer[] {
  const chunks: Buffer[] = [];
  let joined: Buffer[] = [];
  let bytes = 0;
  for (const text of lines) {
    const line = Buffer.from(text);
    if (bytes > 0 && bytes + line.length > MAX_CHUNK_BYTES) {
      chunks.push(Buffer.concat(joined));
      joined = [];
      bytes = 0;
    }
    joined.push(line);
    bytes += line.length;
  }
  return [...chunks, Buffer.concat(joined)];
}

function isBusy(error: unknown): boolean {
  return errorCode(error) === 'EAGAIN';
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
