import { basename, resolve } from 'node:path';
import type { BatchStore } from '../contracts/batch-store.js';
import type { DestinationName } from '../contracts/destination.js';
import type { Reporter } from '../reporting/reporter.js';
import type { Clock } from '../util/clock.js';
import { errorMessage } from '../util/error-message.js';
import { HEARTBEAT_MS } from './lock.js';
import { createRoot } from './locked-folder.js';
import { OwnFolder, type OwnFolderHost } from './own-folder.js';
import { type RecoveryTarget, SpoolRecovery } from './recovery.js';
import type { Segment } from './segment.js';
import type { SegmentBatch, SegmentContent } from './segment-reader.js';
import { Segments, type SegmentsObserver } from './segments.js';
import type { LettersWritten } from './settled-file.js';
import { SpoolTasks } from './spool-tasks.js';
import { SpoolWriter } from './spool-writer.js';
import { SpooledBatch, type SpooledBatchHost } from './spooled-batch.js';
import { isTransient, UntrustedError } from './trusted-file.js';

/** How often a process with events to write scans for folders of dead owners. */
const RESCAN_MS = 11_000;

/** The quarantine file may take this share of `spoolMaxBytes`, in addition to it. */
const QUARANTINE_SHARE = 1 / 32;

/** A batch that a dead owner left, and that is in this process's folder now. */
export interface TakenOverBatch extends SegmentBatch {
  readonly batch: SpooledBatch;
}

export interface Recovery {
  /** The oldest batch first. */
  readonly batches: readonly TakenOverBatch[];
  /** After how many milliseconds `recover` should be called again; undefined if there is no reason to. */
  readonly rescanMs: number | undefined;
}

/**
 * Keeps batches on disk, where they outlive the process. The batches share a few files, the segments, which are written
 * one after the other: the cost of the disk depends on bytes, not on the number of log streams.
 */
export class Spool implements BatchStore, RecoveryTarget {
  readonly #root: string;
  readonly #maxBytes: number;
  readonly #reporter: Reporter;
  readonly #clock: Clock;
  readonly #tasks: SpoolTasks;
  readonly #folder: OwnFolder;
  readonly #segments: Segments;
  readonly #writer: SpoolWriter;
  readonly #recovery: SpoolRecovery;
  readonly #batches = new Set<SpooledBatch>();
  /** How much room the batches take. */
  #room = 0;
  #takenOver: TakenOverBatch[] = [];
  #scannedAt = Number.NEGATIVE_INFINITY;
  #isStarted = false;
  #isRootChecked = false;
  #whenFull: () => void = () => undefined;
  #isFullScheduled = false;
  #whenRescanDue: () => void = () => undefined;
  #state: 'open' | 'closed' | 'unusable' = 'open';

  constructor(
    directory: string,
    maxBytes: number,
    reporter: Reporter,
    clock: Clock,
    lettersWritten: LettersWritten = () => Promise.resolve(),
  ) {
    // Absolute, since the application may change its working directory.
    this.#root = resolve(directory);
    this.#maxBytes = maxBytes;
    this.#reporter = reporter;
    this.#clock = clock;
    this.#tasks = new SpoolTasks(reporter);
    this.#folder = new OwnFolder(this.#root, clock, this.#tasks, this.#folderHost);
    this.#segments = new Segments(this.#folder, clock, this.#tasks, lettersWritten, this.#segmentsObserver);
    this.#writer = new SpoolWriter(this.#folder, this.#segments, clock, this.#tasks);
    this.#recovery = new SpoolRecovery(this.#root, this.#folder, this, reporter, clock);
  }

  /**
   * Whether the spool takes more than it may. A file is removed with its last batch, and a batch that is open or in
   * flight may have events in all files. So that these files alone do not empty the spool, at least half of the room
   * stays in use.
   */
  get isFull(): boolean {
    if (this.#segments.bytes > this.#maxBytes) return this.#room > this.#maxBytes / 2;
    return this.#room > this.#maxBytes;
  }

  whenFull(callback: () => void): void {
    this.#whenFull = callback;
  }

  /**
   * @param callback is called from time to time while there are events to write, because other owners may have died. It
   * should call `recover`.
   */
  whenRescanDue(callback: () => void): void {
    this.#whenRescanDue = callback;
  }

  #scheduleFull(): void {
    if (this.#isFullScheduled) return;
    this.#isFullScheduled = true;
    queueMicrotask(() => {
      this.#isFullScheduled = false;
      this.#whenFull();
    });
  }

  /** @param nameOf is called when the first events are written */
  create(nameOf: () => DestinationName): SpooledBatch | undefined {
    if (this.#state !== 'open') return undefined;
    if (this.#clock.monotonic() - this.#scannedAt > RESCAN_MS) this.#whenRescanDue();
    const batch = new SpooledBatch(nameOf, this.#batchHost);
    this.#batches.add(batch);
    return batch;
  }

  /** Starts to write events, those from before included. Call it when the entity is known. */
  startWriting(): void {
    this.#isStarted = true;
    this.#startIfReady();
  }

  #startIfReady(): void {
    if (this.#isStarted && this.#isRootChecked && this.#state === 'open') this.#writer.start();
  }

  readonly #batchHost: SpooledBatchHost = {
    changed: (batch) => this.#writer.add(batch),
    resized: (bytes) => {
      this.#room += bytes;
      if (bytes > 0 && this.isFull) this.#scheduleFull();
    },
    persisted: (events, writing) => this.#reporter.save(events, writing),
    gone: (batch) => {
      this.#batches.delete(batch);
      this.#writer.remove(batch);
    },
    check: () => this.#folder.check(),
  };

  readonly #segmentsObserver: SegmentsObserver = {
    progressed: () => this.#writer.write(),
    failed: (segment) => {
      for (const batch of [...this.#batches]) batch.segmentFailed(segment);
    },
  };

  readonly #folderHost: OwnFolderHost = {
    isNeeded: () => !this.#segments.isEmpty || !this.#writer.isIdle || this.#recovery.isMovingSegments,
    checkBegins: () => {
      const written = Array.from(this.#segments, (segment) => ({ segment, bytes: segment.written }));
      return (names) => {
        const removed: Segment[] = [];
        for (const { segment, bytes } of written)
          if (names.has(basename(segment.path))) segment.confirm(bytes);
          else if (this.#segments.has(segment)) removed.push(segment);
        this.#lose(removed, 'removed');
      };
    },
    checked: () => this.#writer.write(),
    lost: (how) => this.#lose([...this.#segments], how),
  };

  #lose(segments: readonly Segment[], how: 'taken over' | 'removed'): void {
    if (segments.length === 0) return;
    const lost = new Set(segments);
    for (const segment of segments) segment.abandon();
    for (const batch of [...this.#batches]) batch.segmentsLost(lost, how);
  }

  /** Writes the ids of settled batches, and removes this process's folder if nothing is kept in it. Never rejects. */
  async tidy(): Promise<void> {
    this.#segments.writeSettled();
    await this.#folder.releaseIfUnneeded();
  }

  /** Takes over what dead owners left: earlier processes, and threads of this one. Never rejects. */
  async recover(): Promise<Recovery> {
    const scanning = this.#scan();
    this.#tasks.track(scanning);
    const rescanMs = await scanning;
    const batches = this.#takenOver.toSorted((a, b) => a.firstTimestamp - b.firstTimestamp);
    this.#takenOver = [];
    return { batches, rescanMs };
  }

  /** @returns `Recovery.rescanMs` */
  async #scan(): Promise<number | undefined> {
    this.#scannedAt = this.#clock.monotonic();
    try {
      await createRoot(this.#root);
    } catch (error) {
      if (!isTransient(error)) {
        this.#turnOff(error);
        return undefined;
      }
      this.#tasks.report(`${this.#root} cannot be used now. Events wait only in memory.`, error);
      return RESCAN_MS;
    }
    this.#isRootChecked = true;
    this.#startIfReady();
    const { isUndecided, isIncomplete } = await this.#recovery.scan();
    if (isUndecided) return HEARTBEAT_MS;
    return isIncomplete ? RESCAN_MS : undefined;
  }

  #turnOff(error: unknown): void {
    if (this.#state !== 'open') return;
    this.#state = 'unusable';
    for (const batch of [...this.#batches]) batch.giveUp();
    const remedy =
      error instanceof UntrustedError
        ? ' Let spoolDirectory name a folder that belongs to the user of this process and that no other user can write to. A folder that does not exist is created like that.'
        : '';
    this.#reporter.problem(
      'spool',
      `There is no spool, because ${this.#root} cannot be used. Events wait only in memory.${remedy} (${errorMessage(error)})`,
    );
  }

  get maxQuarantineBytes(): number {
    return this.#maxBytes * QUARANTINE_SHARE;
  }

  hasRoomFor(bytes: number): boolean {
    const used = Math.max(this.#segments.bytes, this.#room);
    return this.#state === 'open' && (used === 0 || used + bytes <= this.#maxBytes);
  }

  receive(path: string, bytes: number, { batches }: SegmentContent): void {
    const segment = this.#segments.addRecovered(path, bytes);
    segment.hold(batches.map(({ id }) => id));
    for (const recovered of batches) {
      const batch = SpooledBatch.recovered(segment, recovered, this.#batchHost);
      this.#batches.add(batch);
      this.#takenOver.push({ ...recovered, batch });
    }
  }

  /** Leaves the folder to the next process, or removes it if it is empty. Never rejects. */
  async close(): Promise<void> {
    if (this.#state === 'open') this.#state = 'closed';
    this.#folder.stopHeartbeat();
    this.#segments.writeSettled();
    this.#writer.close();
    // The lock stays while something may still come into the folder.
    await this.#tasks.idle();
    await this.#folder.release();
  }
}
