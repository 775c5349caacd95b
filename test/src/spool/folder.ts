import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';

export function spoolFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'awslogs-spool-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The files in the folder, as paths from it, but for the locks of living processes. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.lock'))
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** A file may go while this counts. */
export function bytesIn(folder: string): number {
  return filesIn(folder).reduce(
    (sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/** Resolves when all that this process had to do on the disk is done: time that does not pass is no time for it. */
export async function diskIdle(): Promise<void> {
  const isBusy = () => process.getActiveResourcesInfo().some((resource) => resource.startsWith('FSReq'));
  do await new Promise(setImmediate);
  while (isBusy());
}
