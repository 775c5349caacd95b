import { constants } from 'node:fs';
import { lstat, type OpenFile, open } from './file-calls.js';

/** Another user owns what is at this path or can change it, or it is not a regular file or folder. */
export class UntrustedError extends Error {
  override readonly name = 'UntrustedError';
}

// Windows has neither these flags nor user ids.
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
const ownUid = process.geteuid?.();

const WRITABLE_BY_OTHERS = 0o022;

/**
 * Opens a regular file that belongs to this user and that no other user can write to. Never follows a link and never
 * waits, as it would for a FIFO.
 * @param mode of the file if it is created
 * @throws {UntrustedError} if it is anything else
 * @throws the system's error if it cannot be opened
 */
export async function openTrusted(path: string, flags: number, mode?: number): Promise<OpenFile> {
  const file = await openWithoutFollowing(path, flags, mode);
  try {
    const stats = await file.stat();
    const { uid, nlink } = stats;
    if (!stats.isFile()) throw new UntrustedError(`${path} is not a regular file`);
    if (isForeign(uid)) throw new UntrustedError(`${path} belongs to another user (uid ${uid})`);
    // With `mode` the caller makes the file private now; a file that is only read must have been private before.
    if (mode === undefined && isWritableByOthers(stats.mode))
      throw new UntrustedError(`other users can write to ${path} (${formatMode(stats.mode)})`);
    // A file that has just been removed has no link.
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
    // A FIFO without a reader, or a socket.
    if (codeOf(error) === 'ENXIO') throw new UntrustedError(`${path} is not a regular file`);
    throw error;
  }
}

/**
 * Checks that a path is a folder, not a link, that belongs to this user and that no other user can write to.
 * @throws {UntrustedError} if it is not
 * @throws the system's error if it cannot be checked
 */
export async function checkFolder(path: string): Promise<void> {
  const stats = await lstat(path);
  const { uid, mode } = stats;
  if (stats.isSymbolicLink()) throw new UntrustedError(`${path} is a symbolic link`);
  if (!stats.isDirectory()) throw new UntrustedError(`${path} is not a folder`);
  if (isForeign(uid)) throw new UntrustedError(`${path} belongs to another user (uid ${uid})`);
  if (isWritableByOthers(mode))
    throw new UntrustedError(`other users can write to ${path} (${formatMode(mode)})`);
}

function isWritableByOthers(mode: number): boolean {
  return ownUid !== undefined && (mode & WRITABLE_BY_OTHERS) !== 0;
}

function formatMode(mode: number): string {
  return `mode ${(mode & 0o7777).toString(8)}`;
}

function isForeign(uid: number): boolean {
  return ownUid !== undefined && uid !== ownUid;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

const TRANSIENT = new Set([
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

/** Whether the same call may succeed later, for example once the system has resources again. */
export function isTransient(error: unknown): boolean {
  return TRANSIENT.has(codeOf(error) ?? '');
}
