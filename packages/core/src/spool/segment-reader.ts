import { isUtf8 } from 'node:buffer';
import { fitsIn, utcDayOf } from '../batching/batch.js';
import { type EventLine, readEventLine } from '../batching/event-line.js';
import { EVENT_OVERHEAD_BYTES, MAX_BATCH_BYTES } from '../batching/limits.js';
import type { DestinationName } from '../contracts/destination.js';
import type { OpenFile } from './file-calls.js';
import { MAX_HEADER_BYTES, parseBatchLine, parseDestinationLine } from './file-format.js';
import type { Range, Ranges } from './segment.js';

/** What a segment has of a batch. */
export interface SegmentBatch {
  readonly id: number;
  readonly name: DestinationName;
  readonly ranges: Ranges;
  /** The number of events, the earliest timestamp and the latest. */
  readonly size: number;
  readonly firstTimestamp: number;
  readonly lastTimestamp: number;
}

/** What a segment has, as far as it can be read. */
export interface SegmentContent {
  readonly batches: readonly SegmentBatch[];
  /** Lines that are damaged or not ours, such as the last line of a process that was killed while it wrote. */
  readonly corrupt: readonly Range[];
  /** The number of corrupt lines. */
  readonly corruptLines: number;
}

const CHUNK_BYTES = 256 * 1024;

/** The longest possible event: JSON escapes each of its bytes with six. */
const MAX_LINE_BYTES = 6 * MAX_BATCH_BYTES + 1024;

/** After this many corrupt places, or header lines that cannot be parsed, the rest of the file counts as corrupt. */
const MAX_FAULTS = 1000;

const EVENT_START = Buffer.from('{"timestamp":');
const DESTINATION_START = Buffer.from('{"destination":');
const BATCH_START = Buffer.from('{"batch":');
const NEWLINE = 0x0a;
const COMMA = 0x2c;
const SPACE = 0x20;

/**
 * Reads a segment that a dead process left, in chunks, and checks every line.
 * @param settled the ids of the settled batches, which are left out
 * @throws the system's error if it cannot be read
 */
export async function readSegment(
  file: OpenFile,
  size: number,
  settled: ReadonlySet<number>,
): Promise<SegmentContent> {
  const parser = new SegmentParser(settled);
  let rest = Buffer.alloc(0);
  let offset = 0;
  for (let position = 0; position < size; ) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size - position));
    const bytesRead = await file.read(chunk, position);
    if (bytesRead === 0) break; // the file was cut short meanwhile
    position += bytesRead;
    const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    const used = parser.addLines(bytes, offset);
    offset += used;
    rest = bytes.subarray(used);
    if (rest.length <= MAX_LINE_BYTES) continue;
    parser.addCorrupt(offset, offset + rest.length);
    offset += rest.length;
    rest = Buffer.alloc(0);
  }
  if (rest.length > 0) parser.addCorrupt(offset, offset + rest.length, 1);
  return parser.content;
}

/** A batch whose events are being collected. */
class PartialBatch {
  readonly id: number;
  readonly name: DestinationName;
  readonly ranges: number[] = [];
  size = 0;
  firstTimestamp = 0;
  lastTimestamp = 0;
  #bytes = 0;

  constructor(id: number, name: DestinationName) {
    this.id = id;
    this.name = name;
  }

  /** @returns false for an event that would exceed a limit of the service, so it cannot be one of ours */
  add({ start, end }: Range, { timestamp, messageBytes }: EventLine): boolean {
    const bytes = messageBytes + EVENT_OVERHEAD_BYTES;
    const day = utcDayOf(this.size === 0 ? timestamp : this.firstTimestamp);
    if (!fitsIn(this.size, this.#bytes, day, bytes, timestamp)) return false;
    this.#bytes += bytes;
    this.firstTimestamp = this.size === 0 ? timestamp : Math.min(this.firstTimestamp, timestamp);
    this.lastTimestamp = Math.max(this.lastTimestamp, timestamp);
    this.size++;
    if (this.ranges.at(-1) === start) this.ranges[this.ranges.length - 1] = end;
    else this.ranges.push(start, end);
    return true;
  }
}

class SegmentParser {
  readonly #settled: ReadonlySet<number>;
  readonly #names = new Map<number, DestinationName>();
  readonly #batches = new Map<number, PartialBatch>();
  readonly #corrupt: { readonly start: number; end: number }[] = [];
  #corruptLines = 0;
  /** Header lines that could not be parsed. */
  #invalidHeaders = 0;
  /** The batch of the events that follow. 'settled': they are not needed. undefined: it is not known. */
  #current: PartialBatch | 'settled' | undefined;

  constructor(settled: ReadonlySet<number>) {
    this.#settled = settled;
  }

  get content(): SegmentContent {
    const batches = [...this.#batches.values()].filter(({ size }) => size > 0);
    return { batches, corrupt: this.#corrupt, corruptLines: this.#corruptLines };
  }

  /** Ignores the last line if it has no end. @returns how many bytes were used */
  addLines(bytes: Buffer, offset: number): number {
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      if (this.#hasTooManyFaults || !this.#add(bytes, start, end, offset))
        this.addCorrupt(offset + start, offset + end + 1, 1);
      start = end + 1;
    }
    return start;
  }

  get #hasTooManyFaults(): boolean {
    return this.#corrupt.length > MAX_FAULTS || this.#invalidHeaders > MAX_FAULTS;
  }

  /** @param lines how many lines end in this part */
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
    if (startsWith(bytes, start, EVENT_START)) return false; // a torn event
    // Blanked by an earlier recovery, together with the events that belonged to it.
    if (isBlank(bytes, start, end)) return true;
    // If this line cannot be read, it is not known whose events follow. They must not go to another log stream.
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
    const parsed =
      end - start > MAX_HEADER_BYTES ? undefined : parseDestinationLine(bytes.toString('utf8', start, end));
    if (parsed === undefined) {
      this.#invalidHeaders++;
      this.#current = undefined;
      return false;
    }
    this.#names.set(parsed.destination, parsed.name);
    return true;
  }

  #addBatch(bytes: Buffer, start: number, end: number): boolean {
    const parsed =
      end - start > MAX_HEADER_BYTES ? undefined : parseBatchLine(bytes.toString('utf8', start, end));
    if (parsed === undefined) {
      this.#invalidHeaders++;
      return false;
    }
    const name = this.#names.get(parsed.destination);
    if (this.#settled.has(parsed.batch)) this.#current = 'settled';
    else if (name !== undefined) this.#current = this.#batchOf(parsed.batch, name);
    return true;
  }

  #batchOf(id: number, name: DestinationName): PartialBatch {
    const known = this.#batches.get(id);
    if (known !== undefined) return known;
    const batch = new PartialBatch(id, name);
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
