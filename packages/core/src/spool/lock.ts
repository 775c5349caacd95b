import { constants } from 'node:fs';
import type { Clock } from '../util/clock.js';
import { rename, rm, stat, writeFile } from './file-calls.js';
import { type OwnerThread, thisThread } from './owner-thread.js';
import { isMissing, openTrusted } from './trusted-file.js';

export const LOCK = '.lock';

/**
 * The suffix that replaces `.lock` when a stale lock is broken. It tells the owner, if it lives after all, what
 * happened.
 */
export const TAKEOVER_NOTE = '.taken';

/** How often an owner renews its lock. */
export const HEARTBEAT_MS = 2500;

/** A longer one is not read. */
const MAX_LOCK_BYTES = 1024;

/**
 * The lock of a folder: a file beside it that names the thread that owns the folder, and has a value that changes with
 * each heartbeat. A process that takes it over removes the lock first.
 */
export class FolderLock {
  readonly #folder: string;
  readonly #owner: OwnerThread | undefined;
  #beats = 0;

  private constructor(folder: string, owner: OwnerThread | undefined) {
    this.#folder = folder;
    this.#owner = owner;
  }

  /** @throws the system's error if it cannot be created */
  static async create(folder: string): Promise<FolderLock> {
    const lock = new FolderLock(folder, await thisThread());
    await writeFile(folder + LOCK, lock.#text, { flag: 'wx', mode: 0o600 });
    return lock;
  }

  /**
   * Shows that the owner lives.
   * @returns whether the folder still belongs to this process
   * @throws the system's error if that cannot be found out
   */
  async renew(): Promise<boolean> {
    this.#beats++;
    try {
      const file = await openTrusted(this.#folder + LOCK, constants.O_WRONLY);
      try {
        // The text never becomes shorter, so it replaces all of the one before.
        await file.write(Buffer.from(this.#text), 0);
      } finally {
        await file.close();
      }
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  /** From now on any process may take the folder over. */
  async release(): Promise<void> {
    await rm(this.#folder + LOCK, { force: true });
  }

  /** Whether another process broke this lock. If not, somebody removed it. */
  async wasTakenOver(): Promise<boolean> {
    try {
      await rm(this.#folder + TAKEOVER_NOTE);
      return true;
    } catch {
      return false;
    }
  }

  get #text(): string {
    return `${JSON.stringify({ ...this.#owner, beats: this.#beats })}\n`;
  }
}

/** @returns undefined if the folder has no lock @throws if it cannot be read */
export async function readLock(folder: string): Promise<string | undefined> {
  try {
    const file = await openTrusted(folder + LOCK, constants.O_RDONLY);
    try {
      const bytes = Buffer.alloc(MAX_LOCK_BYTES);
      return bytes.toString('utf8', 0, await file.read(bytes, 0));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Takes a folder from its owner. If two processes do so at once, each gets some of the files. */
export async function breakLock(folder: string, owner: 'stale' | 'dead'): Promise<void> {
  if (owner === 'dead') await rm(folder + LOCK, { force: true });
  else await rename(folder + LOCK, folder + TAKEOVER_NOTE);
}

/** An owner that stood still for a day will not come back. If it does, it only counts too many events as lost. */
const NOTE_LIFETIME_MS = 86_400_000;

export async function removeOldNote(path: string, clock: Clock): Promise<void> {
  const { mtimeMs } = await stat(path);
  if (clock.now() - mtimeMs > NOTE_LIFETIME_MS) await rm(path, { force: true });
}
