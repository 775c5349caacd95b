import { constants } from 'node:fs';
import { join } from 'node:path';
import { parseObject } from '../util/json.js';
import { lstat, readdir } from './file-calls.js';
import { MAX_SEGMENT_BYTES } from './file-format.js';
import { foldersOf, segmentsOf } from './folder-names.js';
import { readLock } from './lock.js';
import { hasCertainlyEnded, type OwnerThread, thisThread, toOwnerThread } from './owner-thread.js';
import { readSegment, type SegmentContent } from './segment-reader.js';
import { readSettled } from './settled-file.js';
import { isMissing, openTrusted, UntrustedError } from './trusted-file.js';

/** Who owns a folder, as far as that is known without watching the lock: a process on another host may have ended. */
type FolderOwner = 'ended' | 'running' | 'elsewhere';

export interface FoundSegment {
  readonly path: string;
  readonly bytes: number;
  /** When it was last written, in milliseconds since 1970. */
  readonly writtenAt: number;
}

export interface FoundFolder {
  readonly path: string;
  readonly owner: FolderOwner;
  /** The process of a folder that has a lock. */
  readonly pid?: number;
  readonly segments: readonly FoundSegment[];
}

/**
 * Lists what lies in a spool directory, and changes nothing. What vanishes meanwhile is left out.
 * @param listed is called with the number of folders that were looked at, and of all
 * @throws if the directory cannot be read
 */
export async function inspectSpool(
  root: string,
  listed: (done: number, all: number) => void = () => undefined,
): Promise<FoundFolder[]> {
  const folders = foldersOf(await readdir(root));
  const self = await thisThread();
  const found: FoundFolder[] = [];
  for (const [i, name] of folders.entries()) {
    const folder = await inspectFolder(join(root, name), self);
    if (folder !== undefined) found.push(folder);
    listed(i + 1, folders.length);
  }
  return found;
}

async function inspectFolder(path: string, self: OwnerThread | undefined): Promise<FoundFolder | undefined> {
  try {
    const lock = await readLock(path);
    const owner = lock === undefined ? undefined : toOwnerThread(parseObject(lock) ?? {});
    const names = await readdir(path).catch(emptyIfMissing);
    const segments: FoundSegment[] = [];
    for (const name of segmentsOf(names)) {
      const { size, mtimeMs } = await lstat(join(path, name));
      segments.push({ path: join(path, name), bytes: size, writtenAt: mtimeMs });
    }
    const state = lock === undefined ? 'ended' : await stateOf(owner, self);
    return { path, owner: state, segments, ...(owner && { pid: owner.pid }) };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function stateOf(owner: OwnerThread | undefined, self: OwnerThread | undefined): Promise<FolderOwner> {
  if (owner === undefined || self === undefined) return 'elsewhere';
  if (await hasCertainlyEnded(owner, self)) return 'ended';
  const isHere = owner.bootId === self.bootId && owner.pidNamespace === self.pidNamespace;
  return isHere ? 'running' : 'elsewhere';
}

function emptyIfMissing(error: unknown): string[] {
  if (isMissing(error)) return [];
  throw error;
}

/** Reads the batches of a segment that are not settled, and changes nothing. @throws if it cannot be read or trusted */
export async function inspectSegment(path: string): Promise<SegmentContent> {
  const settled = new Set(await readSettled(path));
  const file = await openTrusted(path, constants.O_RDONLY);
  try {
    const { size } = await file.stat();
    if (size > MAX_SEGMENT_BYTES) throw new UntrustedError(`${path} is larger than any segment`);
    return await readSegment(file, size, settled);
  } finally {
    await file.close();
  }
}
