import type { Stats } from 'node:fs';
import * as promises from 'node:fs/promises';
import { CallQueue } from './call-queue.js';

/**
 * The file calls of all spools and dead-letter files of this thread. They run one at a time, because each occupies one
 * of libuv's few threads until the disk responds. The process needs the other threads to compress requests, to look up
 * host names and to read its own files.
 */
export const fileCalls = new CallQueue();

type Path = string;
type WriteOptions = { readonly mode: number; readonly flag?: string };

/** These functions do what those of node:fs/promises do, in the queue. */
export function appendFile(path: Path, data: string, options: WriteOptions): Promise<void> {
  return fileCalls.run(() => promises.appendFile(path, data, options));
}

export function lstat(path: Path): Promise<Stats> {
  return fileCalls.run(() => promises.lstat(path));
}

export async function mkdir(path: Path, options: { mode: number; recursive?: boolean }): Promise<void> {
  await fileCalls.run(() => promises.mkdir(path, options));
}

export function readdir(path: Path): Promise<string[]> {
  return fileCalls.run(() => promises.readdir(path));
}

export function rename(from: Path, to: Path): Promise<void> {
  return fileCalls.run(() => promises.rename(from, to));
}

export function rm(path: Path, options?: { force: boolean }): Promise<void> {
  return fileCalls.run(() => promises.rm(path, options));
}

export function rmdir(path: Path): Promise<void> {
  return fileCalls.run(() => promises.rmdir(path));
}

export function stat(path: Path): Promise<Stats> {
  return fileCalls.run(() => promises.stat(path));
}

export function truncate(path: Path, bytes: number): Promise<void> {
  return fileCalls.run(() => promises.truncate(path, bytes));
}

export function writeFile(path: Path, data: string, options: WriteOptions): Promise<void> {
  return fileCalls.run(() => promises.writeFile(path, data, options));
}

export async function open(path: Path, flags: number, mode?: number): Promise<OpenFile> {
  return new OpenFile(await fileCalls.run(() => promises.open(path, flags, mode)));
}

/** A FileHandle whose calls run in the queue. */
export class OpenFile {
  readonly #file: promises.FileHandle;

  constructor(file: promises.FileHandle) {
    this.#file = file;
  }

  chmod(mode: number): Promise<void> {
    return fileCalls.run(() => this.#file.chmod(mode));
  }

  close(): Promise<void> {
    return fileCalls.run(() => this.#file.close());
  }

  /** Reads up to the length of `into`. @returns how many bytes were read */
  async read(into: Uint8Array, position: number): Promise<number> {
    const { bytesRead } = await fileCalls.run(() => this.#file.read(into, 0, into.length, position));
    return bytesRead;
  }

  readText(): Promise<string> {
    return fileCalls.run(() => this.#file.readFile('utf8'));
  }

  stat(): Promise<Stats> {
    return fileCalls.run(() => this.#file.stat());
  }

  /** Writes all of `data`. @param position null for a file that is open for appending */
  async write(data: Uint8Array, position: number | null = null): Promise<void> {
    for (let done = 0; done < data.length; ) {
      const at = position === null ? null : position + done;
      const { bytesWritten } = await fileCalls.run(() =>
        this.#file.write(data, done, data.length - done, at),
      );
      done += bytesWritten;
    }
  }
}
