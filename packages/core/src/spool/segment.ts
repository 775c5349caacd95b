import { constants } from 'node:fs';
import { CorruptBatchError } from '../batching/batch.js';
import { appendFile, type OpenFile, rm } from './file-calls.js';
import { batchLine, destinationLine, type SpoolHead, settledLines } from './file-format.js';
import { SegmentFile, type SegmentFileObserver } from './segment-file.js';
import { openTrusted } from './trusted-file.js';

/** What a segment tells the spool. */
export interface SegmentEvents {
  /** So many bytes more, or less, are in segments. */
  sized(bytes: number): void;
  /** The system has so many bytes more, or less, to take. */
  queued(bytes: number): void;
  /** The system has taken some. */
  written(segment: Segment): void;
  /** It gets no more: until it is closed, behind an fsync, it holds a descriptor, and memory. */
  ended(bytes: number): void;
  closed(bytes: number): void;
  /** It has settled batches that it has not written down: see `noteSettled`. */
  settled(segment: Segment): void;
  /** The file is no longer this process's business. @param removed resolves when it is gone from the disk as well */
  gone(segment: Segment, removed?: Promise<void>): void;
  /** The disk failed: what it had not taken is in memory alone. */
  failed(segment: Segment, error: unknown): void;
  /** Something else does not work. @param what it is, as a sentence */
  troubled(what: string, error: unknown): void;
  /** Something is under way that should end before the process does. */
  busy(work: Promise<void>): void;
}

/** Where in a segment something stands. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Several of them, as start and end by turns: there may be one for each event. */
export type Ranges = readonly number[];

const SETTLED = '.settled';

/** The ids of the batches in a segment that need not be sent any more. */
export function settledPath(segment: string): string {
  return segment + SETTLED;
}

/**
 * A file that batches share: each event is a line, in the order in which they came. It is there until every batch in it is
 * settled; the ids of those that are settled before the others stand in a second file.
 */
export class Segment {
  readonly path: string;
  readonly #events: SegmentEvents;
  /** Only until it is closed. */
  #file: SegmentFile | undefined;
  #bytes = 0;
  #written = 0;
  #confirmed = 0;
  #whenConfirmed: { readonly bytes: number; readonly callback: () => void }[] = [];
  /** In the order in which the segment got the bytes. */
  #whenWritten: { readonly bytes: number; readonly callback: () => void }[] = [];
  /** Those that are not settled. */
  readonly #batches = new Set<number>();
  readonly #destinations = new Map<string, number>();
  #latest: number | undefined;
  #settled: number[] = [];
  #settling: Promise<void> | undefined;
  #isGone = false;
  #isStopped = false;
  #isEnded = false;
  /** What it had then. */
  #endedBytes = 0;

  private constructor(path: string, events: SegmentEvents) {
    this.path = path;
    this.#events = events;
  }

  /** @throws the system's error when there is such a file, or it cannot be made */
  static async create(path: string, events: SegmentEvents): Promise<Segment> {
    const segment = new Segment(path, events);
    segment.#file = await SegmentFile.create(path, segment.#fileEvents);
    return segment;
  }

  /** One that an earlier process wrote. */
  static found(path: string, bytes: number, events: SegmentEvents): Segment {
    const segment = new Segment(path, events);
    segment.#written = bytes;
    segment.#confirmed = bytes;
    segment.#isEnded = true;
    segment.#grow(bytes);
    return segment;
  }

  readonly #fileEvents: SegmentFileObserver = {
    written: (bytes) => {
      if (this.#isStopped) return;
      this.#written += bytes;
      this.#tellWritten();
      this.#events.queued(-bytes);
      this.#events.written(this);
    },
    failed: (error) => {
      if (!this.#isStopped) this.#events.failed(this, error);
    },
    closed: (error) => this.#closed(error),
  };

  get isGone(): boolean {
    return this.#isGone;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** What the system has taken. */
  get written(): number {
    return this.#written;
  }

  /** What was certainly on disk, under the segment's name. */
  get confirmed(): number {
    return this.#confirmed;
  }

  confirm(bytes: number): void {
    this.#confirmed = Math.max(this.#confirmed, bytes);
    const waiting = this.#whenConfirmed;
    if (waiting.length === 0) return;
    this.#whenConfirmed = waiting.filter((one) => one.bytes > this.#confirmed);
    for (const one of waiting) if (one.bytes <= this.#confirmed) one.callback();
  }

  /** @param callback is called when so much is on disk; never, should the segment fail or be lost */
  whenConfirmed(bytes: number, callback: () => void): void {
    if (bytes > this.#confirmed) this.#whenConfirmed.push({ bytes, callback });
  }

  /** @param callback is called when the system has taken so much; never, should the segment fail or be lost */
  whenWritten(bytes: number, callback: () => void): void {
    this.#whenWritten.push({ bytes, callback });
  }

  #tellWritten(): void {
    const left = this.#whenWritten.findIndex(({ bytes }) => bytes > this.#written);
    for (const { callback } of this.#whenWritten.splice(0, left < 0 ? this.#whenWritten.length : left))
      callback();
  }

  /** Whether it takes more. */
  get isOpen(): boolean {
    return this.#file !== undefined && !this.#isEnded;
  }

  /** Takes the lines of events of a batch. */
  append(batch: number, head: () => SpoolHead, lines: Buffer): Range {
    this.#batches.add(batch);
    if (batch !== this.#latest) this.#write(Buffer.from(this.#linesBefore(batch, head())));
    this.#latest = batch;
    const start = this.#bytes;
    this.#write(lines);
    return { start, end: this.#bytes };
  }

  #linesBefore(batch: number, head: SpoolHead): string {
    const key = JSON.stringify(head);
    const known = this.#destinations.get(key);
    if (known !== undefined) return batchLine(batch, known);
    const destination = this.#destinations.size;
    this.#destinations.set(key, destination);
    return destinationLine(destination, head) + batchLine(batch, destination);
  }

  #write(data: Buffer): void {
    this.#grow(data.length);
    this.#events.queued(data.length);
    this.#file?.write(data);
  }

  /** Nothing more will come. */
  end(): void {
    if (!this.isOpen) return;
    if (this.#batches.size === 0) {
      this.#remove();
      return;
    }
    this.#beforeEnd();
    this.#file?.end();
  }

  #beforeEnd(): void {
    this.#isEnded = true;
    this.#destinations.clear();
    this.#endedBytes = this.#bytes;
    this.#events.ended(this.#endedBytes);
  }

  #closed(error: unknown): void {
    if (this.#file === undefined) return;
    this.#file = undefined;
    this.#events.closed(this.#endedBytes);
    if (error !== undefined) this.#events.troubled(`${this.path} could not be closed.`, error);
  }

  /** One that was found has these. */
  hold(batches: readonly number[]): void {
    for (const batch of batches) this.#batches.add(batch);
    if (this.#batches.size === 0) this.#remove();
  }

  /** @throws {CorruptBatchError} when it is cut short @throws when it cannot be read, or is another file by now */
  async read(ranges: Ranges): Promise<Buffer> {
    let length = 0;
    for (let i = 0; i < ranges.length; i += 2) length += lengthAt(ranges, i);
    const data = Buffer.allocUnsafeSlow(length);
    const file = await openTrusted(this.path, constants.O_RDONLY);
    try {
      for (let i = 0, offset = 0; i < ranges.length; offset += lengthAt(ranges, i), i += 2)
        await readExactly(file, data.subarray(offset, offset + lengthAt(ranges, i)), ranges[i] ?? 0);
    } finally {
      await file.close();
    }
    return data;
  }

  /** The batch need not be sent any more. */
  settle(batch: number): void {
    if (!this.#batches.delete(batch) || this.#isGone) return;
    if (this.#batches.size === 0) this.#remove();
    else {
      this.#settled.push(batch);
      this.#events.settled(this);
    }
  }

  /** Writes down which batches are settled. */
  noteSettled(): void {
    // Those that come while others are written go with them.
    if (this.#settling !== undefined || this.#settled.length === 0 || this.#isGone) return;
    this.#settling = this.#noteSettled();
    this.#events.busy(this.#settling);
  }

  async #noteSettled(): Promise<void> {
    while (this.#settled.length > 0 && !this.#isGone) {
      const text = settledLines(this.#settled.splice(0));
      await appendFile(settledPath(this.path), text, { mode: 0o600 }).catch((error) =>
        this.#events.troubled(
          'What is settled cannot be noted in the spool: after a crash it is sent again.',
          error,
        ),
      );
    }
    this.#settling = undefined;
  }

  /** Writes nothing more, not even what it has to write. */
  stop(): void {
    if (this.#file === undefined || this.#isStopped) return;
    this.#isStopped = true;
    this.#whenWritten = [];
    this.#events.queued(this.#written - this.#bytes);
    if (!this.#isEnded) this.#beforeEnd();
    this.#file.discard();
  }

  /** Leaves the file to others: it is another's, or gone. */
  abandon(): void {
    if (this.#isGone) return;
    this.#close();
    this.#events.gone(this);
  }

  #close(): void {
    this.#isGone = true;
    this.#whenConfirmed = [];
    this.stop();
    this.#batches.clear();
    this.#grow(-this.#bytes);
  }

  #remove(): void {
    this.#close();
    const removed = this.#removeFiles().catch((error) =>
      this.#events.troubled(`${this.path} cannot be removed: what is in it is sent again later.`, error),
    );
    this.#events.gone(this, removed);
  }

  async #removeFiles(): Promise<void> {
    await rm(this.path, { force: true });
    await this.#settling;
    await rm(settledPath(this.path), { force: true });
  }

  #grow(bytes: number): void {
    this.#bytes += bytes;
    this.#events.sized(bytes);
  }
}

function lengthAt(ranges: Ranges, i: number): number {
  return (ranges[i + 1] ?? 0) - (ranges[i] ?? 0);
}

async function readExactly(file: OpenFile, into: Buffer, position: number): Promise<void> {
  for (let read = 0; read < into.length; ) {
    const bytesRead = await file.read(into.subarray(read), position + read);
    if (bytesRead === 0) throw new CorruptBatchError();
    read += bytesRead;
  }
}
