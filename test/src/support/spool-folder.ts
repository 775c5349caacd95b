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
import { range } from './harness.js';
import { type ManualClock, settled } from './manual-clock.js';
import { until } from './until.js';

export function spoolFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-spool-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The paths of the files in a folder and its subfolders, without locks. */
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
      // A subfolder was removed during the call.
      if (!isMissing(error)) throw error;
    }
  }
}

/** The total size of the files, which may be removed during the call. */
export function bytesIn(folder: string): number {
  return filesIn(folder).reduce(
    (sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/** The number of lines in all segments. */
export function linesIn(folder: string): number {
  const segments = filesIn(folder).filter((file) => file.endsWith('.ndjson'));
  return segments.reduce((sum, file) => sum + textOf(file).split('\n').length - 1, 0);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return ''; // it was removed meanwhile
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/**
 * Resolves when this process has no file operation in progress. They take real time, which a manual clock does not wait
 * for.
 */
export async function diskIdle(): Promise<void> {
  const isBusy = () => process.getActiveResourcesInfo().some((resource) => /^FSReq|^CloseReq/.test(resource));
  await settled();
  await until('an idle disk', () => !isBusy());
}

/** Closes the pipeline. Time passes only as fast as the disk and the service allow. */
export async function closeInTime(pipeline: { close(): Promise<void> }, clock: ManualClock): Promise<void> {
  let isClosed = false;
  void pipeline.close().then(() => {
    isClosed = true;
  });
  await until(
    'the close',
    () => isClosed,
    async () => {
      await clock.advance(1);
      await diskIdle();
    },
  );
}

/** The text of a segment with one batch. */
export function segmentText(messages: readonly string[], head: object = OLD): string {
  const lines = [
    JSON.stringify({ destination: 0, ...head }),
    JSON.stringify({ batch: 0, destination: 0 }),
    ...messages.map((message) => `${JSON.stringify({ timestamp: Date.now(), message })},`),
  ];
  return `${lines.join('\n')}\n`;
}

const OLD = { logGroupName: '/old', logStreamName: 'old' };

export const nameOf = (logStreamName: string) => ({
  logGroupName: '/group',
  logStreamName,
  entity: undefined,
});

/**
 * The text of a segment of several batches, each with ten events in so many places that it is written again before it
 * leaves memory.
 */
export function scatteredText(streams: readonly string[]): string {
  const destinations = streams.map((name, i) => JSON.stringify({ destination: i, ...nameOf(name) }));
  const events = range(10).flatMap(() =>
    streams.flatMap((name, i) => [
      `{"batch":${i},"destination":${i}}`,
      `${JSON.stringify({ timestamp: Date.now(), message: `of ${name}` })},`,
    ]),
  );
  return `${[...destinations, ...events].join('\n')}\n`;
}

/**
 * Creates a spool folder as a dead process leaves it.
 * @param segments the texts of its segments
 * @returns the path of the folder
 */
export function leaveFolder(root: string, segments: readonly (string | Buffer)[]): string {
  const folder = join(root, '01234567-89ab-4cde-8f01-23456789abcd');
  mkdirSync(folder, { mode: 0o700 });
  for (const [i, text] of segments.entries())
    writeFileSync(join(folder, `${i}.ndjson`), text, { mode: 0o600 });
  return folder;
}
