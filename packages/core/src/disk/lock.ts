import fs from 'node:fs';
import type { LockOptions } from 'proper-lockfile';

export const LOCK = '.lock';

/** A process that did not touch its lock for so long is dead. It touches it every five seconds. */
export const LOCK_STALE_MS = 10_000;

/** @param lost is called when the lock is another's, as after a long standstill */
export function lockOptions(folder: string, lost: () => void): LockOptions {
  return {
    stale: LOCK_STALE_MS,
    realpath: false,
    lockfilePath: folder + LOCK,
    onCompromised: lost,
    fs: PRIVATE_FS,
  };
}

/** The lock is a folder, and as the others for its owner alone. */
const PRIVATE_FS = {
  ...fs,
  mkdir: (path: string, callback: fs.NoParamCallback) => fs.mkdir(path, 0o700, callback),
  mkdirSync: (path: string) => fs.mkdirSync(path, 0o700),
};
