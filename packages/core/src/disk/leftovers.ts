import { appendFile, readdir, readFile, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { timestampOf } from '../batch/event.js';
import type { Reporter } from '../report.js';
import { said } from '../said.js';
import { LOCK, type OwnerWatch, removeLock } from './lock.js';
import { readSpoolText, type SpoolHead, writeSpoolText } from './spool-format.js';

const CORRUPT = 'corrupt.ndjson';
const FOLDER = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.lock)?$/;
const BATCH = /^\d+-[\w-]+\.ndjson$/;

/** A batch that a dead process left, moved to where it is now. */
export interface Leftover {
  readonly path: string;
  readonly head: SpoolHead;
  readonly bytes: number;
  /** The number of events, and the timestamps of the first and of the last. */
  readonly size: number;
  readonly begin: number;
  readonly end: number;
}

/** Who takes over. */
export interface Heir {
  /** Where batches are moved to. */
  readonly folder: string;
  readonly watch: OwnerWatch;
  /** Whether this folder is the heir's own. */
  owns(folder: string): boolean;
  /** Whether there is room, and time, for one more. */
  hasRoomFor(bytes: number): boolean;
  receive(leftover: Leftover): void;
}

/**
 * Takes over what dead processes left. Never rejects: what cannot be read or moved is told, and stays.
 * @returns whether there is, or may be, more to come
 */
export async function takeOver(root: string, heir: Heir, reporter: Reporter): Promise<boolean> {
  let more = false;
  for (const folder of await foreignFolders(root, heir, reporter)) {
    if (await claim(folder, heir.watch, reporter))
      more = !(await empty(root, folder, heir, reporter)) || more;
    else more = true;
  }
  return more;
}

async function foreignFolders(root: string, heir: Heir, reporter: Reporter): Promise<string[]> {
  try {
    const names = (await readdir(root)).filter((name) => FOLDER.test(name));
    // Of a process that died too soon there is the lock alone.
    const folders = new Set(names.map((name) => join(root, basename(name, LOCK))));
    return [...folders].filter((folder) => !heir.owns(folder));
  } catch (error) {
    tell(reporter, root, error);
    return [];
  }
}

/** @returns whether it is this process's to take */
async function claim(folder: string, watch: OwnerWatch, reporter: Reporter): Promise<boolean> {
  try {
    if (!(await watch.isAbandoned(folder))) return false;
    // Should another heir come in between, each file goes to one of the two.
    await removeLock(folder);
    return true;
  } catch (error) {
    tell(reporter, folder, error);
    return false;
  }
}

/** @returns whether nothing is left there */
async function empty(root: string, folder: string, heir: Heir, reporter: Reporter): Promise<boolean> {
  const names = await readdir(folder).catch(() => []); // the lock alone
  let isEmpty = true;
  for (const name of names.filter((one) => BATCH.test(one)).toSorted((a, b) => openedAt(a) - openedAt(b))) {
    try {
      isEmpty = (await take(root, join(folder, name), heir, reporter)) && isEmpty;
    } catch (error) {
      isEmpty = false;
      tell(reporter, join(folder, name), error);
    }
  }
  // Fails when something is left, or there never was a folder.
  await rmdir(folder).catch(() => undefined);
  return isEmpty;
}

async function take(root: string, path: string, heir: Heir, reporter: Reporter): Promise<boolean> {
  const data = await readFile(path);
  if (!heir.hasRoomFor(data.length)) return false;
  const { head, events, corrupt } = readSpoolText(data.toString());
  if (corrupt.length > 0) await setAside(root, path, corrupt, reporter);
  if (head === undefined || events.length === 0) {
    await unlink(path);
    return true;
  }
  const target = join(heir.folder, basename(path));
  const text = Buffer.from(writeSpoolText(head, events));
  if (data.equals(text)) await rename(path, target);
  else {
    await writeAnew(target, text);
    await unlink(path);
  }
  const times = events.map(timestampOf).toSorted((a, b) => a - b);
  const [begin = 0] = times;
  heir.receive({
    path: target,
    head,
    bytes: text.length,
    size: events.length,
    begin,
    end: times.at(-1) ?? begin,
  });
  return true;
}

/** Whole, or not at all: the rest would be found as if somebody had left it. */
async function writeAnew(path: string, data: Buffer): Promise<void> {
  try {
    await writeFile(path, data, { mode: 0o600 });
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function setAside(
  root: string,
  path: string,
  lines: readonly string[],
  reporter: Reporter,
): Promise<void> {
  const aside = join(root, CORRUPT);
  await appendFile(aside, `${lines.join('\n')}\n`, { mode: 0o600 });
  reporter.accept(lines.length);
  reporter.drop('unreadable', lines.length);
  reporter.loss(
    'unreadable',
    lines.length,
    (all) =>
      `${all} lines in the spool are no events, as after a crash in the middle of one. They were moved to ${aside}, the last of them from ${path}.`,
  );
}

function tell(reporter: Reporter, path: string, error: unknown): void {
  reporter.problem(
    'spool',
    `What was left in ${path} cannot be taken over, and stays there. (${said(error)})`,
  );
}

/** A file's name begins with the moment at which it was opened. */
function openedAt(name: string): number {
  return Number.parseInt(name, 10);
}
