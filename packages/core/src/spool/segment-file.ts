import fs, { constants } from 'node:fs';
import { promisify } from 'node:util';
import { fileCalls } from './file-calls.js';

/** What is told of a segment's file. */
export interface SegmentFileEvents {
  /** The system has taken so many bytes more. */
  written(bytes: number): void;
  /** The system refused what was to be written, all of which is dropped. */
  failed(error: unknown): void;
  /** Called once. @param error why the file could not be synced or closed */
  closed(error: unknown): void;
}

/** Small writes are joined up to this. */
const MAX_WRITE_BYTES = 256 * 1024;

/** A new file that is written from its start to its end, synced, and closed. Bytes are taken at once, and written later. */
export class SegmentFile {
  readonly #fd: number;
  readonly #events: SegmentFileEvents;
  #waiting: Buffer[] = [];
  #isWorking = false;
  #isEnded = false;
  /** What is in it is wanted: it is synced before it is closed. */
  #isWanted = true;

  private constructor(fd: number, events: SegmentFileEvents) {
    this.#fd = fd;
    this.#events = events;
  }

  /** @throws the system's error when there is such a file, or it cannot be made */
  static async create(path: string, events: SegmentFileEvents): Promise<SegmentFile> {
    const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL } = constants;
    const flags = O_WRONLY | O_APPEND | O_CREAT | O_EXCL;
    return new SegmentFile(await fileCalls.run(() => promisify(fs.open)(path, flags, 0o600)), events);
  }

  write(data: Buffer): void {
    this.#waiting.push(data);
    void this.#work();
  }

  /** Syncs and closes the file when everything is written. */
  end(): void {
    this.#isEnded = true;
    void this.#work();
  }

  /** Drops what waits, and closes the file: nobody needs what is in it. */
  destroy(): void {
    this.#waiting = [];
    this.#isWanted = false;
    this.end();
  }

  /** Never rejects. */
  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    while (this.#waiting.length > 0) await this.#writeNext();
    if (this.#isEnded) this.#events.closed(await this.#close());
    else this.#isWorking = false;
  }

  async #writeNext(): Promise<void> {
    try {
      // What comes before it is this file's turn goes as well.
      await fileCalls.run(async () => {
        for (let rest = this.#take(); rest.length > 0; ) {
          const bytes = await written(this.#fd, rest);
          rest = rest.subarray(bytes);
          this.#events.written(bytes);
        }
      });
    } catch (error) {
      this.#waiting = [];
      this.#events.failed(error);
    }
  }

  #take(): Buffer {
    let [count, bytes] = [0, 0];
    for (const { length } of this.#waiting) {
      if (count > 0 && bytes + length > MAX_WRITE_BYTES) break;
      count++;
      bytes += length;
    }
    const [first = Buffer.alloc(0), ...others] = this.#waiting.splice(0, count);
    return others.length === 0 ? first : Buffer.concat([first, ...others], bytes);
  }

  /** @returns the first error */
  async #close(): Promise<unknown> {
    const isSynced = this.#isWanted ? fileCalls.run(() => promisify(fs.fsync)(this.#fd)) : undefined;
    const results = await Promise.allSettled([isSynced, fileCalls.run(() => promisify(fs.close)(this.#fd))]);
    return results.find((result) => result.status === 'rejected')?.reason;
  }
}

/** @returns how many bytes the system took */
function written(fd: number, data: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.write(fd, data, (error, bytes) => (error ? reject(error) : resolve(bytes)));
  });
}
