import { constants } from 'node:fs';
import { lstat, type OpenFile, open } from './file-calls.js';

/** What lies where a file of ours should be is not ours, or others can change it. */
export class UntrustedError extends Error {
  override readonly name = 'UntrustedError';
}

// Not on every platform, nor are user ids.
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
const ownUid = process.geteuid?.();

const WRITABLE_BY_OTHERS = 0o022;

/**
 * Opens a file that no other user can have put there, or changed: no link of any kind, and nothing that one waits for, such
 * as a FIFO.
 * @param mode of the file, when it may have to be made
 * @throws {UntrustedError} when it is anything else
 * @throws the system's error when it cannot be opened
 */
export async function openTrusted(path: string, flags: number, mode?: number): Promise<OpenFile> {
  const file = await openWithoutFollowing(path, flags, mode);
  try {
    const stats = await file.stat();
    const { uid, nlink } = stats;
    if (!stats.isFile()) throw new UntrustedError(`${path} is no regular file`);
    if (isForeign(uid)) throw new UntrustedError(`${path} belongs to another user (uid ${uid})`);
    // One that is made private now may have been made by anybody's editor; one that is read must have been private.
    if (mode === undefined && isWritableByOthers(stats.mode))
      throw new UntrustedError(`others can write to ${path} (${inOctal(stats.mode)})`);
    // None: it was removed meanwhile.
    if (nlink > 1) throw new UntrustedError(`${path} has ${nlink} hard links`);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openWithoutFollowing(path: string, flags: number, mode?: number): Promise<OpenFile> {
  try {
    return await open(path, flags | O_NOFOLLOW | O_NONBLOCK, mode);
  } catch (error) {
    if (codeOf(error) === 'ELOOP') throw new UntrustedError(`${path} is a symbolic link`);
    // A FIFO that nobody reads, or a socket.
    if (codeOf(error) === 'ENXIO') throw new UntrustedError(`${path} is no regular file`);
    throw error;
  }
}

/**
 * Looks whether a folder is a real one in which this user alone can put anything.
 * @throws {UntrustedError} when it is not
 * @throws the system's error when that cannot be found out
 */
export async function checkFolder(path: string): Promise<void> {
  const stats = await lstat(path);
  const { uid, mode } = stats;
  if (stats.isSymbolicLink()) throw new UntrustedError(`${path} is a symbolic link`);
  if (!stats.isDirectory()) throw new UntrustedError(`${path} is no folder`);
  if (isForeign(uid)) throw new UntrustedError(`${path} belongs to another user (uid ${uid})`);
  if (isWritableByOthers(mode)) throw new UntrustedError(`others can write to ${path} (${inOctal(mode)})`);
}

function isWritableByOthers(mode: number): boolean {
  return ownUid !== undefined && (mode & WRITABLE_BY_OTHERS) !== 0;
}

function inOctal(mode: number): string {
  return `mode ${(mode & 0o7777).toString(8)}`;
}

function isForeign(uid: number): boolean {
  return ownUid !== undefined && uid !== ownUid;
}

/** That of the system's errors. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

const PASSING = new Set([
  'EMFILE',
  'ENFILE',
  'EIO',
  'ENOMEM',
  'EBUSY',
  'EAGAIN',
  'ESTALE',
  'ETIMEDOUT',
  'ENOSPC',
]);

/** Whether it may be otherwise later: what is short passes, and a disk may answer again. */
export function isPassing(error: unknown): boolean {
  return PASSING.has(codeOf(error) ?? '');
}
