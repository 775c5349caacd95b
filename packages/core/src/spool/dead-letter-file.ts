import { constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DeadLetters } from '../contracts/dead-letters.js';
import type { Reporter } from '../reporting/reporter.js';
import { errorMessage } from '../util/error-message.js';
import { mkdir, type OpenFile, rename } from './file-calls.js';
import { openTrusted } from './trusted-file.js';

/** Where refused events were to go. */
interface LetterAddress {
  readonly logGroupName: string;
  readonly logStreamName: string;
}

/** What may wait for a slow disk. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** So much is written at once. */
const PIECE_BYTES = 64 * 1024;

/**
 * A file of events that the service refuses for good, one JSON object a line. When it has half of the bytes that the
 * dead letters may take, it becomes `….1`, whose predecessor goes.
 */
export class DeadLetterFile implements DeadLetters {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #reporter: Reporter;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;

  constructor(path: string, maxBytes: number, reporter: Reporter) {
    // The application may change its working directory.
    this.#path = resolve(path);
    this.#maxBytes = maxBytes;
    this.#reporter = reporter;
  }

  /** @param events the JSON of each */
  add(reason: string, { logGroupName, logStreamName }: LetterAddress, events: readonly string[]): void {
    const head = JSON.stringify({ reason, at: new Date().toISOString(), logGroupName, logStreamName });
    for (const json of events) this.#wait(Buffer.from(`${head.slice(0, -1)},${json.slice(1)}\n`));
    this.#writeSoon();
  }

  #wait(line: Buffer): void {
    if (this.#waitingBytes + line.length > MAX_WAITING_BYTES) {
      this.#failed(new Error('the disk does not keep up'));
      return;
    }
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
  }

  /** Resolves when all is written, or never will be. */
  async close(): Promise<void> {
    this.#writeSoon();
    while (this.#writing !== undefined) await this.#writing;
  }

  #writeSoon(): void {
    if (this.#waiting.length === 0) return;
    this.#writing ??= this.#write()
      .then(
        () => true,
        (error) => {
          this.#failed(error);
          return false;
        },
      )
      .then((isPersisted) => {
        this.#writing = undefined;
        // What came while the file was being closed.
        if (isPersisted) this.#writeSoon();
      });
  }

  /** What waits is tried again with the next letter when it cannot be written now. @throws when that is so */
  async #write(): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    let file = await this.#open();
    try {
      let { size } = await file.stat();
      while (this.#waiting.length > 0) {
        const room = this.#maxBytes / 2 - size;
        if (size > 0 && (this.#waiting[0]?.length ?? 0) > room) {
          await file.close();
          await this.#rotate();
          file = await this.#open();
          ({ size } = await file.stat());
          if (size > 0) throw new Error(`${this.#path} is full`);
        } else size += await this.#writePiece(file, Math.min(room, PIECE_BYTES));
      }
    } finally {
      await file.close();
    }
  }

  async #open(): Promise<OpenFile> {
    const { O_WRONLY, O_APPEND, O_CREAT } = constants;
    const file = await openTrusted(this.#path, O_WRONLY | O_APPEND | O_CREAT, 0o600);
    await file.chmod(0o600);
    return file;
  }

  async #rotate(): Promise<void> {
    await rename(this.#path, `${this.#path}.1`);
  }

  /** One line at least. @returns what they take */
  async #writePiece(file: OpenFile, maxBytes: number): Promise<number> {
    let [count, bytes] = [0, 0];
    for (const { length } of this.#waiting) {
      if (count > 0 && bytes + length > maxBytes) break;
      count++;
      bytes += length;
    }
    await file.write(Buffer.concat(this.#waiting.slice(0, count)));
    this.#waiting.splice(0, count);
    this.#waitingBytes -= bytes;
    return bytes;
  }

  #failed(error: unknown): void {
    this.#reporter.problem(
      'dead-letters',
      `Dead letters cannot be written to ${this.#path}, and are lost if that lasts. (${errorMessage(error)})`,
    );
  }
}
