import { fstatSync, writev, writevSync } from 'node:fs';
import { promisify } from 'node:util';
import { atExit, isExiting } from '../util/at-exit.js';
import { type Clock, systemClock } from '../util/clock.js';
import { errorCode } from '../util/error-message.js';
import { type Link, LinkedList } from '../util/linked-list.js';
import { LineChunk } from './line-chunk.js';

/** A write to a file is not mixed with others, whatever its size: it takes this many chunks. */
const MAX_CHUNKS_PER_FILE_WRITE = 256;

/** What a chunk takes beyond its bytes, and what the end of a write takes: the objects around them. Measured on Node 20. */
const OVERHEAD_BYTES = 300;

/** The pause before a full pipe is tried again. */
const RETRY_MS = 20;
/** The same while nothing else runs, and how often. */
const SYNC_RETRY_MS = 5;
const MAX_SYNC_RETRIES = 200;

/** @param error undefined: everything is written */
export type Done = (error: unknown) => void;

const standardWriters = new Map<number, DescriptorWriter>();

/**
 * The writer of this thread to stdout (1) or stderr (2). There is one for all loggers: while nobody reads, each writer keeps one
 * of libuv's few threads waiting.
 */
export function standardWriter(fd: 1 | 2): DescriptorWriter {
  const writer = standardWriters.get(fd) ?? new DescriptorWriter(fd, systemClock);
  standardWriters.set(fd, writer);
  return writer;
}

/**
 * Writes lines to a file descriptor, one write after the other, and what waits at the process's exit. In a worker,
 * `process.stdout` goes through the main thread, and what it holds is lost at exit. Lines of up to 4096 bytes stay whole
 * beside those that the application writes.
 */
export class DescriptorWriter {
  readonly clock: Clock;
  readonly #fd: number;
  #chunksPerWrite: number | undefined;
  #waiting = new LinkedList<LineChunk>();
  #waitingBytes = 0;
  /** What the system is writing. */
  #inFlight: readonly Link<LineChunk>[] = [];
  #isWriting = false;

  constructor(fd: number, clock: Clock) {
    this.#fd = fd;
    this.clock = clock;
    atExit(() => this.writeNow());
  }

  /** An estimate of the memory that waits. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /**
   * Writes lines in the background, or, at the process's exit, at once.
   * @param owner see {@link giveUp}
   * @param lines at least one, with their ends
   */
  write(owner: object, lines: readonly string[], done: Done): void {
    for (const line of lines) this.#add(owner, line);
    this.#waiting.last?.value.ends.push(done);
    this.#waitingBytes += OVERHEAD_BYTES;
    if (isExiting()) this.writeNow();
    else if (!this.#isWriting) void this.#write();
  }

  /** Gives up what an owner still has waiting. */
  giveUp(owner: object, error: unknown): void {
    const given: LineChunk[] = [];
    for (let link = this.#waiting.first; link !== undefined; link = link.next) {
      if (link.value.owner !== owner) continue;
      given.push(link.value);
      this.#waiting.remove(link);
    }
    // The next line must not continue the one that was cut.
    if (given[0]?.isCut) this.#waiting.addFirst(this.#newChunk(this, '\n'));
    for (const chunk of given) this.#end(chunk, error);
  }

  /** Writes what waits and blocks meanwhile. A chunk that is being written may be written twice. */
  writeNow(): void {
    let retries = 0;
    for (let chunks = this.#next(); chunks.length > 0; chunks = this.#next()) {
      try {
        const bytes = bytesOf(chunks);
        this.#wrote(chunks, bytes, writevSync(this.#fd, bytes));
      } catch (error) {
        if (isBusy(error) && retries++ < MAX_SYNC_RETRIES) sleep(SYNC_RETRY_MS);
        else this.#fail(error);
      }
    }
  }

  /** Joins lines as far as they fit into a chunk. */
  #add(owner: object, line: string): void {
    const { last } = this.#waiting;
    const isOpen = last !== undefined && last.value.owner === owner && !this.#inFlight.includes(last);
    if (isOpen && last.value.append(line)) return;
    this.#waiting.addLast(this.#newChunk(owner, line));
  }

  #newChunk(owner: object, line: string): LineChunk {
    const chunk = new LineChunk(owner, line);
    this.#waitingBytes += chunk.memoryBytes + OVERHEAD_BYTES;
    return chunk;
  }

  /** What the next write takes. */
  #next(): readonly Link<LineChunk>[] {
    this.#chunksPerWrite ??= isFile(this.#fd) ? MAX_CHUNKS_PER_FILE_WRITE : 1;
    const chunks: Link<LineChunk>[] = [];
    for (let { first: link } = this.#waiting; link !== undefined; link = link.next) {
      if (chunks.length === this.#chunksPerWrite) break;
      chunks.push(link);
    }
    return chunks;
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    await undefined; // joins the lines of this turn; at the process's exit nothing begins that `writeNow` would write again
    for (let chunks = this.#next(); chunks.length > 0; chunks = this.#next()) {
      try {
        this.#inFlight = chunks;
        const bytes = bytesOf(chunks);
        const { bytesWritten } = await promisify(writev)(this.#fd, bytes);
        this.#wrote(chunks, bytes, bytesWritten);
      } catch (error) {
        this.#inFlight = [];
        if (isBusy(error)) await new Promise<void>((resolve) => this.clock.after(RETRY_MS, resolve));
        else this.#fail(error);
      }
    }
    this.#inFlight = [];
    this.#isWriting = false;
  }

  /** @param taken the size of each chunk when it was handed over @param bytes how many of these are written */
  #wrote(chunks: readonly Link<LineChunk>[], taken: readonly Buffer[], bytes: number): void {
    let left = bytes;
    const ended: LineChunk[] = [];
    for (const [i, link] of chunks.entries()) {
      const written = Math.min(left, taken[i]?.length ?? 0);
      left -= written;
      // It was written or given up by another call meanwhile.
      if (link.value.isEnded || !link.value.advance(written)) continue;
      this.#waiting.remove(link);
      ended.push(link.value);
    }
    for (const chunk of ended) this.#end(chunk, undefined);
  }

  /** Everything that waits is given up. */
  #fail(error: unknown): void {
    const lost = [...this.#waiting];
    this.#waiting = new LinkedList();
    for (const chunk of lost) this.#end(chunk, error);
  }

  /** The chunk waits no more. */
  #end(chunk: LineChunk, error: unknown): void {
    this.#waitingBytes -= chunk.memoryBytes + OVERHEAD_BYTES * (1 + chunk.ends.length);
    chunk.end(error);
  }
}

function bytesOf(chunks: readonly Link<LineChunk>[]): Buffer[] {
  return chunks.map(({ value }) => value.bytes);
}

function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false; // it is closed, which the write will say
  }
}

function isBusy(error: unknown): boolean {
  return errorCode(error) === 'EAGAIN';
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
