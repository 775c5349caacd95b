import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../util/clock.js';
import { mkdir, readdir, rmdir } from './file-calls.js';
import { FolderLock, HEARTBEAT_MS } from './lock.js';
import { checkFolder, isMissing } from './trusted-file.js';

/** No other process takes a folder over within this time after a heartbeat, whichever clock it goes by. */
const LEASE_MS = 2 * HEARTBEAT_MS;

interface Moment {
  readonly monotonic: number;
  readonly now: number;
}

/** A folder that belongs to this process while it renews the lock. */
export class LockedFolder {
  readonly path: string;
  readonly #lock: FolderLock;
  readonly #clock: Clock;
  #lastHeartbeat: Moment;

  private constructor(path: string, lock: FolderLock, clock: Clock) {
    this.path = path;
    this.#lock = lock;
    this.#clock = clock;
    this.#lastHeartbeat = momentOf(clock);
  }

  /** @throws if it cannot be created, or other users can write to `root` */
  static async create(root: string, clock: Clock): Promise<LockedFolder> {
    await createRoot(root);
    const path = join(root, randomUUID());
    // The lock comes before the folder, so that no process ever sees the folder without it.
    const lock = await FolderLock.create(path);
    try {
      await mkdir(path, { mode: 0o700 });
    } catch (error) {
      await lock.release();
      throw error;
    }
    return new LockedFolder(path, lock, clock);
  }

  /**
   * Whether the folder certainly still belongs to this process. It may not after a standstill. Both clocks count,
   * because the monotonic clock of a suspended machine may stand still.
   */
  get isHeld(): boolean {
    const { monotonic, now } = momentOf(this.#clock);
    const last = this.#lastHeartbeat;
    return monotonic - last.monotonic < LEASE_MS && Math.abs(now - last.now) < LEASE_MS;
  }

  /**
   * Renews the lock and lists the files.
   * @returns undefined if the folder no longer belongs to this process
   * @throws the system's error if that cannot be found out
   */
  async heartbeat(): Promise<ReadonlySet<string> | undefined> {
    const moment = momentOf(this.#clock);
    if (!(await this.#lock.renew())) return undefined;
    try {
      const names = new Set(await readdir(this.path));
      this.#lastHeartbeat = moment;
      return names;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Whether a folder that no longer belongs to this process was taken over by another one, not removed. */
  wasTakenOver(): Promise<boolean> {
    return this.#lock.wasTakenOver();
  }

  /** Leaves the folder to the next process, or removes it if it is empty. */
  async release(): Promise<void> {
    await rmdir(this.path).catch(() => undefined);
    await this.#lock.release();
  }
}

/** @throws if it cannot be created, or is not private to this user */
export async function createRoot(root: string): Promise<void> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  await checkFolder(root);
}

function momentOf(clock: Clock): Moment {
  return { monotonic: clock.monotonic(), now: clock.now() };
}
