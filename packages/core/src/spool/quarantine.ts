import { constants } from 'node:fs';
import { join } from 'node:path';
import type { OpenFile } from './file-calls.js';
import type { Range } from './segment.js';
import { openTrusted } from './trusted-file.js';

const QUARANTINE_FILE = 'corrupt.ndjson';

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * Copies corrupt lines of a segment to the quarantine file in the spool directory, as far as there is room, and
 * overwrites them with blank lines, so that no later process counts them again.
 * @returns the path of the quarantine file
 * @throws if it cannot be written
 */
export async function quarantine(
  root: string,
  maxBytes: number,
  segment: OpenFile,
  lines: readonly Range[],
): Promise<string> {
  const path = join(root, QUARANTINE_FILE);
  const { O_WRONLY, O_APPEND, O_CREAT } = constants;
  const target = await openTrusted(path, O_WRONLY | O_APPEND | O_CREAT, 0o600);
  try {
    await target.chmod(0o600);
    let { size } = await target.stat();
    for (const line of lines) {
      const end = Math.min(line.end, line.start + maxBytes - size - 1);
      if (end > line.start) size += await copy(segment, { start: line.start, end }, target);
      await blank(segment, line);
    }
  } finally {
    await target.close();
  }
  return path;
}

/** @returns how many bytes the copy takes */
async function copy(from: OpenFile, { start, end }: Range, to: OpenFile): Promise<number> {
  let lastByte = 0;
  for (let position = start; position < end; position += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, end - position);
    const buffer = Buffer.alloc(length);
    const chunk = buffer.subarray(0, await from.read(buffer, position));
    await to.write(chunk);
    lastByte = chunk.at(-1) ?? lastByte;
  }
  // A line that is torn, or cut here for lack of room, has no newline.
  if (lastByte !== NEWLINE) await to.write(Buffer.of(NEWLINE));
  return end - start + 1;
}

async function blank(file: OpenFile, { start, end }: Range): Promise<void> {
  for (let position = start; position < end; position += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, end - position);
    // A newline per chunk keeps each blank line short enough to be read.
    const spaces = Buffer.alloc(length, ' ');
    spaces[length - 1] = NEWLINE;
    await file.write(spaces, position);
  }
}
