import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';

export function spoolFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'awslogs-spool-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Everything in the folder, as paths from it. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** A file may go while this counts. */
export function bytesIn(folder: string): number {
  return filesIn(folder).reduce(
    (sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/** As after ten seconds in which the processes gave no sign of life. */
export function ageLocks(folder: string): void {
  for (const lock of readdirSync(folder).filter((name) => name.endsWith('.lock')))
    utimesSync(join(folder, lock), 0, 0);
}

/** Resolves when all that this process had to do on the disk is done: time that does not pass is no time for it. */
export async function diskIdle(): Promise<void> {
  const isBusy = () => process.getActiveResourcesInfo().some((resource) => resource.startsWith('FSReq'));
  do await new Promise(setImmediate);
  while (isBusy());
}
