import { closeSync, existsSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { toJson } from '../http/json.js';
import type { Store, StoredBatch } from '../store/store.js';
import { type Entry, isKept, readEntry } from './entry.js';
import { FileLock } from './file-lock.js';
import { replay } from './replay.js';
import { batchEntry, snapshot } from './snapshot.js';

/** Logs may hold secrets: nobody else reads the file. */
const MODE = 0o600;
/** The journal is rewritten once this many times the kept bytes have been added. */
const GROWTH = 4;
const WRITE_CHARACTERS = 1_000_000;

/** The file cannot be used. */
export class JournalError extends Error {
  constructor(file: string, cause: unknown) {
    super(`Cannot keep events in ${file}: ${cause instanceof Error ? cause.message : String(cause)}.`, {
      cause,
    });
  }
}

/**
 * Keeps what the service holds in a file, over restarts: an entry a line, as JSON. Lines are only added, so that a kill loses
 * the last of them at most. From time to time, the file is rewritten without what the service has discarded.
 */
export class Journal {
  readonly #file: string;
  readonly #onProblem: (error: unknown) => void;
  /** Lines that could not be read when the journal was opened, or did not fit what was before them. */
  damagedLines = 0;
  /** Where the file was put aside as it was, since more than its last line was damaged. */
  original: string | undefined;
  #lock: FileLock | undefined;
  #store: Store | undefined;
  #handle: FileHandle | undefined;
  #waiting: string[] = [];
  #writing: Promise<void> | undefined;
  #added = 0;
  #maxAdded = Infinity;

  /** @param onProblem called once, when the file can no longer be written */
  constructor(file: string, onProblem: (error: unknown) => void) {
    this.#file = file;
    this.#onProblem = onProblem;
  }

  /** Brings the store to the state that the file tells of, and writes down what follows. */
  async open(store: Store): Promise<void> {
    try {
      this.#lock = new FileLock(this.#file);
      await this.#read(store);
    } catch (error) {
      throw new JournalError(this.#file, error);
    }
  }

  async #read(store: Store): Promise<void> {
    this.#handle = await open(this.#file, 'a+', MODE);
    let lines = 0;
    let isLastDamaged = false;
    for await (const line of this.#handle.readLines({ start: 0, autoClose: false })) {
      const entry = readEntry(line);
      isLastDamaged = !(entry && replay(store, entry));
      lines++;
      if (isLastDamaged) this.damagedLines++;
    }
    if (lines > 0 && this.damagedLines === lines) {
      throw new Error('it is not empty, and no line of it is an entry of this service. Choose another file');
    }
    // A kill leaves no more than the last line damaged.
    if (this.damagedLines > (isLastDamaged ? 1 : 0)) this.original = freeName(`${this.#file}.damaged`);
    this.#store = store;
    this.#maxAdded = GROWTH * (store.arrivals?.limit ?? Infinity);
    // A damaged last line has no end, and would spoil the next.
    await this.#rewrite(this.original);
  }

  /** Notes a request that the service has executed. */
  operation(at: number, operation: string, input: unknown): void {
    if (isKept(operation)) this.#add({ at, operation, input });
  }

  /** Notes events that the service has stored. */
  batch(logGroupName: string, logStreamName: string, batch: StoredBatch): void {
    if (batch.messages.length > 0) this.#add(batchEntry(logGroupName, logStreamName, batch));
  }

  /** Writes what is waiting. */
  async close(): Promise<void> {
    await this.#writing;
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
    this.#lock?.release();
    this.#lock = undefined;
  }

  #add(entry: Entry): void {
    if (!this.#handle) return;
    this.#waiting.push(`${toJson(entry)}\n`);
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  async #write(): Promise<void> {
    try {
      while (this.#waiting.length > 0 && this.#handle) {
        const text = this.#waiting.splice(0).join('');
        await this.#handle.appendFile(text);
        this.#added += text.length;
        if (this.#added > this.#maxAdded) await this.#rewrite();
      }
    } catch (error) {
      this.#handle = undefined;
      this.#onProblem(error);
    }
  }

  /**
   * Replaces the file by the shortest one that tells of the present state, in one turn: nothing changes meanwhile.
   * @param putAside the name that the file gets; undefined: it is no longer needed
   */
  async #rewrite(putAside?: string): Promise<void> {
    if (!this.#store) return;
    const temporary = `${this.#file}.new`;
    const descriptor = openSync(temporary, 'w', MODE);
    let text = '';
    const flush = (): void => {
      writeFileSync(descriptor, text);
      text = '';
    };
    for (const entry of snapshot(this.#store)) {
      text += `${toJson(entry)}\n`;
      if (text.length > WRITE_CHARACTERS) flush();
    }
    flush();
    fsyncSync(descriptor);
    closeSync(descriptor);
    if (putAside !== undefined) renameSync(this.#file, putAside);
    renameSync(temporary, this.#file);
    this.#waiting = [];
    this.#added = 0;
    const old = this.#handle;
    this.#handle = await open(this.#file, 'a', MODE);
    await old?.close();
  }
}

/** This name, or with a number if there is such a file. */
function freeName(name: string): string {
  let free = name;
  for (let number = 2; existsSync(free); number++) free = `${name}-${number}`;
  return free;
}
