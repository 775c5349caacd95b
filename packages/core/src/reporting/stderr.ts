import { writeSync } from 'node:fs';

/** Writes to the file descriptor. In a worker, process.stderr goes through the main thread, which is blocked at exit. */
export function writeToStderr(line: string): void {
  try {
    writeSync(2, line);
  } catch {
    // A closed or full stderr must not cause a failure. The report was emitted before.
  }
}
