import { randomUUID } from 'node:crypto';
import { mkdirSync, rmdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Clock } from '../clock.js';
import type { Reporter } from '../report.js';
import { said } from '../said.js';
import { type Heir, type Leftover, takeOver } from './leftovers.js';
import { BEAT_MS, FolderLock, OwnerWatch, SILENCE_MS } from './lock.js';
import { roomOf, SpoolFile, type SpoolFileEvents } from './spool-file.js';
import type { SpoolHead } from './spool-format.js';

/** When to look again while there are others: one that died just now is known to be dead by then. */
export const LOOK_AGAIN_MS = SILENCE_MS + 1000;

/** Each that is open holds a descriptor, of which the application needs some as well. */
const MAX_OPEN_FILES = 1000;

/**
 * Each sealed file that the disk has not confirmed holds a descriptor as well, and what it wrote last in memory; and a
 * thread of libuv's few, for its fsync. While there are so many, no others are opened.
 */
const MAX_UNCONFIRMED = 256;
const MAX_UNCONFIRMED_BYTES = 32 * 1024 * 1024;

/** A file that is not on disk yet. */
interface Unopened {
  readonly file: SpoolFile;
  readonly head: () => SpoolHead;
}

/** Fewer need not be looked through. */
const MANY = 1000;

/** A batch that a dead process left. */
export interface Left extends Leftover {
  readonly file: SpoolFile;
}

export interface Look {
  /** Oldest first. */
  readonly left: readonly Left[];
  /** Whether there is, or may be, more to come. */
  readonly more: boolean;
}

/**
 * Batches on disk, which outlive the process: a folder for each process, locked while it lives, with a file for
 * each batch. Who finds a folder whose lock has gone stale moves its files into its own.
 */
export class Spool implements Heir {
  readonly maxOpen = MAX_OPEN_FILES;
  readonly #root: string;
  readonly #maxBytes: number;
  readonly #reporter: Reporter;
  readonly #clock: Clock;
  readonly watch: OwnerWatch;
  readonly #events: SpoolFileEvents;
  readonly #work = new Set<Promise<void>>();
  /** The last is the one that is used. */
  readonly #folders: string[] = [];
  #received: Left[] = [];
  /**
   * Files that are to be opened, the oldest first. A file's first line names the entity, and so none is before that is
   * known, a second at most; and then, while the disk keeps up, at once. Until it is, its events are in memory alone.
   */
  #unopened: Unopened[] = [];
  #worthALook = MANY;
  #hasBegun = false;
  #lock: FolderLock | undefined;
  #cancelBeat: () => void = () => undefined;
  readonly #opened: Promise<void>;
  #isClosed = false;
  #bytes = 0;
  #unconfirmed = 0;
  #unconfirmedBytes = 0;

  /** @throws the system's error when there is no such folder and none can be made */
  constructor(directory: string, maxBytes: number, reporter: Reporter, clock: Clock) {
    // The application may change its working directory.
    this.#root = resolve(directory);
    this.#maxBytes = maxBytes;
    this.#reporter = reporter;
    this.#clock = clock;
    this.watch = new OwnerWatch(clock);
    this.#events = {
      sized: (bytes) => {
        this.#bytes += bytes;
      },
      ended: (bytes) => {
        this.#unconfirmed++;
        this.#unconfirmedBytes += bytes;
      },
      closed: (bytes) => {
        this.#unconfirmed--;
        this.#unconfirmedBytes -= bytes;
        this.#open();
      },
      failed: (error) => this.#failed(error),
      busy: (work) => this.#track(work),
    };
    mkdirSync(this.#root, { recursive: true, mode: 0o700 });
    this.#opened = this.#openFolder();
  }

  /** Whether the files take more than they may. */
  get isFull(): boolean {
    return this.#bytes > this.#maxBytes;
  }

  /** The file of a new batch, which is opened when it is known where its events go. */
  create(head: () => SpoolHead): SpoolFile {
    const file = new SpoolFile(this.#events);
    this.#unopened.push({ file, head });
    this.#open();
    return file;
  }

  /** From now on it is known: what came before goes to the disk, and all else as it comes. */
  begin(): void {
    this.#hasBegun = true;
    this.#open();
  }

  #open(): void {
    if (!this.#hasBegun || this.#lock === undefined) return;
    let opened = 0;
    for (const { file, head } of this.#unopened) {
      if (this.#isBehind) break;
      file.open(join(this.folder, `${Date.now()}-${randomUUID()}.ndjson`), head);
      opened++;
    }
    if (opened > 0) this.#unopened.splice(0, opened);
    if (this.#unopened.length === 0) return;
    this.#failed(new Error('it does not keep up'));
    this.#forgetGone();
  }

  /** Those whose events have found their fate meanwhile. */
  #forgetGone(): void {
    if (this.#unopened.length < this.#worthALook) return;
    this.#unopened = this.#unopened.filter(({ file }) => file.isKept);
    this.#worthALook = Math.max(2 * this.#unopened.length, MANY);
  }

  get #isBehind(): boolean {
    return this.#unconfirmed >= MAX_UNCONFIRMED || this.#unconfirmedBytes >= MAX_UNCONFIRMED_BYTES;
  }

  /** Takes over what dead processes left. Never rejects. */
  async adopt(): Promise<Look> {
    await this.#opened;
    if (this.#lock === undefined) return { left: [], more: false };
    const looking = takeOver(this.#root, this, this.#reporter);
    this.#track(looking.then(() => undefined));
    const more = await looking;
    const left = this.#received.toSorted((a, b) => openedAt(a) - openedAt(b));
    this.#received = [];
    return { left, more };
  }

  get folder(): string {
    return this.#folders.at(-1) ?? this.#root;
  }

  owns(folder: string): boolean {
    return this.#folders.includes(folder);
  }

  hasRoomFor(bytes: number): boolean {
    return !this.#isClosed && this.#bytes + roomOf(bytes) <= this.#maxBytes;
  }

  receive(leftover: Leftover): void {
    const { path, size, bytes } = leftover;
    this.#received.push({ ...leftover, file: SpoolFile.found(path, size, bytes, this.#events) });
  }

  /** Leaves the folder to whoever comes next, or removes it when it is empty. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelBeat();
    await this.#opened;
    // The lock stays for as long as something may still come into the folder.
    while (this.#work.size > 0) await Promise.all(this.#work);
    for (const folder of this.#folders) {
      removeIfEmpty(folder);
      ownFolders.delete(folder);
    }
    if (ownFolders.size === 0) process.off('exit', removeEmptyFolders);
    await this.#lock?.release().catch(() => undefined);
  }

  /** Never rejects: without a folder events wait in memory alone. */
  async #openFolder(): Promise<void> {
    const folder = join(this.#root, randomUUID());
    try {
      // The lock is there before the folder, so that nobody ever sees the folder without it.
      const lock = await FolderLock.create(folder);
      await mkdir(folder, { mode: 0o700 });
      this.#lock = lock;
    } catch (error) {
      this.#failed(error);
      return;
    }
    this.#folders.push(folder);
    if (ownFolders.size === 0) process.on('exit', removeEmptyFolders);
    ownFolders.add(folder);
    this.#beatLater();
    this.#open();
  }

  #beatLater(): void {
    if (!this.#isClosed) this.#cancelBeat = this.#clock.after(BEAT_MS, () => this.#track(this.#beat()));
  }

  /** After a long standstill another process may have taken the folder over, and sends what is in it. */
  async #beat(): Promise<void> {
    try {
      if ((await this.#lock?.beat()) === false) {
        this.#lock = undefined;
        await this.#openFolder();
        return;
      }
    } catch (error) {
      this.#failed(error);
    }
    this.#beatLater();
  }

  #track(work: Promise<void>): void {
    const tracked: Promise<void> = work.finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
  }

  #failed(error: unknown): void {
    this.#reporter.problem(
      'spool',
      `The disk does not take events, which wait in memory alone. (${said(error)})`,
    );
  }
}

/** The folders of this thread: a pipeline in the application's own thread need not be closed before it ends. */
const ownFolders = new Set<string>();

function removeEmptyFolders(): void {
  for (const folder of ownFolders) removeIfEmpty(folder);
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // There are files in it, or it is gone already.
  }
}

/** A file's name begins with the moment at which it was opened. */
function openedAt({ path }: Left): number {
  return Number.parseInt(basename(path), 10);
}
