import { randomUUID } from 'node:crypto';
import { mkdirSync, rmdirSync } from 'node:fs';
import { appendFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type LockOptions, lock, lockSync } from 'proper-lockfile';
import { timestampOf } from '../batch/event.js';
import type { Reporter } from '../report.js';
import { SpoolFile, type SpoolFileEvents } from './spool-file.js';
import { readSpoolText, type SpoolHead, writeSpoolText } from './spool-format.js';

/** A process that did not touch its lock for so long is dead. It touches it every five seconds. */
const LOCK_STALE_MS = 10_000;

const LOCK = '.lock';
const CORRUPT = 'corrupt.ndjson';
const FOLDER = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** When to look again while there are others: one that died just now is known to be dead by then. */
export const LOOK_AGAIN_MS = LOCK_STALE_MS + 1000;

/** A batch that a dead process left. */
export interface Left {
  readonly head: SpoolHead;
  readonly file: SpoolFile;
  readonly size: number;
  /** The timestamps of the first and of the last event. */
  readonly begin: number;
  readonly end: number;
}

export interface Look {
  /** Oldest first. */
  readonly left: readonly Left[];
  /** Whether there are folders of processes that live, or did so a moment ago. */
  readonly others: boolean;
}

/**
 * Batches on disk, which outlive the process: a folder for each process, locked while it lives, with a file for
 * each batch. Who finds a folder whose lock has gone stale moves its files into its own.
 */
export class Spool {
  readonly #root: string;
  readonly #own: string;
  readonly #maxBytes: number;
  readonly #reporter: Reporter;
  readonly #events: SpoolFileEvents;
  readonly #work = new Set<Promise<void>>();
  #release: () => void = () => undefined;
  #isClosed = false;
  #bytes = 0;

  /** @throws the system's error when there is no such folder and none can be made */
  constructor(directory: string, maxBytes: number, reporter: Reporter) {
    this.#root = directory;
    this.#own = join(directory, randomUUID());
    this.#maxBytes = maxBytes;
    this.#reporter = reporter;
    this.#events = {
      sized: (bytes) => {
        this.#bytes += bytes;
      },
      failed: (error) => this.#failed(error),
      busy: (work) => {
        const tracked: Promise<void> = work.finally(() => this.#work.delete(tracked));
        this.#work.add(tracked);
      },
    };
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    // The lock is there before the folder, so that nobody ever sees the folder without it.
    this.#lockOwn();
    mkdirSync(this.#own, { mode: 0o700 });
    if (own.size === 0) process.on('exit', removeEmptyFolders);
    own.add(this.#own);
  }

  /** Whether the files take more than they may. */
  get isFull(): boolean {
    return this.#bytes > this.#maxBytes;
  }

  /** The file of a new batch; undefined when the disk refuses it. */
  create(head: SpoolHead): SpoolFile | undefined {
    try {
      return SpoolFile.create(join(this.#own, `${Date.now()}-${randomUUID()}.ndjson`), head, this.#events);
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  /** Takes over what dead processes left. Never rejects. */
  async adopt(): Promise<Look> {
    const files = new Map<string, Left>();
    let others = false;
    try {
      for (const folder of await this.#foreignFolders()) {
        const release = await lockUnlessOwned(folder);
        if (release === undefined) others = true;
        else {
          for (const [name, left] of await this.#take(folder)) files.set(name, left);
          await rm(folder, { recursive: true, force: true });
          await release();
        }
      }
    } catch (error) {
      this.#failed(error);
    }
    const names = [...files.keys()].toSorted((a, b) => openedAt(a) - openedAt(b));
    return { left: names.flatMap((name) => files.get(name) ?? []), others };
  }

  /** Leaves the folder to whoever comes next, or removes it when it is empty. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#work);
    removeIfEmpty(this.#own);
    own.delete(this.#own);
    if (own.size === 0) process.off('exit', removeEmptyFolders);
    try {
      this.#release();
    } catch {
      // Another process has taken the folder over.
    }
  }

  async #foreignFolders(): Promise<string[]> {
    if (this.#isClosed) return [];
    const names = (await readdir(this.#root)).filter((name) => FOLDER.test(name));
    // Of a process that died too soon there is the lock alone.
    const folders = new Set(names.map((name) => join(this.#root, basename(name, LOCK))));
    folders.delete(this.#own);
    return [...folders];
  }

  /** Moves the files of a dead process into the own folder. */
  async #take(folder: string): Promise<[name: string, left: Left][]> {
    const names = await readdir(folder).catch(() => []); // there is no folder
    const taken: [string, Left][] = [];
    for (const name of names) {
      const left = await this.#takeFile(folder, name);
      if (left !== undefined) taken.push([name, left]);
    }
    return taken;
  }

  async #takeFile(folder: string, name: string): Promise<Left | undefined> {
    const { head, events, corrupt } = readSpoolText(await readFile(join(folder, name), 'utf8'));
    if (corrupt.length > 0) await this.#setAside(join(folder, name), corrupt);
    if (head === undefined || events.length === 0) return undefined;
    const path = join(this.#own, name);
    const text = writeSpoolText(head, events);
    if (corrupt.length === 0) await rename(join(folder, name), path);
    else await writeFile(path, text, { mode: 0o600 });
    const file = SpoolFile.found(path, events.length, Buffer.byteLength(text), this.#events);
    const times = events.map(timestampOf).toSorted((a, b) => a - b);
    return { head, file, size: events.length, begin: times[0] ?? 0, end: times.at(-1) ?? 0 };
  }

  async #setAside(path: string, lines: readonly string[]): Promise<void> {
    const aside = join(this.#root, CORRUPT);
    await appendFile(aside, `${lines.join('\n')}\n`, { mode: 0o600 });
    this.#reporter.accept(lines.length);
    this.#reporter.drop('unreadable', lines.length);
    this.#reporter.loss(
      'unreadable',
      lines.length,
      (all) =>
        `${all} lines in the spool are no events, as after a crash in the middle of one. They were moved to ${aside}, the last of them from ${path}.`,
    );
  }

  #lockOwn(): void {
    this.#release = lockSync(this.#own, {
      ...lockOptions(this.#own),
      // After a long standstill another process may have taken the folder over, and will send what is in it.
      onCompromised: () => {
        try {
          this.#lockOwn();
        } catch (error) {
          this.#failed(error);
        }
      },
    });
  }

  #failed(error: unknown): void {
    const said = error instanceof Error ? error.message : String(error);
    this.#reporter.problem('spool', `The spool cannot be used; events wait in memory alone. (${said})`);
  }
}

/** The folders of this thread: a pipeline in the application's own thread need not be closed before it ends. */
const own = new Set<string>();

function removeEmptyFolders(): void {
  for (const folder of own) removeIfEmpty(folder);
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // There are files in it, or it is gone already.
  }
}

/** @returns undefined while its process lives, else what releases it again */
async function lockUnlessOwned(folder: string): Promise<(() => Promise<void>) | undefined> {
  try {
    return await lock(folder, lockOptions(folder));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ELOCKED') return undefined;
    throw error;
  }
}

function lockOptions(folder: string): LockOptions {
  return { stale: LOCK_STALE_MS, realpath: false, lockfilePath: folder + LOCK };
}

/** A file's name begins with the moment at which it was opened. */
function openedAt(name: string): number {
  return Number.parseInt(name, 10);
}
