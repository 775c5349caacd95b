import { constants } from 'node:fs';
import type { Clock } from '../util/clock.js';
import { parseObject } from '../util/json.js';
import { rename, rm, stat, writeFile } from './file-calls.js';
import { isProvenDead, type OwnerProcess, thisProcess, toOwnerProcess } from './owner-process.js';
import { isMissing, openTrusted } from './trusted-file.js';

export const LOCK = '.lock';

/** What becomes of the lock of an owner that was taken for dead: should it live after all, it learns where its files are. */
export const RECEIPT = '.taken';

/** How often an owner writes a new value into its lock. */
export const BEAT_MS = 2500;

/** An owner is dead when its lock has been the same for longer than this, by the clock of whoever looks. */
const SILENCE_MS = 10_000;

/** Of longer ones nothing is read. */
const MAX_LOCK_BYTES = 1024;

/**
 * A folder's lock: a file beside it, which says which process owns the folder, and holds a value that changes with each
 * beat. Whoever takes the folder over removes the lock first.
 */
export class FolderLock {
  readonly #folder: string;
  readonly #self: OwnerProcess | undefined;
  #beats = 0;

  private constructor(folder: string, self: OwnerProcess | undefined) {
    this.#folder = folder;
    this.#self = self;
  }

  /** @throws the system's error when it cannot be made */
  static async create(folder: string): Promise<FolderLock> {
    const lock = new FolderLock(folder, await thisProcess());
    await writeFile(folder + LOCK, lock.#text, { flag: 'wx', mode: 0o600 });
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
      const file = await openTrusted(this.#folder + LOCK, constants.O_WRONLY);
      try {
        // Never shorter than what it replaces.
        await file.write(Buffer.from(this.#text), 0);
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
    await rm(this.#folder + LOCK, { force: true });
  }

  /** Whether the folder that is no longer the owner's is another process's: else somebody has removed it. */
  async wasTakenOver(): Promise<boolean> {
    try {
      await rm(this.#folder + RECEIPT);
      return true;
    } catch {
      return false;
    }
  }

  get #text(): string {
    return `${JSON.stringify({ ...this.#self, beats: this.#beats })}\n`;
  }
}

/** Whether the owner of a folder lives. */
export type OwnerState =
  | 'living'
  /** Nobody knows as yet: it has not been watched for long enough. */
  | 'unknown'
  /** It has been silent for so long that it is taken for dead. */
  | 'silent'
  /** It is known to be dead, or has left the folder to others. */
  | 'gone';

interface Sighting {
  readonly text: string;
  /** When it was looked at last, in monotonic milliseconds. */
  readonly at: number;
  readonly silentMs: number;
  readonly hasChanged: boolean;
}

/** Tells the folders of dead owners from those of living ones. No time of day plays a part, since clocks differ and jump. */
export class OwnerWatch {
  readonly #clock: Clock;
  readonly #self = thisProcess();
  readonly #sightings = new Map<string, Sighting>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws when the lock cannot be read */
  async look(folder: string): Promise<OwnerState> {
    const text = await readLock(folder);
    if (text === undefined) return 'gone';
    const [self, owner] = [await this.#self, toOwnerProcess(parseObject(text) ?? {})];
    if (self !== undefined && owner !== undefined && (await isProvenDead(owner, self))) return 'gone';
    const { silentMs, hasChanged } = this.#sight(folder, text);
    if (silentMs > SILENCE_MS) return 'silent';
    return hasChanged && silentMs === 0 ? 'living' : 'unknown';
  }

  /** Forgets all but these. */
  keep(folders: readonly string[]): void {
    for (const folder of this.#sightings.keys())
      if (!folders.includes(folder)) this.#sightings.delete(folder);
  }

  #sight(folder: string, text: string): Sighting {
    const at = this.#clock.monotonic();
    const before = this.#sightings.get(folder);
    const isSame = before?.text === text;
    const sighting = {
      text,
      at,
      // Whoever looks may have stood still, together with the owner: much time between two looks counts as little.
      silentMs: isSame ? before.silentMs + Math.min(at - before.at, 2 * BEAT_MS) : 0,
      hasChanged: before !== undefined && (before.hasChanged || !isSame),
    };
    this.#sightings.set(folder, sighting);
    return sighting;
  }
}

/** Takes a folder from its owner. Of two who do so at once, each gets some of its files. */
export async function breakLock(folder: string, state: 'silent' | 'gone'): Promise<void> {
  if (state === 'gone') await rm(folder + LOCK, { force: true });
  else await rename(folder + LOCK, folder + RECEIPT);
}

/** An owner that has not come back for a day will not. Should it do so, it merely counts too many events as lost. */
const RECEIPT_MS = 86_400_000;

export async function removeOldReceipt(path: string, clock: Clock): Promise<void> {
  const { mtimeMs } = await stat(path);
  if (clock.now() - mtimeMs > RECEIPT_MS) await rm(path, { force: true });
}

async function readLock(folder: string): Promise<string | undefined> {
  try {
    const file = await openTrusted(folder + LOCK, constants.O_RDONLY);
    try {
      const bytes = Buffer.alloc(MAX_LOCK_BYTES);
      return bytes.toString('utf8', 0, await file.read(bytes, 0));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
