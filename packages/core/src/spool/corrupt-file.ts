import { constants } from 'node:fs';
import { join } from 'node:path';
import type { OpenFile } from './file-calls.js';
import type { Range } from './segment.js';
import { openTrusted } from './trusted-file.js';

const CORRUPT = 'corrupt.ndjson';

const PIECE_BYTES = 64 * 1024;

/**
 * Moves lines that cannot be read out of a file, into one for all of them, as far as there is room; and writes blank lines in
 * their place, so that nobody finds them again.
 * @returns where they are
 * @throws when they cannot be written there
 */
export async function quarantine(
  root: string,
  maxBytes: number,
  file: OpenFile,
  lines: readonly Range[],
): Promise<string> {
  const path = join(root, CORRUPT);
  const { O_WRONLY, O_APPEND, O_CREAT } = constants;
  const aside = await openTrusted(path, O_WRONLY | O_APPEND | O_CREAT, 0o600);
  try {
    await aside.chmod(0o600);
    let { size } = await aside.stat();
    for (const line of lines) {
      const end = Math.min(line.end, line.start + maxBytes - size - 1);
      if (end > line.start) size += await copy(file, { start: line.start, end }, aside);
      await blank(file, line);
    }
  } finally {
    await aside.close();
  }
  return path;
}

/** @returns how many bytes that took */
async function copy(file: OpenFile, { start, end }: Range, aside: OpenFile): Promise<number> {
  let last = 0;
  for (let position = start; position < end; position += PIECE_BYTES) {
    const length = Math.min(PIECE_BYTES, end - position);
    const buffer = Buffer.alloc(length);
    const piece = buffer.subarray(0, await file.read(buffer, position));
    await aside.write(piece);
    last = piece.at(-1) ?? last;
  }
  // What is torn, or cut for want of room, has no end.
  if (last !== NEWLINE) await aside.write(Buffer.of(NEWLINE));
  return end - start + 1;
}

const NEWLINE = 0x0a;

async function blank(file: OpenFile, { start, end }: Range): Promise<void> {
  for (let position = start; position < end; position += PIECE_BYTES) {
    const length = Math.min(PIECE_BYTES, end - position);
    // No line that is too long to be read.
    const spaces = Buffer.alloc(length, ' ');
    spaces[length - 1] = NEWLINE;
    await file.write(spaces, position);
  }
}
