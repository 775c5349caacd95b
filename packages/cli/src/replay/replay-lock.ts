import { setTimeout as sleep } from 'node:timers/promises';
import { breakLock, FolderLock, HEARTBEAT_MS, OwnerWatch, systemClock } from '@putlogs/core/internal';
import { errorCode } from '@putlogs/core/main-thread';

const CHECK_MS = 500;

/** The lock of a folder `<file>.replay`, as those of a spool: two replays of one file would send it twice. */
export class ReplayLock {
  readonly #lock: FolderLock;
  readonly #timer: NodeJS.Timeout;

  private constructor(lock: FolderLock, lost: () => void) {
    this.#lock = lock;
    const renew = async () => {
      // What cannot be found out now is tried again.
      if (!(await lock.renew().catch(() => true))) lost();
    };
    this.#timer = setInterval(() => void renew(), HEARTBEAT_MS).unref();
  }

  /**
   * Takes the lock, also from an owner that has ended.
   * @param lost is called if another process takes it away, as after a standstill
   * @throws if another process has it
   */
  static async take(folder: string, lost: () => void): Promise<ReplayLock> {
    const watch = new OwnerWatch(systemClock);
    for (;;) {
      const lock = await createUnlessTaken(folder);
      if (lock !== undefined) return new ReplayLock(lock, lost);
      const owner = await watch.stateOf(folder);
      if (owner === 'alive') throw new Error(`another putlogs replay is sending ${folder}.`);
      if (owner === 'unknown') await sleep(CHECK_MS);
      // An owner that comes back after all finds no lock, and ends.
      else await breakLock(folder, 'dead');
    }
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#lock.release();
  }
}

async function createUnlessTaken(folder: string): Promise<FolderLock | undefined> {
  try {
    return await FolderLock.create(folder);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return undefined;
    throw error;
  }
}
