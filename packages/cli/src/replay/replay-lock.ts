import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { breakLock, FolderLock, HEARTBEAT_MS, OwnerWatch, systemClock } from '@putlogs/core/internal';

const CHECK_MS = 500;

const SUFFIX = '.lock';

/**
 * Two replays of one file would send it twice: each has a lock beside the file, `<file>.replay-<id>.lock`. Whoever finds no
 * other lock after it has created its own has the file. Each lock has a name of its own, so that whoever breaks that of an
 * owner that has ended breaks no other.
 */
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
    const others = new OtherLocks(folder);
    for (;;) {
      const own = `${folder}-${randomUUID()}`;
      const lock = new ReplayLock(await FolderLock.create(own), lost);
      const state = await others.wait(own).catch(async (error: unknown) => {
        await lock.release();
        throw error;
      });
      if (state === 'none') return lock;
      await lock.release();
      await others.wait();
    }
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#lock.release();
  }
}

/** The locks of other replays of the same file. */
class OtherLocks {
  readonly #folder: string;
  readonly #prefix: string;
  readonly #watch = new OwnerWatch(systemClock);

  constructor(folder: string) {
    this.#folder = folder;
    this.#prefix = `${basename(folder)}-`;
  }

  /**
   * Waits until there is no other, or until one has precedence over the own: of replays that begin at the same moment, the
   * first one by its name goes on.
   * @throws if the owner of one is alive
   */
  async wait(own?: string): Promise<'none' | 'precedence'> {
    for (;;) {
      const found = await this.#unbroken(own);
      if (found.length === 0) return 'none';
      if (own !== undefined && found.some((other) => other < own)) return 'precedence';
      await sleep(CHECK_MS);
    }
  }

  /** Breaks those whose owners have ended. */
  async #unbroken(own: string | undefined): Promise<string[]> {
    const found: string[] = [];
    for (const path of await this.#paths()) {
      if (path === own) continue;
      const owner = await this.#watch.stateOf(path);
      if (owner === 'alive') throw new Error(`another putlogs replay is sending ${this.#folder}.`);
      if (owner === 'unknown') found.push(path);
      // An owner that comes back after all finds no lock, and ends.
      else await breakLock(path, 'dead');
    }
    return found;
  }

  async #paths(): Promise<string[]> {
    const names = await readdir(dirname(this.#folder));
    return names
      .filter((name) => name.startsWith(this.#prefix) && name.endsWith(SUFFIX))
      .map((name) => join(dirname(this.#folder), name.slice(0, -SUFFIX.length)));
  }
}
