import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** The owner of a lock renews it this often. */
const RENEWAL_MS = 2_000;
/** A lock whose owner cannot be asked, since it is in another container, is held until it was not renewed for so long. */
const FRESH_MS = 10_000;

/** A process, told apart from an earlier one with the same id. */
interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Empty where the system does not tell when a process started. */
  readonly startedAt: string;
}

/** A file beside the journal that names the process which writes it: two would each drop what the other wrote. */
export class FileLock {
  readonly #file: string;
  readonly #renewal: NodeJS.Timeout;

  /** @throws {Error} if a process that runs holds the lock */
  constructor(journal: string) {
    this.#file = `${journal}.lock`;
    const content = `${process.pid} ${hostname()} ${startOf(process.pid)}`;
    try {
      writeFileSync(this.#file, content, { flag: 'wx' });
    } catch (error) {
      if (!isExisting(error)) throw error;
      removeLeft(this.#file);
      // Fails if another process has been as quick.
      writeFileSync(this.#file, content, { flag: 'wx' });
    }
    this.#renewal = setInterval(() => renew(this.#file), RENEWAL_MS).unref();
  }

  release(): void {
    clearInterval(this.#renewal);
    rmSync(this.#file, { force: true });
  }
}

const isExisting = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EEXIST';

function renew(file: string): void {
  const now = new Date();
  try {
    utimesSync(file, now, now);
  } catch {
    // Somebody has removed it.
  }
}

/** Removes a lock that nobody holds. Of several processes, one renames it. @throws {Error} if it is held */
function removeLeft(file: string): void {
  const content = readFileSync(file, 'utf8');
  const owner = readOwner(content);
  if (owner?.host === hostname() ? isRunning(owner) : isFresh(file)) {
    throw new Error(
      owner ? `process ${owner.pid} of ${owner.host} uses it (${file})` : `another process uses it (${file})`,
    );
  }
  const left = `${file}.${process.pid}`;
  renameSync(file, left);
  const renamed = readFileSync(left, 'utf8');
  if (renamed !== content) {
    renameSync(left, file);
    throw new Error(`another process uses it (${file})`);
  }
  rmSync(left);
}

/** Undefined if the file does not name a process. */
function readOwner(content: string): Owner | undefined {
  const [, pid, host = '', startedAt = ''] = /^([1-9]\d*) (\S+) (\d*)$/.exec(content) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), host, startedAt };
}

const isFresh = (file: string): boolean => Date.now() - statSync(file).mtimeMs < FRESH_MS;

function isRunning({ pid, startedAt }: Owner): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return startedAt === startOf(pid);
}

/** When a process started, in ticks since the system did; empty where the system does not tell. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, in brackets, may contain spaces.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
