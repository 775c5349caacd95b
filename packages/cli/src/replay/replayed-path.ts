import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readlink } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errorCode } from '@putlogs/core/main-thread';
import { UsageError } from '../terminal/usage-error.js';

// Windows has none of these.
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/**
 * Opens a file to be read. Never follows a link and never waits, as it would for a FIFO.
 * @throws {UsageError} if it is no regular file
 */
export async function openRegularFile(path: string): Promise<FileHandle> {
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((error: unknown) => {
    if (errorCode(error) === 'ELOOP') throw new UsageError(`${path} is a symbolic link.`);
    if (errorCode(error) === 'ENXIO') throw new UsageError(`${path} is not a regular file.`);
    throw error;
  });
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new UsageError(`${path} is not a regular file.`);
}

/**
 * Whether a path is a folder. Otherwise it is a regular file, or one that an earlier call has taken away and not finished.
 * @throws {UsageError} if it is neither, or a link: a transport does not use one either
 */
export async function isFolder(path: string): Promise<boolean> {
  const stats = await statsOf(path);
  // A file that an earlier call has taken away, and not finished.
  const isLeft = stats === undefined && (await statsOf(`${path}.replay`)) !== undefined;
  if (isLeft) return false;
  if (stats === undefined) throw new UsageError(`${path} does not exist.`);
  if (stats.isSymbolicLink()) {
    const target = resolve(dirname(path), await readlink(path));
    throw new UsageError(`${path} is a symbolic link: name what it leads to, ${target}.`);
  }
  if (!stats.isDirectory() && !stats.isFile()) throw new UsageError(`${path} is not a regular file.`);
  return stats.isDirectory();
}

/** @returns undefined if there is nothing */
async function statsOf(path: string) {
  return lstat(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  });
}
