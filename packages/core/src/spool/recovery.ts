import { constants } from 'node:fs';
import { basename, join } from 'node:path';
import type { Reporter } from '../reporting/reporter.js';
import type { Clock } from '../util/clock.js';
import { errorMessage } from '../util/error-message.js';
import { quarantine } from './corrupt-file.js';
import { lstat, type OpenFile, readdir, rename, rm, rmdir, writeFile } from './file-calls.js';
import { parseSettledLines, settledLines } from './file-format.js';
import { breakLock, LOCK, OwnerWatch, RECEIPT, removeOldReceipt } from './lock.js';
import { settledPath } from './segment.js';
import { readSegment, type SegmentContent } from './segment-reader.js';
import { checkFolder, isMissing, isPassing, openTrusted, UntrustedError } from './trusted-file.js';

const FOLDER = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.lock)?$/;
const SEGMENT = /^\d+\.ndjson$/;
const SETTLED = /^\d+\.ndjson\.settled$/;

/** No segment of ours is larger: see `SpoolWriter`. Nor is what says which of its batches are settled. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** Who takes over. */
export interface RecoveryTarget {
  /** Whether this folder is this process's own. */
  owns(folder: string): boolean;
  /** Whether there is room, and time, for one more. */
  hasRoomFor(bytes: number): boolean;
  /** Where it is moved to. */
  nextPath(): Promise<string>;
  /** So much of what cannot be read may be set aside. */
  readonly maxCorruptBytes: number;
  receive(path: string, bytes: number, content: SegmentContent): void;
}

/** What a look at the folders of others has shown. */
export interface Seen {
  /** Of an owner it is not known yet whether it lives. */
  readonly isUndecided: boolean;
  /** Something could not be taken over, and may be later. */
  readonly isWaiting: boolean;
}

/** Takes over what dead processes left. */
export class SpoolRecovery {
  readonly #root: string;
  readonly #target: RecoveryTarget;
  readonly #reporter: Reporter;
  readonly #clock: Clock;
  readonly #watch: OwnerWatch;
  /** Segments that were moved, and could not be read yet. */
  readonly #unread = new Set<string>();
  /** A segment is being moved. */
  #isMoving = false;
  /** What will never be taken over is told once. */
  readonly #told = new Set<string>();

  constructor(root: string, target: RecoveryTarget, reporter: Reporter, clock: Clock) {
    this.#root = root;
    this.#target = target;
    this.#reporter = reporter;
    this.#clock = clock;
    this.#watch = new OwnerWatch(clock);
  }

  /** Whether files were moved into this process's folder that it has not read yet. */
  get isTaking(): boolean {
    return this.#isMoving || this.#unread.size > 0;
  }

  /** Never rejects: what cannot be read or moved is told, and stays. */
  async look(): Promise<Seen> {
    const seen = { isUndecided: false, isWaiting: false };
    for (const path of this.#unread)
      if (!(await this.#tried(path, () => this.#readMoved(path)))) seen.isWaiting = true;
    const folders = await this.#foreignFolders();
    this.#watch.keep(folders);
    for (const folder of folders) {
      const isDone = await this.#tried(folder, async () => {
        const state = await this.#watch.look(folder);
        if (state === 'unknown') seen.isUndecided = true;
        return state === 'living' || state === 'unknown' || this.#takeOver(folder, state);
      });
      if (!isDone) seen.isWaiting = true;
    }
    return seen;
  }

  /** @returns false when it should be tried again */
  async #tried(path: string, work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await work();
    } catch (error) {
      if (isMissing(error)) return true; // another took it
      this.#tell(path, error);
      return !isPassing(error);
    }
  }

  async #foreignFolders(): Promise<string[]> {
    try {
      const names = await readdir(this.#root);
      for (const name of names.filter((one) => one.endsWith(RECEIPT)))
        await removeOldReceipt(join(this.#root, name), this.#clock).catch(() => undefined);
      // Of a process that died too soon there is the lock alone.
      const folders = names.filter((name) => FOLDER.test(name)).map((name) => basename(name, LOCK));
      return [...new Set(folders)]
        .map((name) => join(this.#root, name))
        .filter((folder) => !this.#target.owns(folder));
    } catch (error) {
      this.#tell(this.#root, error);
      return [];
    }
  }

  /** @returns whether nothing is left there */
  async #takeOver(folder: string, state: 'silent' | 'gone'): Promise<boolean> {
    await checkFolder(folder).catch(unlessMissing);
    await breakLock(folder, state).catch(unlessMissing);
    const names = await readdir(folder);
    let isEmpty = true;
    for (const name of names
      .filter((one) => SEGMENT.test(one))
      .toSorted((a, b) => numberOf(a) - numberOf(b))) {
      const path = join(folder, name);
      isEmpty = (await this.#tried(path, () => this.#take(path))) && isEmpty;
    }
    // Beside the segments that are left there is nothing of use.
    const useless = names.filter((name) => SETTLED.test(name) && !names.includes(basename(name, '.settled')));
    for (const name of useless) await rm(join(folder, name), { force: true }).catch(() => undefined);
    // Fails when something is left.
    await rmdir(folder).catch(() => undefined);
    return isEmpty;
  }

  /** @returns whether it was taken */
  async #take(path: string): Promise<boolean> {
    const file = await openTrusted(path, constants.O_RDONLY);
    const { size } = await file.stat().finally(() => file.close());
    if (size > MAX_FILE_BYTES) throw new UntrustedError(`${path} is larger than any segment`);
    if (!this.#target.hasRoomFor(size)) return false;
    this.#isMoving = true;
    try {
      return await this.#move(path);
    } finally {
      this.#isMoving = false;
    }
  }

  async #move(path: string): Promise<boolean> {
    const settled = await readSettled(settledPath(path));
    const target = await this.#target.nextPath();
    try {
      // Before the segment: else they would be sent again by whoever finds it after a crash in between.
      if (settled.length > 0)
        await writeFile(settledPath(target), settledLines(settled), { flag: 'wx', mode: 0o600 });
      // The name is new and the folder belongs to this process alone, so no file is replaced.
      await rename(path, target);
    } catch (error) {
      // This process's own folder is gone.
      if (isMissing(error) && (await isThere(path))) return false;
      throw error;
    }
    this.#unread.add(target);
    await rm(settledPath(path), { force: true });
    return this.#readMoved(target);
  }

  async #readMoved(path: string): Promise<boolean> {
    try {
      return await this.#read(path);
    } catch (error) {
      // What has gone, or is not to be trusted, will never be read.
      if (!isPassing(error)) this.#unread.delete(path);
      throw error;
    }
  }

  async #read(path: string): Promise<boolean> {
    const settled = new Set(await readSettled(settledPath(path)));
    const file = await openTrusted(path, constants.O_RDWR);
    try {
      const { size } = await file.stat();
      const content = await readSegment(file, size, settled);
      if (content.corrupt.length > 0) await this.#quarantine(path, file, content);
      this.#unread.delete(path);
      this.#target.receive(path, size, content);
    } finally {
      await file.close();
    }
    return true;
  }

  async #quarantine(path: string, file: OpenFile, { corrupt, corruptLines }: SegmentContent): Promise<void> {
    const what = await quarantine(this.#root, this.#target.maxCorruptBytes, file, corrupt).then(
      (aside) => `They were moved to ${aside}, as far as there was room`,
      (error) => `They are lost, since they cannot be set aside (${errorMessage(error)})`,
    );
    this.#reporter.accept(corruptLines);
    this.#reporter.drop('unreadable', corruptLines);
    this.#reporter.loss(
      'unreadable',
      corruptLines,
      (all) =>
        `${all} lines in the spool are no events, as after a crash in the middle of one. ${what}. The last of them stood in ${path}.`,
    );
  }

  #tell(path: string, error: unknown): void {
    if (this.#told.has(path)) return;
    if (error instanceof UntrustedError) this.#told.add(path);
    this.#reporter.problem(
      'spool',
      `What was left in ${path} cannot be taken over, and stays there. (${errorMessage(error)})`,
    );
  }
}

/** The ids of batches; none when there is no file. */
async function readSettled(path: string): Promise<number[]> {
  try {
    const file = await openTrusted(path, constants.O_RDONLY);
    try {
      const { size } = await file.stat();
      if (size > MAX_FILE_BYTES) throw new UntrustedError(`${path} is larger than it can be`);
      return parseSettledLines(await file.readText());
    } finally {
      await file.close();
    }
  } catch (error) {
    unlessMissing(error);
    return [];
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function unlessMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}

function numberOf(segment: string): number {
  return Number.parseInt(segment, 10);
}
