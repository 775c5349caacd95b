import { basename, dirname, join, resolve } from 'node:path';
import type { BatchStore } from '../contracts/batch-store.js';
import type { Reporter } from '../reporting/reporter.js';
import type { Clock } from '../util/clock.js';
import { errorMessage } from '../util/error-message.js';
import { truncate } from './file-calls.js';
import type { SpoolHead } from './file-format.js';
import { BEAT_MS } from './lock.js';
import { makeRoot, OwnFolder } from './own-folder.js';
import { type RecoveryTarget, SpoolRecovery } from './recovery.js';
import type { Segment } from './segment.js';
import type { FoundBatch, SegmentContent } from './segment-reader.js';
import { type SegmentFolder, SpoolWriter } from './spool-writer.js';
import { SpooledBatch, type SpooledBatchEvents } from './spooled-batch.js';
import { isPassing, UntrustedError } from './trusted-file.js';

/** How often a process that is at work looks for others that have died. */
const LOOK_AGAIN_MS = 11_000;

/** Of what may be in the spool, what is set aside because nobody can read it may take so much more. */
const CORRUPT_SHARE = 1 / 32;

/** A batch that a dead process left. */
export interface Left extends FoundBatch {
  readonly batch: SpooledBatch;
}

export interface Look {
  /** Oldest first. */
  readonly left: readonly Left[];
  /** In how many milliseconds there is a reason to look again, if there is one. */
  readonly againMs: number | undefined;
}

/**
 * Batches on disk, which outlive the process. They share a few files, the segments, which are written one after the other:
 * what the disk costs follows bytes, not log streams. Segments lie in a folder of the process's own, with a lock beside it.
 * There is one only while something is kept: a process with nothing to keep has nothing to do, and nobody watches it.
 */
export class Spool implements BatchStore, RecoveryTarget, SegmentFolder {
  readonly #root: string;
  readonly #maxBytes: number;
  readonly #reporter: Reporter;
  readonly #clock: Clock;
  readonly #recovery: SpoolRecovery;
  readonly #writer: SpoolWriter;
  readonly #work = new Set<Promise<void>>();
  readonly #batches = new Set<SpooledBatch>();
  /** What they count for. */
  #room = 0;
  #folder: OwnFolder | undefined;
  #making: Promise<OwnFolder> | undefined;
  #files = 0;
  #cancelBeat: () => void = () => undefined;
  #checking: Promise<void> | undefined;
  #received: Left[] = [];
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** It is known who writes the events. */
  #hasBegun = false;
  #isRootChecked = false;
  #whenFull: () => void = () => undefined;
  #isFullTold = false;
  #state: 'open' | 'closed' | 'unusable' = 'open';
  /** Called by a process that is at work, now and then: others may have died. */
  lookDue: () => void = () => undefined;

  constructor(directory: string, maxBytes: number, reporter: Reporter, clock: Clock) {
    // The application may change its working directory.
    this.#root = resolve(directory);
    this.#maxBytes = maxBytes;
    this.#reporter = reporter;
    this.#clock = clock;
    this.#recovery = new SpoolRecovery(this.#root, this, reporter, clock);
    this.#writer = new SpoolWriter(this, clock);
  }

  /**
   * Whether more is kept than may be. A file goes with the last of its batches, and one that is open or in flight may have
   * events in all of them: for the sake of the files no more than half of what may wait is given up.
   */
  get isFull(): boolean {
    if (this.#writer.bytes > this.#maxBytes) return this.#room > this.#maxBytes / 2;
    return this.#room > this.#maxBytes;
  }

  /** @param callback is called when more is kept than may be: it should settle what is too much */
  whenFull(callback: () => void): void {
    this.#whenFull = callback;
  }

  #tellFull(): void {
    if (this.#isFullTold) return;
    this.#isFullTold = true;
    queueMicrotask(() => {
      this.#isFullTold = false;
      this.#whenFull();
    });
  }

  /** @param head is asked when the first events are written */
  create(head: () => SpoolHead): SpooledBatch | undefined {
    if (this.#state !== 'open') return undefined;
    if (this.#clock.monotonic() - this.#lookedAt > LOOK_AGAIN_MS) this.lookDue();
    const batch = new SpooledBatch(head, this.#events);
    this.#batches.add(batch);
    return batch;
  }

  /** From now on it is known who writes the events: what came before goes to the disk, and all else as it comes. */
  begin(): void {
    this.#hasBegun = true;
    this.#beginToWrite();
  }

  #beginToWrite(): void {
    if (this.#hasBegun && this.#isRootChecked && this.#state === 'open') this.#writer.begin();
  }

  readonly #events: SpooledBatchEvents = {
    changed: (batch) => this.#writer.add(batch),
    sized: (bytes) => {
      this.#room += bytes;
      if (bytes > 0 && this.isFull) this.#tellFull();
    },
    saved: (events) => this.#reporter.save(events),
    left: (batch) => {
      this.#batches.delete(batch);
      this.#writer.remove(batch);
    },
    check: () => this.check(),
  };

  async nextPath(): Promise<string> {
    // It may be another's by now.
    if (this.#folder !== undefined && !this.isHeld) await this.check();
    const folder = this.#folder ?? (await this.#makeFolder());
    return join(folder.path, `${this.#files++}.ndjson`);
  }

  /** One, whoever wants it first. */
  #makeFolder(): Promise<OwnFolder> {
    this.#making ??= OwnFolder.create(this.#root, this.#clock)
      .then((folder) => {
        this.#folder = folder;
        this.#beatLater();
        return folder;
      })
      .finally(() => {
        this.#making = undefined;
      });
    return this.#making;
  }

  get isHeld(): boolean {
    return this.#folder?.isHeld ?? false;
  }

  has(path: string): boolean {
    return this.#folder?.path === dirname(path);
  }

  #beatLater(): void {
    this.#cancelBeat();
    if (this.#state === 'open') this.#cancelBeat = this.#clock.after(BEAT_MS, () => this.busy(this.#beat()));
  }

  async #beat(): Promise<void> {
    await this.tidy();
    if (this.#folder === undefined) return;
    await this.check();
    this.#beatLater();
  }

  /** Writes down what is settled, and gives the folder up when nothing is kept or on its way there. Never rejects. */
  async tidy(): Promise<void> {
    this.#writer.note();
    const folder = this.#folder;
    if (folder === undefined || !this.#writer.isEmpty || this.#recovery.isTaking) return;
    this.#folder = undefined;
    this.#cancelBeat();
    await this.#leave(folder);
  }

  async #leave(folder: OwnFolder): Promise<void> {
    await folder
      .leave()
      .catch((error) =>
        this.failed(
          `The lock of ${folder.path} cannot be removed: others wait before they take it over.`,
          error,
        ),
      );
  }

  /** Shows that this process lives, and looks whether its files are still there. Never rejects. */
  check(): Promise<void> {
    const folder = this.#folder;
    if (folder === undefined) return Promise.resolve();
    this.#checking ??= this.#checkFolder(folder).finally(() => {
      this.#checking = undefined;
      // Else with the next beat.
      if (this.#folder === undefined || this.isHeld) this.#writer.write();
    });
    return this.#checking;
  }

  async #checkFolder(folder: OwnFolder): Promise<void> {
    const written = new Map([...this.#writer.segments].map((segment) => [segment, segment.written]));
    try {
      const names = await folder.look();
      if (names === undefined) await this.#loseFolder(folder);
      else {
        const isThere = ({ path }: Segment) => names.has(basename(path));
        for (const [segment, bytes] of written) if (isThere(segment)) segment.confirm(bytes);
        this.#lose(
          [...written.keys()].filter((segment) => !isThere(segment) && !segment.isGone),
          'removed',
        );
      }
    } catch (error) {
      this.failed(
        `It is not known whether ${folder.path} is still this process's: nothing is written there.`,
        error,
      );
    }
  }

  /** After a standstill another process may have taken the folder over, and sends what is in it. */
  async #loseFolder(folder: OwnFolder): Promise<void> {
    const how = (await folder.wasTakenOver()) ? 'taken over' : 'removed';
    if (this.#folder === folder) this.#folder = undefined;
    this.#cancelBeat();
    this.#lose([...this.#writer.segments], how);
  }

  #lose(segments: readonly Segment[], how: 'taken over' | 'removed'): void {
    if (segments.length === 0) return;
    const lost = new Set(segments);
    for (const segment of segments) segment.abandon();
    for (const batch of [...this.#batches]) batch.lose(lost, how);
  }

  refused(segment: Segment): void {
    for (const batch of [...this.#batches]) batch.refuse(segment);
    segment.stop();
    // Of what goes on in memory nothing is to be found there.
    if (!segment.isGone)
      this.busy(
        truncate(segment.path, segment.confirmed).catch((error) =>
          this.failed(`${segment.path} cannot be cut: some of what is in it may be sent twice.`, error),
        ),
      );
  }

  /** Takes over what dead processes left. Never rejects. */
  async recover(): Promise<Look> {
    const looking = this.#look();
    this.busy(looking.then(() => undefined));
    const againMs = await looking;
    const left = this.#received.toSorted((a, b) => a.firstTimestamp - b.firstTimestamp);
    this.#received = [];
    return { left, againMs };
  }

  async #look(): Promise<number | undefined> {
    this.#lookedAt = this.#clock.monotonic();
    try {
      await makeRoot(this.#root);
    } catch (error) {
      if (!isPassing(error)) {
        this.#turnOff(error);
        return undefined;
      }
      this.failed(`${this.#root} cannot be used now, and events wait in memory alone.`, error);
      return LOOK_AGAIN_MS;
    }
    this.#isRootChecked = true;
    this.#beginToWrite();
    const { isUndecided, isWaiting } = await this.#recovery.look();
    if (isUndecided) return BEAT_MS;
    return isWaiting ? LOOK_AGAIN_MS : undefined;
  }

  #turnOff(error: unknown): void {
    if (this.#state !== 'open') return;
    this.#state = 'unusable';
    for (const batch of [...this.#batches]) batch.giveUp();
    const remedy =
      error instanceof UntrustedError
        ? 'Let spoolDirectory name a folder that belongs to the user of this process and that no other can write to: a new one is made so.'
        : '';
    this.#reporter.problem(
      'spool',
      `There is no spool, events wait in memory alone: ${this.#root} cannot be used. ${remedy} (${errorMessage(error)})`,
    );
  }

  get maxCorruptBytes(): number {
    return this.#maxBytes * CORRUPT_SHARE;
  }

  owns(folder: string): boolean {
    return this.#folder?.path === folder;
  }

  hasRoomFor(bytes: number): boolean {
    const taken = Math.max(this.#writer.bytes, this.#room);
    return this.#state === 'open' && (taken === 0 || taken + bytes <= this.#maxBytes);
  }

  receive(path: string, bytes: number, { batches }: SegmentContent): void {
    const segment = this.#writer.addFound(path, bytes);
    segment.hold(batches.map(({ id }) => id));
    for (const found of batches) {
      const batch = SpooledBatch.found(segment, found, this.#events);
      this.#batches.add(batch);
      this.#received.push({ ...found, batch });
    }
  }

  /** Leaves the folder to whoever comes next, or removes it when it is empty. Never rejects. */
  async close(): Promise<void> {
    if (this.#state === 'open') this.#state = 'closed';
    this.#cancelBeat();
    this.#writer.close();
    // The lock stays for as long as something may still come into the folder.
    while (this.#work.size > 0) await Promise.all(this.#work);
    if (this.#folder !== undefined) await this.#leave(this.#folder);
  }

  busy(work: Promise<void>): void {
    const tracked: Promise<void> = work
      .catch((error) => this.failed('The spool is in trouble.', error))
      .finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
  }

  failed(what: string, error: unknown): void {
    this.#reporter.problem('spool', `${what} (${errorMessage(error)})`);
  }
}
