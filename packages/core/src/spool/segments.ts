import type { Clock } from '../util/clock.js';
import { truncate } from './file-calls.js';
import { Segment, type SegmentHost } from './segment.js';
import type { LettersWritten } from './settled-file.js';
import type { SpoolTasks } from './spool-tasks.js';

/** The ids of batches that are settled within this time are written together. */
const SETTLED_DELAY_MS = 20;

/** While this much waits to be written, or to be synced and closed, the disk gets no more. */
const MAX_UNWRITTEN_BYTES = 32 * 1024 * 1024;
const MAX_CLOSING_BYTES = 32 * 1024 * 1024;

/** Each segment that is being closed holds a file descriptor, and the application needs some too. */
const MAX_CLOSING = 256;

/** The folder of the segments. */
interface SegmentFolder {
  /** Whether the folder certainly still belongs to this process. */
  readonly isHeld: boolean;
  /** Finds out whether it does, and which files are still there. */
  check(): Promise<void>;
}

export interface SegmentsObserver {
  /** The disk has taken or closed something, and may take more. */
  progressed(): void;
  /** A segment failed. It is stopped next. */
  failed(segment: Segment): void;
}

export const NOT_WRITTEN =
  'The disk does not take events. They wait only in memory, and are delivered from there. Check that the disk has room and responds.';

/** All segments of a process: their sizes, and what the disk still has to do for them. */
export class Segments implements SegmentHost {
  readonly tasks: SpoolTasks;
  readonly lettersWritten: LettersWritten;
  readonly #folder: SegmentFolder;
  readonly #clock: Clock;
  readonly #observer: SegmentsObserver;
  readonly #all = new Set<Segment>();
  #bytes = 0;
  #unwritten = 0;
  /** What each segment that is being closed has. */
  readonly #closing = new Map<Segment, number>();
  #closingBytes = 0;
  #removals = 0;
  /** Segments with settled batches whose ids are not written. */
  readonly #unlisted = new Set<Segment>();
  #cancelListing: (() => void) | undefined;

  constructor(
    folder: SegmentFolder,
    clock: Clock,
    tasks: SpoolTasks,
    lettersWritten: LettersWritten,
    observer: SegmentsObserver,
  ) {
    this.#folder = folder;
    this.#clock = clock;
    this.tasks = tasks;
    this.lettersWritten = lettersWritten;
    this.#observer = observer;
  }

  [Symbol.iterator](): Iterator<Segment> {
    return this.#all.values();
  }

  has(segment: Segment): boolean {
    return this.#all.has(segment);
  }

  /** What all segments take on disk. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether there is no segment, and none is being removed. */
  get isEmpty(): boolean {
    return this.#all.size === 0 && this.#removals === 0;
  }

  /** Whether the disk lags so far behind that it should get no more. */
  get isBehind(): boolean {
    return (
      this.#unwritten >= MAX_UNWRITTEN_BYTES ||
      this.#closing.size >= MAX_CLOSING ||
      this.#closingBytes >= MAX_CLOSING_BYTES
    );
  }

  /** @throws the system's error if the file exists or cannot be created */
  async create(path: string): Promise<Segment> {
    const segment = await Segment.create(path, this);
    this.#all.add(segment);
    return segment;
  }

  addRecovered(path: string, bytes: number): Segment {
    const segment = Segment.recovered(path, bytes, this);
    this.#all.add(segment);
    return segment;
  }

  /** Writes the ids of settled batches now. */
  writeSettled(): void {
    this.#cancelListing?.();
    this.#cancelListing = undefined;
    for (const segment of this.#unlisted) segment.writeSettled();
    this.#unlisted.clear();
  }

  resized(bytes: number): void {
    this.#bytes += bytes;
  }

  queued(bytes: number): void {
    this.#unwritten += bytes;
  }

  written(segment: Segment): void {
    // After a standstill the folder may belong to another process, and nobody knows where the bytes are.
    if (this.#folder.isHeld) segment.confirm(segment.written);
    else void this.#folder.check();
    this.#observer.progressed();
  }

  ended(segment: Segment): void {
    this.#closing.set(segment, segment.bytes);
    this.#closingBytes += segment.bytes;
  }

  closed(segment: Segment): void {
    this.#closingBytes -= this.#closing.get(segment) ?? 0;
    this.#closing.delete(segment);
    this.#observer.progressed();
  }

  settled(segment: Segment): void {
    this.#unlisted.add(segment);
    this.#cancelListing ??= this.#clock.after(SETTLED_DELAY_MS, () => this.writeSettled());
  }

  gone(segment: Segment, removal?: Promise<void>): void {
    this.#unlisted.delete(segment);
    this.#all.delete(segment);
    if (removal === undefined) return;
    this.#removals++;
    this.tasks.track(removal.finally(() => this.#removals--));
  }

  failed(segment: Segment, error: unknown): void {
    this.#observer.failed(segment);
    segment.stop();
    if (this.#all.has(segment)) this.tasks.track(this.#truncate(segment));
    this.tasks.report(NOT_WRITTEN, error);
  }

  /** Removes what the segment has of batches that continue in memory. */
  async #truncate(segment: Segment): Promise<void> {
    await truncate(segment.path, segment.confirmed).catch((error) =>
      this.tasks.report(`${segment.path} cannot be truncated. Some of its events may be sent twice.`, error),
    );
  }
}
