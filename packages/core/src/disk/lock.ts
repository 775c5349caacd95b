import { constants } from 'node:fs';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import type { Clock } from '../clock.js';
import { parseObject } from './json.js';
import { isProvenDead, type ProcessIdentity, thisProcess, toProcessIdentity } from './process-identity.js';

export const LOCK = '.lock';

/** How often an owner writes a new value into its lock. */
export const BEAT_MS = 2500;

/** An owner is dead when its lock has been the same for longer than this, by the clock of whoever looks. */
export const SILENCE_MS = 10_000;

/**
 * A folder's lock: a file beside it, which says which process owns the folder, and holds a value that changes with each
 * beat. Whoever takes the folder over removes the lock first.
 */
export class FolderLock {
  readonly #path: string;
  readonly #self: ProcessIdentity | undefined;
  #beats = 0;

  private constructor(folder: string, self: ProcessIdentity | undefined) {
    this.#path = folder + LOCK;
    this.#self = self;
  }

  /** @throws the system's error when it cannot be made */
  static async create(folder: string): Promise<FolderLock> {
    const lock = new FolderLock(folder, await thisProcess());
    await writeFile(lock.#path, lock.#text, { flag: 'wx', mode: 0o600 });
    return lock;
  }

  /**
   * Shows that the owner lives.
   * @returns whether the folder is still its own
   * @throws the system's error when that is not known
   */
  async beat(): Promise<boolean> {
    this.#beats++;
    try {
      const file = await open(this.#path, constants.O_WRONLY | constants.O_NOFOLLOW);
      try {
        // Never shorter than what it replaces.
        await file.write(this.#text, 0);
      } finally {
        await file.close();
      }
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  /** From now on the folder is for whoever comes first. */
  async release(): Promise<void> {
    await rm(this.#path, { force: true });
  }

  get #text(): string {
    return `${JSON.stringify({ ...this.#self, beats: this.#beats })}\n`;
  }
}

interface Sighting {
  readonly text: string;
  /** Since when the lock has been seen with this text, in monotonic milliseconds. */
  readonly since: number;
}

/** Tells the folders of dead owners from those of living ones. */
export class OwnerWatch {
  readonly #clock: Clock;
  readonly #self = thisProcess();
  readonly #sightings = new Map<string, Sighting>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Whether a folder may be taken over: its owner has left it, or is known to be dead, or has been silent for so long
   * that it must be. No time of day plays a part, since clocks differ and jump.
   * @throws the system's error when the lock cannot be read
   */
  async isAbandoned(folder: string): Promise<boolean> {
    const text = await readLock(folder);
    if (text === undefined) return true;
    const [self, owner] = [await this.#self, toProcessIdentity(parseObject(text) ?? {})];
    if (self !== undefined && owner !== undefined && (await isProvenDead(owner, self))) return true;
    return this.#isSilent(folder, text);
  }

  #isSilent(folder: string, text: string): boolean {
    const now = this.#clock.monotonic();
    const before = this.#sightings.get(folder);
    if (before?.text !== text) {
      this.#sightings.set(folder, { text, since: now });
      return false;
    }
    return now - before.since > SILENCE_MS;
  }
}

/** Of two who take a folder over at once, each gets some of its files. */
export async function removeLock(folder: string): Promise<void> {
  await rm(folder + LOCK, { force: true });
}

async function readLock(folder: string): Promise<string | undefined> {
  try {
    return await readFile(folder + LOCK, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
