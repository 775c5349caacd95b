import type { Clock } from '../util/clock.js';
import { parseObject } from '../util/json.js';
import { HEARTBEAT_MS, readLock } from './lock.js';
import { hasCertainlyEnded, thisThread, toOwnerThread } from './owner-thread.js';

/** A lock is stale if it has not changed for this long, by the clock of the process that watches it. */
const STALE_MS = 10_000;

/** The state of the owner of a folder. */
export type OwnerState =
  | 'alive'
  /** The lock has not been watched for long enough. */
  | 'unknown'
  /** The lock is stale, so the owner is taken for dead. */
  | 'stale'
  /** The owner is known to be dead, or has released the folder. */
  | 'dead';

interface Observation {
  readonly text: string;
  /** When the lock was last read, in monotonic milliseconds. */
  readonly at: number;
  readonly unchangedMs: number;
  readonly hasEverChanged: boolean;
}

/** Tells dead owners of folders from living ones. Never relies on the time of day, since clocks differ and jump. */
export class OwnerWatch {
  readonly #clock: Clock;
  readonly #self = thisThread();
  readonly #observations = new Map<string, Observation>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws if the lock cannot be read */
  async stateOf(folder: string): Promise<OwnerState> {
    const text = await readLock(folder);
    if (text === undefined) return 'dead';
    const [self, owner] = [await this.#self, toOwnerThread(parseObject(text) ?? {})];
    if (self !== undefined && owner !== undefined && (await hasCertainlyEnded(owner, self))) return 'dead';
    const { unchangedMs, hasEverChanged } = this.#observe(folder, text);
    if (unchangedMs > STALE_MS) return 'stale';
    return hasEverChanged && unchangedMs === 0 ? 'alive' : 'unknown';
  }

  /** Forgets all other folders. */
  retain(folders: readonly string[]): void {
    for (const folder of this.#observations.keys())
      if (!folders.includes(folder)) this.#observations.delete(folder);
  }

  #observe(folder: string, text: string): Observation {
    const at = this.#clock.monotonic();
    const last = this.#observations.get(folder);
    const isUnchanged = last?.text === text;
    const observation = {
      text,
      at,
      // This process may have stood still together with the owner, so a long time between two observations counts as a
      // short one.
      unchangedMs: isUnchanged ? last.unchangedMs + Math.min(at - last.at, 2 * HEARTBEAT_MS) : 0,
      hasEverChanged: last !== undefined && (last.hasEverChanged || !isUnchanged),
    };
    this.#observations.set(folder, observation);
    return observation;
  }
}
