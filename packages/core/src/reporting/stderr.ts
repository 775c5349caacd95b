import { writeSync } from 'node:fs';

/**
 * By file descriptor: in a worker, process.stderr goes through the main thread, which stands still at exit.
 */
export function writeToStderr(line: string): void {
  try {
    writeSync(2, line);
  } catch {
    // A closed or full stderr is no reason to fail; the report was emitted all the same.
  }
}
