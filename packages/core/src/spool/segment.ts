import { constants } from 'node:fs';
import { CorruptBatchError } from '../batching/batch.js';
import type { DestinationName } from '../contracts/destination.js';
import { type OpenFile, rm } from './file-calls.js';
import { batchLine, destinationLine } from './file-format.js';
import { PositionCallbacks } from './position-callbacks.js';
import { SegmentFile, type SegmentFileObserver } from './segment-file.js';
import { type LettersWritten, SettledFile } from './settled-file.js';
import type { SpoolTasks } from './spool-tasks.js';
import { openTrusted } from './trusted-file.js';

/** What a segment tells the object that holds all segments. */
export interface SegmentHost {
  readonly tasks: SpoolTasks;
  /** See {@link LettersWritten}. */
  readonly lettersWritten: LettersWritten;
  /** The segment takes this many more bytes; fewer if negative. */
  resized(bytes: number): void;
  /** This many more bytes wait to be written; fewer if negative. */
  queued(bytes: number): void;
  /** The system has taken some bytes. */
  written(segment: Segment): void;
  /** The segment takes nothing more. Until it is closed, after an fsync, it holds a file descriptor and memory. */
  ended(segment: Segment): void;
  closed(segment: Segment): void;
  /** The segment has settled batches whose ids are not written yet: see `writeSettled`. */
  settled(segment: Segment): void;
  /** The segment no longer belongs to this process. @param removal of its files, if they are removed */
  gone(segment: Segment, removal?: Promise<void>): void;
  /** The disk refused a write. What it had not taken is only in memory. */
  failed(segment: Segment, error: unknown): void;
}

/** A part of a segment, in bytes. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Several parts of a segment, as start, end, start, end, …: there may be one part for each event. */
export type Ranges = readonly number[];

type State =
  /** Takes lines. */
  | { readonly kind: 'open'; readonly file: SegmentFile }
  /** Takes nothing more. What it has is being written, synced and closed. */
  | { readonly kind: 'ended'; readonly file: SegmentFile }
  /** Writes nothing more and is being closed. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'closed' };

/**
 * A file that batches share: each event is a line, in order of arrival. The file stays until every batch in it is
 * settled. The ids of batches that are settled before that are in a second file.
 */
export class Segment {
  readonly path: string;
  readonly #host: SegmentHost;
  #state: State = { kind: 'closed' };
  #bytes = 0;
  #written = 0;
  #confirmed = 0;
  readonly #whenWritten = new PositionCallbacks();
  readonly #whenConfirmed = new PositionCallbacks();
  /** The ids of the batches that are not settled. */
  readonly #batches = new Set<number>();
  /** The numbers of the destinations, by their JSON. */
  readonly #destinations = new Map<string, number>();
  #lastBatch: number | undefined;
  readonly #settledFile: SettledFile;

  private constructor(path: string, host: SegmentHost) {
    this.path = path;
    this.#host = host;
    this.#settledFile = new SettledFile(path);
  }

  /** @throws the system's error if the file exists or cannot be created */
  static async create(path: string, host: SegmentHost): Promise<Segment> {
    const segment = new Segment(path, host);
    segment.#state = { kind: 'open', file: await SegmentFile.create(path, segment.#fileObserver) };
    return segment;
  }

  /** A segment that an earlier process left. */
  static recovered(path: string, bytes: number, host: SegmentHost): Segment {
    const segment = new Segment(path, host);
    segment.#written = bytes;
    segment.#confirmed = bytes;
    segment.#resize(bytes);
    return segment;
  }

  readonly #fileObserver: SegmentFileObserver = {
    written: (bytes) => {
      if (this.#state.kind === 'stopped') return;
      this.#written += bytes;
      this.#whenWritten.reach(this.#written);
      this.#host.queued(-bytes);
      this.#host.written(this);
    },
    failed: (error) => {
      if (this.#state.kind !== 'stopped') this.#host.failed(this, error);
    },
    closed: (error) => {
      this.#state = { kind: 'closed' };
      this.#host.closed(this);
      if (error !== undefined) this.#host.tasks.report(`${this.path} could not be closed.`, error);
    },
  };

  get bytes(): number {
    return this.#bytes;
  }

  /** How many bytes the system has taken. */
  get written(): number {
    return this.#written;
  }

  /** How many bytes were on disk when the folder was last known to be this process's. */
  get confirmed(): number {
    return this.#confirmed;
  }

  confirm(bytes: number): void {
    this.#confirmed = Math.max(this.#confirmed, bytes);
    this.#whenConfirmed.reach(this.#confirmed);
  }

  /**
   * @param callback is called when the bytes up to this position are confirmed; never if the segment fails or is lost
   */
  whenConfirmed(position: number, callback: () => void): void {
    if (position > this.#confirmed) this.#whenConfirmed.add(position, callback);
  }

  /**
   * @param callback is called when the system has the bytes up to this position; never if the segment fails or is lost
   */
  whenWritten(position: number, callback: () => void): void {
    this.#whenWritten.add(position, callback);
  }

  get isOpen(): boolean {
    return this.#state.kind === 'open';
  }

  /** Appends lines with events of a batch. The segment has to be open. */
  append(batch: number, nameOf: () => DestinationName, lines: Buffer): Range {
    this.#batches.add(batch);
    if (batch !== this.#lastBatch) this.#write(Buffer.from(this.#headerLines(batch, nameOf())));
    this.#lastBatch = batch;
    const start = this.#bytes;
    this.#write(lines);
    return { start, end: this.#bytes };
  }

  #headerLines(batch: number, name: DestinationName): string {
    const key = JSON.stringify(name);
    const known = this.#destinations.get(key);
    if (known !== undefined) return batchLine(batch, known);
    const destination = this.#destinations.size;
    this.#destinations.set(key, destination);
    return destinationLine(destination, name) + batchLine(batch, destination);
  }

  #write(data: Buffer): void {
    if (this.#state.kind !== 'open') return;
    this.#resize(data.length);
    this.#host.queued(data.length);
    this.#state.file.write(data);
  }

  /** The segment takes nothing more. Its files are removed if all its batches are settled. */
  end(): void {
    if (this.#state.kind !== 'open') return;
    if (this.#batches.size === 0) {
      this.#remove();
      return;
    }
    const { file } = this.#state;
    this.#state = { kind: 'ended', file };
    this.#ended();
    file.end();
  }

  #ended(): void {
    this.#destinations.clear();
    this.#host.ended(this);
  }

  /** The batches that a recovered segment has. Its files are removed if there is none. */
  hold(batches: readonly number[]): void {
    for (const batch of batches) this.#batches.add(batch);
    if (this.#batches.size === 0) this.#remove();
  }

  /**
   * @throws {CorruptBatchError} if the file is cut short
   * @throws if it cannot be read, or is not a file of ours any more
   */
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

  /** The batch need not be sent any more. With the last one the files are removed. */
  settle(batch: number): void {
    if (!this.#batches.delete(batch)) return;
    if (this.#batches.size === 0) this.#remove();
    else {
      this.#settledFile.add(batch);
      this.#host.settled(this);
    }
  }

  /** Writes the ids of the settled batches. */
  writeSettled(): void {
    const writing = this.#settledFile.write(this.#host.lettersWritten, (error) =>
      this.#host.tasks.report(
        `The ids of settled batches cannot be written next to ${this.path}. After a crash the next process sends these batches again.`,
        error,
      ),
    );
    if (writing !== undefined) this.#host.tasks.track(writing);
  }

  /** Writes nothing more and discards what waits to be written. The file stays and can be read. */
  stop(): void {
    if (this.#state.kind !== 'open' && this.#state.kind !== 'ended') return;
    const { kind, file } = this.#state;
    this.#state = { kind: 'stopped' };
    this.#host.queued(this.#written - this.#bytes);
    if (kind === 'open') this.#ended();
    file.discard();
  }

  /** Leaves the files alone: another process owns them, or somebody has removed them. */
  abandon(): void {
    this.#release();
    this.#host.gone(this);
  }

  #release(): void {
    this.stop();
    this.#whenConfirmed.clear();
    this.#settledFile.clear();
    this.#batches.clear();
    this.#resize(-this.#bytes);
  }

  #remove(): void {
    this.#release();
    const removal = this.#removeFiles().catch((error) =>
      this.#host.tasks.report(`${this.path} cannot be removed. What is in it is sent again later.`, error),
    );
    this.#host.gone(this, removal);
  }

  async #removeFiles(): Promise<void> {
    await this.#host.lettersWritten();
    await rm(this.path, { force: true });
    await this.#settledFile.remove();
  }

  #resize(bytes: number): void {
    this.#bytes += bytes;
    this.#host.resized(bytes);
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
