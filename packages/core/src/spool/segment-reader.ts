import { isUtf8 } from 'node:buffer';
import { utcDayOf } from '../batching/batch.js';
import { type EventLine, readEventLine } from '../batching/event-line.js';
import { EVENT_OVERHEAD_BYTES, MAX_BATCH_BYTES, MAX_BATCH_EVENTS } from '../batching/limits.js';
import type { OpenFile } from './file-calls.js';
import { MAX_HEAD_BYTES, parseBatchLine, parseDestinationLine, type SpoolHead } from './file-format.js';
import type { Range, Ranges } from './segment.js';

/** What a segment has of a batch. */
export interface FoundBatch {
  readonly id: number;
  readonly head: SpoolHead;
  readonly ranges: Ranges;
  /** The number of events, and the timestamps of the first and of the last. */
  readonly size: number;
  readonly firstTimestamp: number;
  readonly lastTimestamp: number;
}

/** What a segment holds, as far as it can be read. */
export interface SegmentContent {
  readonly batches: readonly FoundBatch[];
  /** Where lines stand that are none of ours: the torn last one of a process that was killed, or what a bad disk made of one. */
  readonly corrupt: readonly Range[];
  /** How many they are. */
  readonly corruptLines: number;
}

const PIECE_BYTES = 256 * 1024;

/** The longest event, each of its bytes escaped with six. */
const MAX_LINE_BYTES = 6 * MAX_BATCH_BYTES + 1024;

/** A file with more holes than this is no segment any more: what follows is not looked at. */
const MAX_HOLES = 1000;

const EVENT_START = Buffer.from('{"timestamp":');
const DESTINATION_START = Buffer.from('{"destination":');
const BATCH_START = Buffer.from('{"batch":');
const NEWLINE = 0x0a;
const COMMA = 0x2c;
const SPACE = 0x20;

/**
 * Reads what a dead process left, in pieces. Nothing in it is taken on trust.
 * @param settled the ids of batches that need not be sent any more
 * @throws the system's error when it cannot be read
 */
export async function readSegment(
  file: OpenFile,
  size: number,
  settled: ReadonlySet<number>,
): Promise<SegmentContent> {
  const content = new BatchBytes(settled);
  let rest = Buffer.alloc(0);
  let offset = 0;
  for (let position = 0; position < size; ) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, size - position));
    const bytesRead = await file.read(piece, position);
    if (bytesRead === 0) break; // cut short meanwhile
    position += bytesRead;
    const bytes = Buffer.concat([rest, piece.subarray(0, bytesRead)]);
    const used = content.addLines(bytes, offset);
    offset += used;
    rest = bytes.subarray(used);
    if (rest.length <= MAX_LINE_BYTES) continue;
    content.addCorrupt(offset, offset + rest.length);
    offset += rest.length;
    rest = Buffer.alloc(0);
  }
  if (rest.length > 0) content.addCorrupt(offset, offset + rest.length, 1);
  return content.found;
}

class Open {
  readonly id: number;
  readonly head: SpoolHead;
  readonly ranges: number[] = [];
  size = 0;
  firstTimestamp = 0;
  lastTimestamp = 0;
  #bytes = 0;

  constructor(id: number, head: SpoolHead) {
    this.id = id;
    this.head = head;
  }

  /** @returns false for an event that would break a rule of the service, as none that we wrote does */
  add({ start, end }: Range, { timestamp, messageBytes }: EventLine): boolean {
    const bytes = this.#bytes + messageBytes + EVENT_OVERHEAD_BYTES;
    if (this.size === MAX_BATCH_EVENTS || bytes > MAX_BATCH_BYTES) return false;
    if (this.size > 0 && utcDayOf(timestamp) !== utcDayOf(this.firstTimestamp)) return false;
    this.#bytes = bytes;
    this.firstTimestamp = this.size === 0 ? timestamp : Math.min(this.firstTimestamp, timestamp);
    this.lastTimestamp = Math.max(this.lastTimestamp, timestamp);
    this.size++;
    if (this.ranges.at(-1) === start) this.ranges[this.ranges.length - 1] = end;
    else this.ranges.push(start, end);
    return true;
  }
}

class BatchBytes {
  readonly #settled: ReadonlySet<number>;
  readonly #heads = new Map<number, SpoolHead>();
  readonly #batches = new Map<number, Open>();
  readonly #corrupt: { readonly start: number; end: number }[] = [];
  #corruptLines = 0;
  /** Lines that were parsed in vain: that takes time. */
  #parsedInVain = 0;
  /** Whose events follow; 'settled': nobody needs them. */
  #current: Open | 'settled' | undefined;

  constructor(settled: ReadonlySet<number>) {
    this.#settled = settled;
  }

  get found(): SegmentContent {
    const batches = [...this.#batches.values()].filter(({ size }) => size > 0);
    return { batches, corrupt: this.#corrupt, corruptLines: this.#corruptLines };
  }

  /** @returns how many bytes the whole lines take */
  addLines(bytes: Buffer, offset: number): number {
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      if (this.#isHopeless || !this.#add(bytes, start, end, offset))
        this.addCorrupt(offset + start, offset + end + 1, 1);
      start = end + 1;
    }
    return start;
  }

  get #isHopeless(): boolean {
    return this.#corrupt.length > MAX_HOLES || this.#parsedInVain > MAX_HOLES;
  }

  /** @param lines how many end there */
  addCorrupt(start: number, end: number, lines = 0): void {
    this.#corruptLines += lines;
    const last = this.#corrupt.at(-1);
    if (last?.end === start) last.end = end;
    else this.#corrupt.push({ start, end });
  }

  /** @returns whether the line is one of ours */
  #add(bytes: Buffer, start: number, end: number, offset: number): boolean {
    if (bytes[end - 1] === COMMA) return this.#addEvent(bytes, start, end, offset);
    if (startsWith(bytes, start, DESTINATION_START)) return this.#addDestination(bytes, start, end);
    if (startsWith(bytes, start, EVENT_START)) return false; // a torn one
    // What was set aside: what followed and belonged to it was so as well.
    if (isBlank(bytes, start, end)) return true;
    // Better lost than in another's log stream: who knows whose events follow a line that cannot be read.
    this.#current = undefined;
    return startsWith(bytes, start, BATCH_START) && this.#addBatch(bytes, start, end);
  }

  #addEvent(bytes: Buffer, start: number, end: number, offset: number): boolean {
    const event = readEventLine(bytes, start, end - 1);
    if (event === undefined || this.#current === undefined) return false;
    if (!isUtf8(bytes.subarray(start, end))) return false;
    if (this.#current === 'settled') return true;
    const range = { start: offset + start, end: offset + end + 1 };
    return this.#current.add(range, event);
  }

  #addDestination(bytes: Buffer, start: number, end: number): boolean {
    const named =
      end - start > MAX_HEAD_BYTES ? undefined : parseDestinationLine(bytes.toString('utf8', start, end));
    if (named === undefined) {
      this.#parsedInVain++;
      this.#current = undefined;
      return false;
    }
    this.#heads.set(named.destination, named.head);
    return true;
  }

  #addBatch(bytes: Buffer, start: number, end: number): boolean {
    const named =
      end - start > MAX_HEAD_BYTES ? undefined : parseBatchLine(bytes.toString('utf8', start, end));
    if (named === undefined) {
      this.#parsedInVain++;
      return false;
    }
    const head = this.#heads.get(named.destination);
    if (this.#settled.has(named.batch)) this.#current = 'settled';
    else if (head !== undefined) this.#current = this.#batchOf(named.batch, head);
    return true;
  }

  #batchOf(id: number, head: SpoolHead): Open {
    const known = this.#batches.get(id);
    if (known !== undefined) return known;
    const batch = new Open(id, head);
    this.#batches.set(id, batch);
    return batch;
  }
}

function startsWith(bytes: Buffer, start: number, text: Buffer): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false;
  return true;
}

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i] !== SPACE) return false;
  return true;
}
