import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { toJson } from '../http/json.js';
import type { Store, StoredBatch } from '../store/store.js';
import { type Entry, isKept, readEntry } from './entry.js';
import { FileLock } from './file-lock.js';
import { targetOf } from './link-target.js';
import { replay } from './replay.js';
import { batchEntry, snapshot } from './snapshot.js';

/** Logs may hold secrets: nobody else reads the file. */
const MODE = 0o600;
/** The journal is rewritten once this many times the kept bytes have been added. */
const GROWTH = 4;
const WRITE_CHARACTERS = 1_000_000;

/** The file cannot be used. */
class JournalError extends Error {
  constructor(file: string, cause: unknown) {
    super(`Cannot keep events in ${file}: ${cause instanceof Error ? cause.message : String(cause)}.`, {
      cause,
    });
  }
}

/** What no longer works: the file gets no more entries, or it gets them but was not rewritten. */
export interface JournalProblem {
  readonly kind: 'ended' | 'notRewritten';
  readonly error: unknown;
}

/** A line that has to be written, and who waits for that. */
interface WaitingLine {
  readonly text: string;
  readonly resolve: () => void;
}

/**
 * Keeps what the service holds in a file, over restarts: an entry a line, as JSON. Lines are only added, and a request is
 * answered when its line is in the file. From time to time, the file is rewritten without what the service has discarded.
 */
export class Journal {
  readonly #file: string;
  readonly #onProblem: (problem: JournalProblem) => void;
  /** Lines that could not be read when the journal was opened, or did not fit what was before them. */
  damagedLines = 0;
  /** Where the file was put aside as it was, since more than its last line was damaged. */
  original: string | undefined;
  #lock: FileLock | undefined;
  #store: Store | undefined;
  #handle: FileHandle | undefined;
  #waiting: WaitingLine[] = [];
  #writing: Promise<void> | undefined;
  #written: Promise<void> | undefined;
  #added = 0;
  #maxAdded = Infinity;

  /** @param onProblem called when the file can no longer be written; the service goes on */
  constructor(file: string, onProblem: (problem: JournalProblem) => void) {
    this.#file = targetOf(file);
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
    this.#maxAdded = GROWTH * (store.arrivals?.limit ?? Infinity);
    // A damaged last line has no end, and would spoil the next.
    replaceFile(this.#file, store, this.original);
    this.#store = store;
    await this.#reopen();
  }

  /** Notes a request that the service has executed. */
  operation(at: number, operation: string, input: unknown): void {
    if (isKept(operation)) this.#add({ at, operation, input });
  }

  /** Notes events that the service has stored. */
  batch(logGroupName: string, logStreamName: string, batch: StoredBatch): void {
    if (batch.messages.length > 0) this.#add(batchEntry(logGroupName, logStreamName, batch));
  }

  /** Settled when all that was noted before is in the file, or no longer can be. Never rejects. */
  get written(): Promise<void> | undefined {
    return this.#written;
  }

  /** Writes what is waiting. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#closeFile();
    this.#lock?.release();
    this.#lock = undefined;
  }

  #add(entry: Entry): void {
    if (!this.#store || !this.#handle) return;
    const text = `${toJson(entry)}\n`;
    this.#written = new Promise((resolve) => this.#waiting.push({ text, resolve }));
    const store = this.#store;
    this.#writing ??= this.#write(store).finally(() => {
      this.#writing = undefined;
    });
  }

  async #write(store: Store): Promise<void> {
    try {
      while (this.#waiting.length > 0 && this.#handle) {
        const lines = this.#waiting.splice(0);
        const text = lines.map((line) => line.text).join('');
        await this.#handle.appendFile(text).finally(() => settle(lines));
        this.#added += text.length;
        if (this.#added > this.#maxAdded) await this.#rewrite(store);
      }
    } catch (error) {
      await this.#closeFile().catch(() => undefined);
      settle(this.#waiting.splice(0));
      this.#onProblem({ kind: 'ended', error });
    }
  }

  /** Replaces the file by a shorter one. If that fails, the file goes on, and is rewritten after as much again. */
  async #rewrite(store: Store): Promise<void> {
    this.#added = 0;
    try {
      replaceFile(this.#file, store);
    } catch (error) {
      this.#onProblem({ kind: 'notRewritten', error });
      return;
    }
    // The present state includes what waits.
    settle(this.#waiting.splice(0));
    await this.#reopen();
  }

  /** Adds to the new file from now on. */
  async #reopen(): Promise<void> {
    const old = this.#handle;
    try {
      this.#handle = await open(this.#file, 'a', MODE);
    } finally {
      await old?.close();
    }
  }

  async #closeFile(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }
}

function settle(lines: readonly WaitingLine[]): void {
  for (const { resolve } of lines) resolve();
}

/**
 * Replaces the file by the shortest one that tells of the present state, in one turn: nothing changes meanwhile.
 * @param putAside the name that the file gets; undefined: it is no longer needed
 * @throws {Error} if that fails; the file is then as it was
 */
function replaceFile(file: string, store: Store, putAside?: string): void {
  const temporary = `${file}.new`;
  const descriptor = openSync(temporary, 'w', MODE);
  try {
    writeSnapshot(descriptor, store);
    if (putAside !== undefined) renameSync(file, putAside);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Writes the state, and closes the file. */
function writeSnapshot(descriptor: number, store: Store): void {
  try {
    let text = '';
    for (const entry of snapshot(store)) {
      text += `${toJson(entry)}\n`;
      if (text.length < WRITE_CHARACTERS) continue;
      writeFileSync(descriptor, text);
      text = '';
    }
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** This name, or with a number if there is such a file. */
function freeName(name: string): string {
  let free = name;
  for (let number = 2; existsSync(free); number++) free = `${name}-${number}`;
  return free;
}
