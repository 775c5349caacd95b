import { randomUUID } from 'node:crypto';
import { appendFile, type FileHandle, mkdir, open as openFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchBuilder,
  batchLine,
  type DestinationName,
  destinationLine,
  type LogEvent,
  MAX_SEGMENT_BYTES,
  toLogEvents,
  utcDayOf,
} from '@putlogs/core/internal';
import { type DeadLetter, isHelpedByTime, readLetters } from './dead-letters.js';
import type { LinePiece } from './line-pieces.js';

const NEWLINE = 0x0a;

/** The suffix of a folder that is not complete. */
const UNFINISHED = '.new';

/** The most batches that are open at once. */
const MAX_OPEN = 1000;

/** The most memory of open batches. */
const MAX_OPEN_BYTES = 64 * 1024 * 1024;

export interface Converted {
  readonly retimed: number;
  /** Lines that are not dead letters. They are in `<file>.unreadable`. */
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
  await mkdir(path + UNFINISHED, { mode: 0o700 });
  const batches = new OpenBatches(new FolderWriter(path + UNFINISHED));
  const done = { retimed: 0, unreadable: 0 };
  for await (const letter of readLetters(letters, range)) {
    if (letter.kind !== 'letter') {
      if (letter.kind !== 'part') done.unreadable++;
      await keepAside(`${letters}.unreadable`, letter);
      continue;
    }
    const isRetimed = now && isHelpedByTime(letter);
    if (isRetimed) done.retimed++;
    await batches.add(isRetimed ? { ...letter, timestamp: Date.now() } : letter);
  }
  await batches.close();
  await rename(path + UNFINISHED, path);
  await syncFolder(root);
  return done;
}

async function keepAside(path: string, { kind, bytes }: LinePiece): Promise<void> {
  await appendFile(path, kind === 'part' ? bytes : Buffer.concat([bytes, Buffer.from('\n')]), {
    mode: 0o600,
  });
}

/** Removes what a call that was killed has not finished: its dead letters are still there. */
export async function removeUnfinished(root: string): Promise<void> {
  for (const name of await readdir(root))
    if (name.endsWith(UNFINISHED)) await rm(join(root, name), { recursive: true });
}

interface OpenBatch {
  readonly name: DestinationName;
  readonly builder: BatchBuilder;
}

/** Batches that still take events, the one that was opened first at the front. */
class OpenBatches {
  readonly #folder: FolderWriter;
  readonly #open = new Map<string, OpenBatch>();
  #heldBytes = 0;

  constructor(folder: FolderWriter) {
    this.#folder = folder;
  }

  async add({ name, timestamp, message }: DeadLetter): Promise<void> {
    const day = utcDayOf(timestamp);
    const key = JSON.stringify([name, day]);
    for (const event of toLogEvents(timestamp, message)) {
      if (!this.#addTo(this.#open.get(key), event)) {
        await this.#write(key);
        const batch = { name, builder: new BatchBuilder(day) };
        this.#open.set(key, batch);
        this.#heldBytes += batch.builder.heldBytes;
        this.#addTo(batch, event);
      }
      await this.#keepWithinLimits();
    }
  }

  /** @returns whether the event is in the batch */
  #addTo(batch: OpenBatch | undefined, event: LogEvent): boolean {
    if (batch === undefined) return false;
    const before = batch.builder.heldBytes;
    const isAdded = batch.builder.add(event);
    this.#heldBytes += batch.builder.heldBytes - before;
    return isAdded;
  }

  async #keepWithinLimits(): Promise<void> {
    while (this.#open.size > MAX_OPEN || this.#heldBytes > MAX_OPEN_BYTES) {
      const [oldest = ''] = this.#open.keys();
      await this.#write(oldest);
    }
  }

  async #write(key: string): Promise<void> {
    const batch = this.#open.get(key);
    if (batch === undefined) return;
    this.#open.delete(key);
    this.#heldBytes -= batch.builder.heldBytes;
    await this.#folder.write(batch);
  }

  async close(): Promise<void> {
    for (const key of [...this.#open.keys()]) await this.#write(key);
    await this.#folder.close();
  }
}

/** Writes segments. */
class FolderWriter {
  readonly #path: string;
  #file: FileHandle | undefined;
  #segments = 0;
  #bytes = 0;
  #batches = 0;

  constructor(path: string) {
    this.#path = path;
  }

  async write({ name, builder }: OpenBatch): Promise<void> {
    const id = this.#batches++;
    const text = Buffer.concat([
      Buffer.from(destinationLine(id, name) + batchLine(id, id)),
      builder.takeAll(),
    ]);
    if (this.#bytes + text.length > MAX_SEGMENT_BYTES) await this.#closeFile();
    this.#file ??= await openFile(join(this.#path, `${this.#segments++}.ndjson`), 'wx', 0o600);
    // Unlike write(), it writes all of it.
    await this.#file.appendFile(text);
    this.#bytes += text.length;
  }

  async close(): Promise<void> {
    await this.#closeFile();
    await syncFolder(this.#path);
  }

  async #closeFile(): Promise<void> {
    await this.#file?.sync();
    await this.#file?.close();
    this.#file = undefined;
    this.#bytes = 0;
  }
}

/** The names in a folder are on disk from then on. Windows cannot open a folder, and needs no such call. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await openFile(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
