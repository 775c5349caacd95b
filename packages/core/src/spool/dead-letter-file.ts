import { constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DeadLetters } from '../contracts/dead-letters.js';
import type { DestinationName } from '../contracts/destination.js';
import type { Counts } from '../reporting/counts.js';
import type { Reporter } from '../reporting/reporter.js';
import { errorMessage } from '../util/error-message.js';
import { mkdir, type OpenFile, rename } from './file-calls.js';
import { openTrusted } from './trusted-file.js';

/** At most this much waits in memory for the disk. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** Lines are joined up to this size and written with one call. */
const CHUNK_BYTES = 64 * 1024;

/** Somebody waits until this many lines are written. */
interface Waiter {
  readonly lines: number;
  resolve(isWritten: boolean): void;
}

/**
 * A file of events that the service refused for good, one JSON object per line. At half of `maxBytes` the file is
 * renamed to `<file>.1`, which replaces the previous one. A file without a limit loses nothing: those who add to it
 * look at `waitingBytes` first.
 */
export class DeadLetterFile implements DeadLetters {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #maxWaitingBytes: number;
  readonly #reporter: Reporter;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #linesWritten = 0;
  #waiters: Waiter[] = [];
  #writing: Promise<void> | undefined;

  constructor(path: string, maxBytes: number, reporter: Reporter) {
    // The application may change its working directory.
    this.#path = resolve(path);
    this.#maxBytes = maxBytes;
    this.#maxWaitingBytes = maxBytes === Number.POSITIVE_INFINITY ? maxBytes : MAX_WAITING_BYTES;
    this.#reporter = reporter;
  }

  /** @param events the JSON of each event */
  add(
    reason: keyof Counts['rejected'],
    { logGroupName, logStreamName, entity }: DestinationName,
    events: readonly string[],
  ): void {
    const at = new Date().toISOString();
    const start = JSON.stringify({ reason, at, logGroupName, logStreamName, entity });
    for (const json of events) this.#enqueue(Buffer.from(`${start.slice(0, -1)},${json.slice(1)}\n`));
    this.#writeSoon();
  }

  #enqueue(line: Buffer): void {
    if (this.#waitingBytes + line.length > this.#maxWaitingBytes) {
      this.#failed(new Error('no more can wait in memory: this event is lost'));
      return;
    }
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
  }

  /** How much waits in memory for the disk. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Resolves with true when everything that waits now is written, or with false when the disk refuses it. */
  written(): Promise<boolean> {
    if (this.#waiting.length === 0) return Promise.resolve(true);
    const lines = this.#linesWritten + this.#waiting.length;
    const written = new Promise<boolean>((resolve) => this.#waiters.push({ lines, resolve }));
    this.#writeSoon();
    return written;
  }

  /** Resolves when everything is written, or the disk has refused it. */
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
      .then((isWritten) => {
        this.#writing = undefined;
        // Lines that came while the file was being closed.
        if (isWritten) this.#writeSoon();
        else for (const { resolve } of this.#waiters.splice(0)) resolve(false);
      });
  }

  /** @throws if the disk refuses; the lines stay, and the next dead letter starts another try */
  async #write(): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    let file = await this.#open();
    try {
      let { size } = await file.stat();
      while (this.#waiting.length > 0) {
        const room = this.#maxBytes / 2 - size;
        if (size > 0 && (this.#waiting[0]?.length ?? 0) > room) {
          await file.close();
          await rename(this.#path, `${this.#path}.1`);
          file = await this.#open();
          ({ size } = await file.stat());
          if (size > 0) throw new Error(`${this.#path} is full`);
        } else size += await this.#writeChunk(file, Math.min(room, CHUNK_BYTES));
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

  /** Writes at least one line. @returns how many bytes */
  async #writeChunk(file: OpenFile, maxBytes: number): Promise<number> {
    let [count, bytes] = [0, 0];
    for (const { length } of this.#waiting) {
      if (count > 0 && bytes + length > maxBytes) break;
      count++;
      bytes += length;
    }
    await file.write(Buffer.concat(this.#waiting.slice(0, count)));
    this.#waiting.splice(0, count);
    this.#waitingBytes -= bytes;
    this.#linesWritten += count;
    while ((this.#waiters[0]?.lines ?? Number.POSITIVE_INFINITY) <= this.#linesWritten)
      this.#waiters.shift()?.resolve(true);
    return bytes;
  }

  #failed(error: unknown): void {
    this.#reporter.problem(
      'dead-letters',
      `Dead letters cannot be written to ${this.#path}. Up to 16 MiB wait in memory, and what waits is lost when the process ends. Check that the folder is writable and has room. (${errorMessage(error)})`,
    );
  }
}
