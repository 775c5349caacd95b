import { randomUUID } from 'node:crypto';
import { appendFile, mkdir, open as openFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchBuilder,
  batchLine,
  destinationLine,
  MAX_SEGMENT_BYTES,
  toLogEvents,
  utcDayOf,
} from '@putlogs/core/internal';
import { type DeadLetter, readLetters } from './dead-letters.js';

const NEWLINE = 0x0a;

/** The most batches that are open at once. */
const MAX_OPEN = 1000;

/** Reasons for which a later time helps. */
const TOO_OLD: readonly string[] = ['tooOld', 'expired'];

interface OpenBatch {
  readonly letter: DeadLetter;
  readonly builder: BatchBuilder;
}

export interface Converted {
  readonly retimed: number;
  /** Lines that are no dead letters. They are in `<file>.unreadable`. */
  readonly unreadable: number;
}

/**
 * Turns a dead-letter file into a spool folder, as a process that has ended would have left it. The folder appears at once and
 * complete, and only then the file goes: after a crash events may be sent twice, but none is lost.
 * @param letters nobody opens this file any more, but somebody may still be writing to it
 * @param root the spool directory
 */
export async function lettersToSpool(letters: string, root: string, now: boolean): Promise<Converted> {
  const done = { retimed: 0, unreadable: 0 };
  for (let start = 0, end = await wholeLines(letters); end > start; ) {
    const part = await convert(letters, { start, end }, root, now);
    done.retimed += part.retimed;
    done.unreadable += part.unreadable;
    start = end;
    end = await wholeLines(letters);
  }
  await rm(letters);
  return done;
}

/** How many bytes the file has. Somebody may be writing the end of a line; a line that stays without an end is torn. */
async function wholeLines(letters: string): Promise<number> {
  const file = await openFile(letters, 'r');
  try {
    for (let patience = 10; ; patience--) {
      const { size } = await file.stat();
      const { buffer } = await file.read({ buffer: Buffer.alloc(1), position: Math.max(size - 1, 0) });
      if (size === 0 || buffer[0] === NEWLINE || patience === 0) return size;
      await sleep(100);
    }
  } finally {
    await file.close();
  }
}

interface Range {
  readonly start: number;
  readonly end: number;
}

async function convert(letters: string, range: Range, root: string, now: boolean): Promise<Converted> {
  const path = join(root, randomUUID());
  const folder = new FolderWriter(`${path}.new`);
  await mkdir(`${path}.new`, { mode: 0o700 });
  const open = new Map<string, OpenBatch>();
  const done = { retimed: 0, unreadable: 0 };
  for await (const letter of readLetters(letters, range)) {
    if ('line' in letter) {
      done.unreadable++;
      await appendFile(`${letters}.unreadable`, `${letter.line}\n`, { mode: 0o600 });
      continue;
    }
    const isRetimed = now && TOO_OLD.includes(letter.reason);
    if (isRetimed) done.retimed++;
    await addTo(open, isRetimed ? { ...letter, timestamp: Date.now() } : letter, folder);
  }
  for (const batch of open.values()) await folder.write(batch);
  await folder.close();
  await rename(`${path}.new`, path);
  return done;
}

async function addTo(open: Map<string, OpenBatch>, letter: DeadLetter, folder: FolderWriter): Promise<void> {
  const { logGroupName, logStreamName, timestamp, message } = letter;
  const day = utcDayOf(timestamp);
  const key = JSON.stringify([logGroupName, logStreamName, day]);
  for (const event of toLogEvents(timestamp, message)) {
    const known = open.get(key);
    if (known?.builder.add(event)) continue;
    if (known !== undefined) await folder.write(known);
    const [oldest] = open.size >= MAX_OPEN ? open : [];
    if (oldest !== undefined) {
      open.delete(oldest[0]);
      await folder.write(oldest[1]);
    }
    const builder = new BatchBuilder(day);
    builder.add(event);
    open.set(key, { letter, builder });
  }
}

/** Writes segments. */
class FolderWriter {
  readonly #path: string;
  #file: Awaited<ReturnType<typeof openFile>> | undefined;
  #segments = 0;
  #bytes = 0;
  #batches = 0;

  constructor(path: string) {
    this.#path = path;
  }

  async write({ letter, builder }: OpenBatch): Promise<void> {
    const { logGroupName, logStreamName } = letter;
    const id = this.#batches++;
    const name = { logGroupName, logStreamName, entity: undefined };
    const text = Buffer.concat([
      Buffer.from(destinationLine(id, name) + batchLine(id, id)),
      builder.takeAll(),
    ]);
    if (this.#bytes + text.length > MAX_SEGMENT_BYTES) await this.close();
    this.#file ??= await openFile(join(this.#path, `${this.#segments++}.ndjson`), 'wx', 0o600);
    await this.#file.write(text);
    this.#bytes += text.length;
  }

  async close(): Promise<void> {
    await this.#file?.sync();
    await this.#file?.close();
    this.#file = undefined;
    this.#bytes = 0;
  }
}
