import { constants } from 'node:fs';
import { join } from 'node:path';
import { LOSSES } from '../reporting/losses.js';
import type { Reporter } from '../reporting/reporter.js';
import type { Clock } from '../util/clock.js';
import { errorMessage } from '../util/error-message.js';
import { lstat, type OpenFile, readdir, rename, rm, rmdir } from './file-calls.js';
import { MAX_SEGMENT_BYTES } from './file-format.js';
import { foldersOf, orphansOf, segmentsOf } from './folder-names.js';
import { breakLock, removeOldNote, TAKEOVER_NOTE } from './lock.js';
import type { OwnFolder } from './own-folder.js';
import { OwnerWatch } from './owner-watch.js';
import { quarantine } from './quarantine.js';
import { readSegment, type SegmentContent } from './segment-reader.js';
import { createSettledFile, readSettled, settledPath } from './settled-file.js';
import { checkFolder, isMissing, isTransient, openTrusted, UntrustedError } from './trusted-file.js';

/** The spool that takes over what dead owners left. */
export interface RecoveryTarget {
  /** Whether there is room for a segment of this size. */
  hasRoomFor(bytes: number): boolean;
  /** The quarantine file may have this size. */
  readonly maxQuarantineBytes: number;
  receive(path: string, bytes: number, content: SegmentContent): void;
}

/** The result of a scan. */
export interface Scan {
  /** It is not known yet whether some owner is alive. */
  readonly isUndecided: boolean;
  /** Something could not be taken over now, but may be later. */
  readonly isIncomplete: boolean;
}

/**
 * Takes over the segments that dead owners left in the spool directory: earlier processes, and threads of this process
 * that have ended.
 */
export class SpoolRecovery {
  readonly #root: string;
  readonly #ownFolder: OwnFolder;
  readonly #target: RecoveryTarget;
  readonly #reporter: Reporter;
  readonly #clock: Clock;
  readonly #owners: OwnerWatch;
  /** Segments that were moved, and could not be read yet. */
  readonly #unread = new Set<string>();
  #isMoving = false;
  /** Untrusted paths that were reported: once is enough. */
  readonly #reported = new Set<string>();

  constructor(root: string, ownFolder: OwnFolder, target: RecoveryTarget, reporter: Reporter, clock: Clock) {
    this.#root = root;
    this.#ownFolder = ownFolder;
    this.#target = target;
    this.#reporter = reporter;
    this.#clock = clock;
    this.#owners = new OwnerWatch(clock);
  }

  /** Whether segments are on their way into this process's folder that the target does not know yet. */
  get isMovingSegments(): boolean {
    return this.#isMoving || this.#unread.size > 0;
  }

  /** Never rejects. Reports what cannot be read or moved, and leaves it where it is. */
  async scan(): Promise<Scan> {
    const scan = { isUndecided: false, isIncomplete: false };
    for (const path of this.#unread)
      if (!(await this.#attempt(path, () => this.#readMoved(path)))) scan.isIncomplete = true;
    const folders = await this.#foreignFolders();
    this.#owners.retain(folders);
    for (const folder of folders) {
      const isDone = await this.#attempt(folder, async () => {
        const owner = await this.#owners.stateOf(folder);
        if (owner === 'unknown') scan.isUndecided = true;
        return owner === 'alive' || owner === 'unknown' || this.#takeOver(folder, owner);
      });
      if (!isDone) scan.isIncomplete = true;
    }
    return scan;
  }

  /** @returns false if it should be tried again later */
  async #attempt(path: string, work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await work();
    } catch (error) {
      // Another process took it.
      if (isMissing(error)) return true;
      this.#report(path, error);
      return !isTransient(error);
    }
  }

  async #foreignFolders(): Promise<string[]> {
    try {
      const names = await readdir(this.#root);
      for (const name of names.filter((one) => one.endsWith(TAKEOVER_NOTE)))
        await removeOldNote(join(this.#root, name), this.#clock).catch(() => undefined);
      return foldersOf(names)
        .map((name) => join(this.#root, name))
        .filter((folder) => !this.#ownFolder.is(folder));
    } catch (error) {
      this.#report(this.#root, error);
      return [];
    }
  }

  /** @returns whether all segments of the folder were taken over */
  async #takeOver(folder: string, owner: 'stale' | 'dead'): Promise<boolean> {
    await checkFolder(folder).catch(unlessMissing);
    await breakLock(folder, owner).catch(unlessMissing);
    const names = await readdir(folder);
    let isComplete = true;
    for (const name of segmentsOf(names)) {
      const path = join(folder, name);
      isComplete = (await this.#attempt(path, () => this.#takeSegment(path))) && isComplete;
    }
    for (const name of orphansOf(names)) await rm(join(folder, name), { force: true }).catch(() => undefined);
    // Fails if something is left.
    await rmdir(folder).catch(() => undefined);
    return isComplete;
  }

  /** @returns whether the segment was taken over */
  async #takeSegment(path: string): Promise<boolean> {
    const file = await openTrusted(path, constants.O_RDONLY);
    const { size } = await file.stat().finally(() => file.close());
    if (size > MAX_SEGMENT_BYTES) throw new UntrustedError(`${path} is larger than any segment`);
    if (!this.#target.hasRoomFor(size)) return false;
    this.#isMoving = true;
    try {
      return await this.#move(path);
    } finally {
      this.#isMoving = false;
    }
  }

  async #move(path: string): Promise<boolean> {
    const settled = await readSettled(path);
    const target = await this.#ownFolder.nextPath();
    try {
      // The ids go first: after a crash in between, the next process would otherwise send settled batches again.
      await createSettledFile(target, settled);
      // Replaces nothing, since the name is new and the folder belongs to this process.
      await rename(path, target);
    } catch (error) {
      // This process's folder is gone.
      if (isMissing(error) && (await exists(path))) return false;
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
      if (!isTransient(error)) this.#unread.delete(path);
      throw error;
    }
  }

  async #read(path: string): Promise<boolean> {
    const settled = new Set(await readSettled(path));
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
    const { maxQuarantineBytes } = this.#target;
    const result = await quarantine(this.#root, maxQuarantineBytes, file, corrupt).then(
      (target) => `They were moved to ${target}, as far as there was room`,
      (error) =>
        `They are lost, because they cannot be moved to the quarantine file (${errorMessage(error)})`,
    );
    this.#reporter.accept(corruptLines);
    this.#reporter.lose(LOSSES.damaged(`${result}. The last ones were in ${path}.`), corruptLines);
  }

  #report(path: string, error: unknown): void {
    if (this.#reported.has(path)) return;
    if (error instanceof UntrustedError) this.#reported.add(path);
    this.#reporter.problem(
      'spool',
      `Events that an earlier process left in ${path} cannot be taken over. They stay there. (${errorMessage(error)})`,
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function unlessMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
