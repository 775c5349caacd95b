import type { Clock } from '../util/clock.js';
import { BEAT_MS } from './lock.js';
import { Segment, type SegmentEvents } from './segment.js';
import type { SpooledBatch } from './spooled-batch.js';

/** With so much in it a segment gets no new batch. */
const SEGMENT_BYTES = 512 * 1024;

/** With so much in it a segment gets nothing more: its batches go on in the next one. */
const MAX_SEGMENT_BYTES = 8 * 1024 * 1024;

/** How long it may take until it is written down which batches are settled: those of a while go together. */
const NOTE_MS = 20;

/** While the disk has so much to take, or to confirm, it is given no more. */
const MAX_UNWRITTEN_BYTES = 32 * 1024 * 1024;
const MAX_UNCONFIRMED_BYTES = 32 * 1024 * 1024;

/**
 * Each segment that is closing holds a descriptor, of which the application needs some as well, and for its fsync one of
 * libuv's few threads.
 */
const MAX_UNCONFIRMED = 256;

/** Where the segments are. */
export interface SegmentFolder {
  /** A name that no file has yet. @throws when there is no folder, and none can be made */
  nextPath(): Promise<string>;
  /** Whether it is certainly still this process's. */
  readonly isHeld: boolean;
  /** Whether a file is in it. */
  has(path: string): boolean;
  /** Looks whether it is, and whether the files are still there. */
  check(): Promise<void>;
  /** A segment failed. */
  refused(segment: Segment): void;
  /** @param what is the matter, as a sentence */
  failed(what: string, error: unknown): void;
  /** Something is under way that should end before the process does. */
  busy(work: Promise<void>): void;
}

const NOT_TAKEN = 'The disk does not take events, which wait in memory alone.';

/** Writes what batches have, one segment after the other, as far as the disk keeps up. */
export class SpoolWriter {
  readonly segments = new Set<Segment>();
  readonly #folder: SegmentFolder;
  readonly #clock: Clock;
  /** Those with events that are not on their way to the disk, in memory alone. */
  readonly #changed = new Set<SpooledBatch>();
  #current: Segment | undefined;
  #isDue = false;
  #isOpening = false;
  #hasBegun = false;
  #cancelRetry: (() => void) | undefined;
  #bytes = 0;
  #unwritten = 0;
  #unconfirmed = 0;
  #unconfirmedBytes = 0;
  /** Those with batches that are settled. */
  readonly #unnoted = new Set<Segment>();
  #cancelNote: (() => void) | undefined;
  /** Files that are going. */
  #removals = 0;

  constructor(folder: SegmentFolder, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** What the segments take. */
  get bytes(): number {
    return this.#bytes;
  }

  begin(): void {
    this.#hasBegun = true;
    this.write();
  }

  /** The batch has events to write: those of one turn of the event loop go together. */
  add(batch: SpooledBatch): void {
    this.#changed.add(batch);
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.write();
    });
  }

  remove(batch: SpooledBatch): void {
    this.#changed.delete(batch);
  }

  /** Whether there is nothing that the disk is to have, or has. */
  get isEmpty(): boolean {
    return this.segments.size === 0 && this.#changed.size === 0 && !this.#isOpening && this.#removals === 0;
  }

  /** One that an earlier process wrote. */
  addFound(path: string, bytes: number): Segment {
    const segment = Segment.found(path, bytes, this.#events);
    this.segments.add(segment);
    return segment;
  }

  write(): void {
    if (!this.#hasBegun || this.#isOpening || this.#changed.size === 0) return;
    if (this.#current !== undefined && !this.#folder.isHeld) {
      void this.#folder.check(); // and writes then
      return;
    }
    for (const batch of this.#changed) {
      if (this.#isBehind) {
        this.#folder.failed(NOT_TAKEN, new Error('it does not keep up'));
        return;
      }
      const segment = this.#segmentFor(batch);
      if (segment === undefined) {
        this.#folder.busy(this.#open());
        return;
      }
      this.#changed.delete(batch);
      batch.writeTo(segment);
    }
  }

  get #isBehind(): boolean {
    return (
      this.#unwritten >= MAX_UNWRITTEN_BYTES ||
      this.#unconfirmed >= MAX_UNCONFIRMED ||
      this.#unconfirmedBytes >= MAX_UNCONFIRMED_BYTES
    );
  }

  /** @returns undefined when another is to be opened first */
  #segmentFor(batch: SpooledBatch): Segment | undefined {
    const bound = batch.isNew ? SEGMENT_BYTES : MAX_SEGMENT_BYTES;
    if (this.#current !== undefined && this.#current.bytes >= bound) this.end();
    // Its file goes when all that it had is settled.
    return this.#current?.isOpen ? this.#current : undefined;
  }

  /** What comes from now on goes into another segment. */
  end(): void {
    const segment = this.#current;
    this.#current = undefined;
    segment?.end();
  }

  /** Never rejects. */
  async #open(): Promise<void> {
    this.#isOpening = true;
    try {
      const segment = await Segment.create(await this.#folder.nextPath(), this.#events);
      this.segments.add(segment);
      // Else closed meanwhile, or the folder was lost, or what it was for is settled.
      const isWanted = this.#hasBegun && this.#changed.size > 0 && this.#folder.has(segment.path);
      if (isWanted) this.#current = segment;
      else segment.hold([]);
    } catch (error) {
      this.#folder.failed(NOT_TAKEN, error);
      this.#retryLater();
      return;
    } finally {
      this.#isOpening = false;
    }
    this.write();
  }

  /** Until then events wait in memory. */
  #retryLater(): void {
    if (!this.#hasBegun) return;
    this.#cancelRetry ??= this.#clock.after(BEAT_MS, () => {
      this.#cancelRetry = undefined;
      // The folder may be gone.
      void this.#folder.check().then(() => this.write());
    });
  }

  /** Writes down now which batches are settled. */
  note(): void {
    this.#cancelNote?.();
    this.#cancelNote = undefined;
    for (const segment of this.#unnoted) segment.noteSettled();
    this.#unnoted.clear();
  }

  close(): void {
    this.note();
    this.#hasBegun = false;
    this.#cancelRetry?.();
    this.end();
  }

  readonly #events: SegmentEvents = {
    sized: (bytes) => {
      this.#bytes += bytes;
    },
    queued: (bytes) => {
      this.#unwritten += bytes;
    },
    written: (segment) => {
      // Of what was written after a standstill nobody knows where it is.
      if (this.#folder.isHeld) segment.confirm(segment.written);
      else void this.#folder.check();
      this.write();
    },
    ended: (bytes) => {
      this.#unconfirmed++;
      this.#unconfirmedBytes += bytes;
    },
    closed: (bytes) => {
      this.#unconfirmed--;
      this.#unconfirmedBytes -= bytes;
      this.write();
    },
    settled: (segment) => {
      this.#unnoted.add(segment);
      this.#cancelNote ??= this.#clock.after(NOTE_MS, () => this.note());
    },
    gone: (segment, removed) => {
      this.#unnoted.delete(segment);
      this.segments.delete(segment);
      if (this.#current === segment) this.#current = undefined;
      if (removed === undefined) return;
      this.#removals++;
      this.#folder.busy(removed.finally(() => this.#removals--));
    },
    failed: (segment, error) => {
      if (this.#current === segment) this.#current = undefined;
      this.#folder.refused(segment);
      this.#folder.failed(NOT_TAKEN, error);
    },
    troubled: (what, error) => this.#folder.failed(what, error),
    busy: (work) => this.#folder.busy(work),
  };
}
