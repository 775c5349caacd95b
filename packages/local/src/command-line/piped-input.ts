import { fstatSync } from 'node:fs';
import type { Service } from '../service/service.js';
import { readLines } from '../standard-input/line-reader.js';

const GROUP = 'stdin';
/** The lines of a stack are written at once, or nearly so. */
const PAUSE_MS = 100;

/** Whether somebody pipes a program or a file into this process. */
export function isPiped(): boolean {
  try {
    const input = fstatSync(0);
    return input.isFIFO() || input.isSocket() || input.isFile();
  } catch {
    // Standard input is closed.
    return false;
  }
}

/** Shows the lines of standard input as events of a log stream of their own. @returns when the input has ended */
export function showInput(service: Service): Promise<void> {
  const stream = new Date().toISOString().replaceAll(':', '.');
  return readLines(process.stdin, { now: Date.now, afterPause }, (events) =>
    service.ingest(GROUP, stream, events),
  );
}

function afterPause(callback: () => void): () => void {
  const timer = setTimeout(callback, PAUSE_MS);
  return () => clearTimeout(timer);
}
