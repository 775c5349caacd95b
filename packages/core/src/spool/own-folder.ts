import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../util/clock.js';
import { mkdir, readdir, rmdir } from './file-calls.js';
import { BEAT_MS, FolderLock } from './lock.js';
import { checkFolder, isMissing } from './trusted-file.js';

/** Nobody takes a folder over whose owner has beaten within so long, by any clock. */
const LEASE_MS = 2 * BEAT_MS;

interface Moment {
  readonly monotonic: number;
  readonly now: number;
}

/** Where a process keeps its files: a folder that is its own for as long as it shows that it lives. */
export class OwnFolder {
  readonly path: string;
  readonly #lock: FolderLock;
  readonly #clock: Clock;
  #seen: Moment;

  private constructor(path: string, lock: FolderLock, clock: Clock) {
    this.path = path;
    this.#lock = lock;
    this.#clock = clock;
    this.#seen = momentOf(clock);
  }

  /** @throws when it cannot be made, or others could write to `root` */
  static async create(root: string, clock: Clock): Promise<OwnFolder> {
    await makeRoot(root);
    const path = join(root, randomUUID());
    // The lock is there before the folder, so that nobody ever sees the folder without it.
    const lock = await FolderLock.create(path);
    try {
      await mkdir(path, { mode: 0o700 });
    } catch (error) {
      await lock.release();
      throw error;
    }
    return new OwnFolder(path, lock, clock);
  }

  /**
   * Whether it is certainly still this process's. Not so after a standstill: of a suspended machine the monotonic clock may
   * have stood still too, and the time of day not.
   */
  get isHeld(): boolean {
    const { monotonic, now } = momentOf(this.#clock);
    return monotonic - this.#seen.monotonic < LEASE_MS && Math.abs(now - this.#seen.now) < LEASE_MS;
  }

  /**
   * Shows that this process lives, and looks what is there.
   * @returns the names of the files; undefined when the folder is no longer its own
   * @throws the system's error when that is not known
   */
  async look(): Promise<ReadonlySet<string> | undefined> {
    const seen = momentOf(this.#clock);
    if (!(await this.#lock.beat())) return undefined;
    try {
      const names = new Set(await readdir(this.path));
      this.#seen = seen;
      return names;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Whether the folder that is no longer its own is another process's: else somebody has removed it. */
  wasTakenOver(): Promise<boolean> {
    return this.#lock.wasTakenOver();
  }

  /** Leaves it to whoever comes next, or removes it when it is empty. */
  async leave(): Promise<void> {
    await rmdir(this.path).catch(() => undefined);
    await this.#lock.release();
  }
}

/** @throws when it cannot be made, or is not fit to hold anything private */
export async function makeRoot(root: string): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  await checkFolder(root);
}

function momentOf(clock: Clock): Moment {
  return { monotonic: clock.monotonic(), now: clock.now() };
}
