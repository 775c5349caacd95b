import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';

/** A pipe that takes 64 KiB while nobody reads. Neither end blocks. */
export function openPipe(t: ExecutionContext) {
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-pipe-'));
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const { O_RDONLY, O_WRONLY, O_NONBLOCK } = constants;
  const reader = openSync(path, O_RDONLY | O_NONBLOCK);
  const writer = openSync(path, O_WRONLY | O_NONBLOCK);
  let isRead = true;
  const closeReader = () => {
    if (isRead) closeSync(reader);
    isRead = false;
  };
  t.teardown(() => {
    closeReader();
    closeSync(writer);
    rmSync(folder, { recursive: true });
  });
  return {
    path,
    /** The descriptor to write to. */
    writer,
    closeReader,
    /** Reads what is there. */
    read(): string {
      const chunk = Buffer.alloc(1024 * 1024);
      try {
        return chunk.toString('utf8', 0, readSync(reader, chunk));
      } catch {
        return ''; // EAGAIN: nothing
      }
    },
  };
}
