import {
  type Dirent,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { settled } from './manual-clock.js';
import { until } from './until.js';

export function spoolFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-spool-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The files in the folder, as paths from it, but for the locks of living processes. */
export function filesIn(folder: string): string[] {
  return entriesIn(folder)
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.lock'))
    .map(({ parentPath, name }) => join(parentPath, name));
}

function entriesIn(folder: string): Dirent[] {
  for (;;) {
    if (!existsSync(folder)) return [];
    try {
      return readdirSync(folder, { recursive: true, withFileTypes: true });
    } catch (error) {
      // A folder in it went while this looked.
      if (!isMissing(error)) throw error;
    }
  }
}

/** A file may go while this counts. */
export function bytesIn(folder: string): number {
  return filesIn(folder).reduce(
    (sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/** How many lines the segments have. */
export function linesIn(folder: string): number {
  const segments = filesIn(folder).filter((file) => file.endsWith('.ndjson'));
  return segments.reduce((sum, file) => sum + textOf(file).split('\n').length - 1, 0);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return ''; // it went meanwhile
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** Resolves when all that this process had to do on the disk is done: time that does not pass is no time for it. */
export async function diskIdle(): Promise<void> {
  const isBusy = () => process.getActiveResourcesInfo().some((resource) => /^FSReq|^CloseReq/.test(resource));
  await settled();
  await until('an idle disk', () => !isBusy());
}

/** The lines of a segment with one batch. */
export function segmentText(messages: readonly string[], head: object = OLD): string {
  const lines = [
    JSON.stringify({ destination: 0, ...head }),
    JSON.stringify({ batch: 0, destination: 0 }),
    ...messages.map((message) => `${JSON.stringify({ timestamp: Date.now(), message })},`),
  ];
  return `${lines.join('\n')}\n`;
}

const OLD = { logGroupName: '/old', logStreamName: 'old' };

/** Leaves a folder as a process that died does. @param segments the text of each @returns its path */
export function leaveFolder(root: string, segments: readonly string[]): string {
  const folder = join(root, '01234567-89ab-4cde-8f01-23456789abcd');
  mkdirSync(folder, { mode: 0o700 });
  for (const [i, text] of segments.entries())
    writeFileSync(join(folder, `${i}.ndjson`), text, { mode: 0o600 });
  return folder;
}
