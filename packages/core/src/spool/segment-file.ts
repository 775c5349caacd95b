import { once } from 'node:events';
import fs, { constants } from 'node:fs';
import { promisify } from 'node:util';
import sonicBoom from 'sonic-boom';
import { fileCalls } from './file-calls.js';

/** What a segment needs to know of its file. */
export interface SegmentFileObserver {
  /** The system has taken this many more bytes. */
  written(bytes: number): void;
  /** The system refused a write. Everything that was waiting is discarded. */
  failed(error: unknown): void;
  /** Called once. @param error why the file could not be closed, if it could not */
  closed(error: unknown): void;
}

/** Waiting buffers are joined up to this size and written with one call. */
const MAX_CHUNK_BYTES = 256 * 1024;

/** sonic-boom's types leave out that it takes Buffers when `contentMode` is 'buffer'. */
type Writer = Omit<InstanceType<typeof sonicBoom.SonicBoom>, 'write'> & { write(data: Buffer): boolean };

/**
 * A new file that is appended to, synced and closed. `write` returns at once; the bytes wait here until the file has a
 * turn in the queue of file calls. sonic-boom gets one chunk per turn, so it never buffers more than that.
 */
export class SegmentFile {
  readonly #fd: number;
  readonly #writer: Writer;
  readonly #observer: SegmentFileObserver;
  #waiting: Buffer[] = [];
  #isWorking = false;
  /** How the file is closed once nothing waits. */
  #end: 'sync' | 'discard' | undefined;

  private constructor(fd: number, observer: SegmentFileObserver) {
    this.#fd = fd;
    this.#writer = new sonicBoom.SonicBoom({ fd, contentMode: 'buffer' }) as unknown as Writer;
    this.#writer.on('write', (bytes: number) => observer.written(bytes));
    this.#observer = observer;
  }

  /** @throws the system's error if the file exists or cannot be created */
  static async create(path: string, observer: SegmentFileObserver): Promise<SegmentFile> {
    // sonic-boom opens files by name without O_EXCL.
    const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL } = constants;
    const flags = O_WRONLY | O_APPEND | O_CREAT | O_EXCL;
    return new SegmentFile(await fileCalls.run(() => promisify(fs.open)(path, flags, 0o600)), observer);
  }

  write(data: Buffer): void {
    this.#waiting.push(data);
    void this.#work();
  }

  /** Syncs and closes the file after everything is written. sonic-boom ignores a sync that fails. */
  end(): void {
    this.#end ??= 'sync';
    void this.#work();
  }

  /** Discards what waits and closes the file without a sync: nobody needs its content. */
  discard(): void {
    this.#waiting = [];
    this.#end = 'discard';
    void this.#work();
  }

  /** Never rejects. */
  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    while (this.#waiting.length > 0) await this.#writeChunk();
    if (this.#end === undefined) this.#isWorking = false;
    else this.#observer.closed(await this.#close());
  }

  async #writeChunk(): Promise<void> {
    try {
      await fileCalls.run(async () => {
        // Includes what came while the file waited for its turn.
        const chunk = this.#takeChunk();
        if (chunk.length === 0) return;
        const drained = once(this.#writer, 'drain');
        this.#writer.write(chunk);
        await drained;
      });
    } catch (error) {
      this.#waiting = [];
      this.#observer.failed(error);
    }
  }

  #takeChunk(): Buffer {
    let [count, bytes] = [0, 0];
    for (const { length } of this.#waiting) {
      if (count > 0 && bytes + length > MAX_CHUNK_BYTES) break;
      count++;
      bytes += length;
    }
    const [first = Buffer.alloc(0), ...others] = this.#waiting.splice(0, count);
    return others.length === 0 ? first : Buffer.concat([first, ...others], bytes);
  }

  /** @returns the error, if there was one */
  async #close(): Promise<unknown> {
    try {
      await fileCalls.run(async () => {
        // An `end()` that comes while this waits for its turn can still become a `discard()`.
        if (this.#end === 'discard') await promisify(fs.close)(this.#fd);
        else {
          const closed = once(this.#writer, 'close');
          this.#writer.end();
          await closed;
        }
      });
      return undefined;
    } catch (error) {
      return error;
    }
  }
}
