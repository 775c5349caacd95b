import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/** A file beside the journal that names the process which writes it: two would each drop what the other wrote. */
export class FileLock {
  readonly #file: string;

  /** @throws {Error} if a process that runs holds the lock */
  constructor(journal: string) {
    this.#file = `${journal}.lock`;
    try {
      writeFileSync(this.#file, String(process.pid), { flag: 'wx' });
    } catch (error) {
      const owner = ownerOf(this.#file);
      if (owner === undefined) throw error;
      if (isRunning(owner)) throw new Error(`process ${owner} uses it (${this.#file})`);
      writeFileSync(this.#file, String(process.pid));
    }
  }

  release(): void {
    rmSync(this.#file, { force: true });
  }
}

/** Undefined if the file cannot be read. */
function ownerOf(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
