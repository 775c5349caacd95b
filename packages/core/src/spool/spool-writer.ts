import type { Clock } from '../util/clock.js';
import { MAX_SEGMENT_BYTES } from './file-format.js';
import { HEARTBEAT_MS } from './lock.js';
import type { OwnFolder } from './own-folder.js';
import type { Segment } from './segment.js';
import { NOT_WRITTEN, type Segments } from './segments.js';
import type { SpoolTasks } from './spool-tasks.js';
import type { SpooledBatch } from './spooled-batch.js';

/** From this size on a segment takes no new batch. */
const SEGMENT_BYTES = 512 * 1024;

/**
 * From this size on it takes nothing more. Its batches continue in the next one. A single write is smaller than the
 * rest.
 */
const FULL_SEGMENT_BYTES = MAX_SEGMENT_BYTES / 2;

/** Appends the events of batches to one segment after the other, as far as the disk keeps up. */
export class SpoolWriter {
  readonly #folder: OwnFolder;
  readonly #segments: Segments;
  readonly #clock: Clock;
  readonly #tasks: SpoolTasks;
  /** Batches with events that no segment has got. */
  readonly #unwritten = new Set<SpooledBatch>();
  #current: Segment | undefined;
  #isStarted = false;
  #isScheduled = false;
  #isOpening = false;
  #cancelRetry: (() => void) | undefined;

  constructor(folder: OwnFolder, segments: Segments, clock: Clock, tasks: SpoolTasks) {
    this.#folder = folder;
    this.#segments = segments;
    this.#clock = clock;
    this.#tasks = tasks;
  }

  start(): void {
    this.#isStarted = true;
    this.write();
  }

  /** The batch has events to write. Those of one turn of the event loop are written together. */
  add(batch: SpooledBatch): void {
    this.#unwritten.add(batch);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.write();
    });
  }

  remove(batch: SpooledBatch): void {
    this.#unwritten.delete(batch);
  }

  /** Whether there is nothing to write. */
  get isIdle(): boolean {
    return this.#unwritten.size === 0 && !this.#isOpening;
  }

  write(): void {
    if (!this.#isStarted || this.#isOpening || this.#unwritten.size === 0) return;
    if (this.#openSegment !== undefined && !this.#folder.isHeld) {
      void this.#folder.check(); // which calls this again
      return;
    }
    for (const batch of this.#unwritten) {
      if (this.#segments.isBehind) {
        this.#tasks.report(NOT_WRITTEN, new Error('the disk does not keep up'));
        return;
      }
      const segment = this.#segmentFor(batch);
      if (segment === undefined) {
        this.#tasks.track(this.#open());
        return;
      }
      this.#unwritten.delete(batch);
      batch.writeTo(segment);
    }
  }

  get #openSegment(): Segment | undefined {
    return this.#current?.isOpen ? this.#current : undefined;
  }

  /** @returns undefined if another segment has to be opened first */
  #segmentFor(batch: SpooledBatch): Segment | undefined {
    const maxBytes = batch.isNew ? SEGMENT_BYTES : FULL_SEGMENT_BYTES;
    if (this.#current !== undefined && this.#current.bytes >= maxBytes) this.endSegment();
    return this.#openSegment;
  }

  /** Later events go to another segment. */
  endSegment(): void {
    this.#current?.end();
    this.#current = undefined;
  }

  /** Never rejects. */
  async #open(): Promise<void> {
    this.#isOpening = true;
    try {
      const segment = await this.#segments.create(await this.#folder.nextPath());
      // Meanwhile the spool may have closed, the folder may be lost, or the events may be settled.
      const isNeeded = this.#isStarted && this.#unwritten.size > 0 && this.#folder.contains(segment.path);
      if (isNeeded) this.#current = segment;
      else segment.end();
    } catch (error) {
      this.#tasks.report(NOT_WRITTEN, error);
      this.#retryLater();
      return;
    } finally {
      this.#isOpening = false;
    }
    this.write();
  }

  #retryLater(): void {
    if (!this.#isStarted) return;
    this.#cancelRetry ??= this.#clock.after(HEARTBEAT_MS, () => {
      this.#cancelRetry = undefined;
      // The folder may be gone.
      void this.#folder.check().then(() => this.write());
    });
  }

  close(): void {
    this.#isStarted = false;
    this.#cancelRetry?.();
    this.endSegment();
  }
}
