import { Batch, CorruptBatchError } from '../batching/batch.js';
import type { AppendedBytes, BatchBytes } from '../batching/batch-mirror.js';
import type { MirroredBatch, ReadBack } from '../contracts/batch-store.js';
import type { DestinationName } from '../contracts/destination.js';
import { BatchCopy } from './batch-copy.js';
import { PersistedEvents } from './persisted-events.js';
import type { Segment } from './segment.js';
import type { SegmentBatch } from './segment-reader.js';
import { UntrustedError } from './trusted-file.js';

/** What a batch tells the spool. */
export interface SpooledBatchHost {
  /** The batch has events that no segment has got. */
  changed(batch: SpooledBatch): void;
  /** The batch takes this many more bytes of the spool's room; fewer if negative. */
  resized(bytes: number): void;
  /** This many more of its pending events are on disk, or being written; fewer if negative. */
  persisted(events: number, writing: number): void;
  /** The batch is not on disk any more, and never will be again. */
  gone(batch: SpooledBatch): void;
  /** Finds out whether the files are still there. */
  check(): Promise<void>;
}

/** A batch whose events are in more places is written again in one piece before it leaves memory. */
const MAX_PLACES = 8;

/** Why a batch is not on disk any more, and never will be again. */
type Ended =
  | 'settled'
  /** The disk refused it, and it continues in memory. */
  | 'refused'
  /** Another process took it over while it was only on disk. */
  | 'taken over'
  /** Somebody removed its files while it was only on disk. */
  | 'removed';

type State = 'open' | 'sealed' | Ended;

/** The room that a batch takes. A small one counts for more than its bytes, because it takes memory too. */
function roomFor(bytes: number): number {
  return bytes === 0 ? 0 : Math.max(bytes, MIN_ROOM_BYTES);
}

const MIN_ROOM_BYTES = 8192;

/** A batch of which the spool keeps a copy in its segments. */
export class SpooledBatch implements MirroredBatch {
  readonly #nameOf: () => DestinationName;
  readonly #host: SpooledBatchHost;
  #state: State = 'open';
  /** The newest copy. */
  #copy = new BatchCopy();
  /** An older, complete copy, while the newest is being written. */
  #backup: BatchCopy | undefined;
  /** Older, incomplete copies. They stay until the newest is on disk, for a process that finds them after a crash. */
  #outdated: BatchCopy[] = [];
  /** Provides the events that the newest copy lacks. */
  #unwritten: (() => Buffer) | undefined;
  /** Provides all events, while they are in memory. */
  #memory: BatchBytes | undefined;
  #bytes = 0;
  #unsettled = 0;
  readonly #persisted: PersistedEvents;
  #waiters: (() => void)[] = [];

  constructor(nameOf: () => DestinationName, host: SpooledBatchHost) {
    this.#nameOf = nameOf;
    this.#host = host;
    this.#persisted = new PersistedEvents((events, writing) => host.persisted(events, writing));
  }

  /** A batch that an earlier process left. */
  static recovered(
    segment: Segment,
    { id, name, size, ranges }: SegmentBatch,
    host: SpooledBatchHost,
  ): SpooledBatch {
    const batch = new SpooledBatch(() => name, host);
    batch.#state = 'sealed';
    batch.#persisted.recovered(size);
    batch.#unsettled = size;
    batch.#copy = new BatchCopy(id);
    for (let i = 0; i < ranges.length; i += 2)
      batch.#copy.add(segment, { start: ranges[i] ?? 0, end: ranges[i + 1] ?? 0 });
    batch.#resize(batch.#copy.bytes);
    return batch;
  }

  get isPersisting(): boolean {
    return this.#state === 'open' || this.#state === 'sealed';
  }

  get isPersisted(): boolean {
    return this.#state === 'sealed' && (this.#isCopied || this.#backup !== undefined);
  }

  /** Whether the newest copy is complete and on disk. */
  get #isCopied(): boolean {
    return this.#unwritten === undefined && this.#copy.isConfirmed;
  }

  /** Scattered events are written again in one piece first: their places take memory, and keep segments alive. */
  mayLeaveMemory(atOnce: boolean): boolean {
    if (!this.isPersisted) return false;
    if (this.#memory === undefined) return true;
    if (this.#backup !== undefined) return atOnce && this.#restore(this.#backup);
    if (atOnce || this.#copy.places <= MAX_PLACES) return true;
    this.#rewrite(this.#memory, this.#copy);
    return false;
  }

  /** Writes a new copy. @param backup the previous copy, if it is complete */
  #rewrite(memory: BatchBytes, backup?: BatchCopy): void {
    if (backup === undefined) this.#outdated = [...this.#older, this.#copy];
    this.#backup = backup;
    this.#copy = new BatchCopy();
    this.#unwritten = () => memory.takeAll();
    this.#persisted.rewrite(backup !== undefined);
    this.#host.changed(this);
  }

  get #older(): BatchCopy[] {
    return this.#backup === undefined ? this.#outdated : [...this.#outdated, this.#backup];
  }

  /** Gives up the newest copy for the previous one. */
  #restore(backup: BatchCopy): true {
    this.#drop([this.#copy]);
    this.#copy = backup;
    this.#backup = undefined;
    this.#unwritten = undefined;
    this.#wakeWaiters();
    return true;
  }

  get whenPersisted(): Promise<boolean> {
    return this.#waitForDisk();
  }

  async #waitForDisk(): Promise<boolean> {
    // Another process may have taken the folder over.
    await this.#host.check();
    while (this.isPersisting && !this.isPersisted)
      await new Promise<void>((wake) => {
        this.#waiters.push(wake);
        this.#copy.whenConfirmed(() => this.#confirmed());
      });
    return this.isPersisted || this.#state === 'taken over';
  }

  /** More of the newest copy is on disk. */
  #confirmed(): void {
    if (!this.isPersisting || !this.#isCopied) return;
    this.#dropOlder();
    this.#wakeWaiters();
  }

  #wakeWaiters(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }

  append(source: AppendedBytes): void {
    this.#unsettled++;
    this.#persisted.add();
    if (this.#state !== 'open' || this.#unwritten !== undefined) return;
    this.#memory = source;
    this.#unwritten = () => source.drainNew();
    this.#host.changed(this);
  }

  seal(batch: BatchBytes): void {
    if (this.#state !== 'open') return;
    this.#state = 'sealed';
    this.#memory = batch;
  }

  release(): void {
    // The newest copy can no longer be completed.
    if (this.#backup !== undefined) this.#restore(this.#backup);
    this.#memory = undefined;
  }

  /** Whether no segment has any of its events yet. */
  get isNew(): boolean {
    return this.#copy.isEmpty;
  }

  writeTo(segment: Segment): void {
    const lines = this.#unwritten?.();
    this.#unwritten = undefined;
    if (lines === undefined || lines.length === 0) return;
    // Counted first: this thread may end at any moment, and the disk may have what the segment has got.
    const events = this.#persisted.append();
    const range = segment.append(this.#copy.id, this.#nameOf, lines);
    this.#copy.add(segment, range);
    this.#resize(range.end - range.start);
    this.#countWritten(segment, range.end, events);
    const isAwaited = this.#backup !== undefined || this.#outdated.length > 0 || this.#waiters.length > 0;
    if (isAwaited) segment.whenConfirmed(range.end, () => this.#confirmed());
  }

  #countWritten(segment: Segment, end: number, events: number): void {
    const copy = this.#copy;
    segment.whenWritten(end, () => {
      // While there is a backup, its events count. After another rewrite, this copy does not count any more.
      if (copy === this.#copy && this.#backup === undefined) this.#persisted.written(events);
    });
  }

  async read(): Promise<ReadBack> {
    try {
      const batch = Batch.ofLines(await (this.#backup ?? this.#copy).read());
      if (this.#state === 'sealed') this.#memory = batch;
      return { kind: 'read', batch };
    } catch (error) {
      if (error instanceof CorruptBatchError || error instanceof UntrustedError)
        return { kind: 'unreadable', error };
      // The file may be gone.
      await this.#host.check();
      if (this.#state === 'taken over') return { kind: 'taken over' };
      if (this.#state === 'removed') return { kind: 'unreadable', error };
      return { kind: 'busy', error };
    }
  }

  accepted(): void {
    this.#persisted.accepted();
  }

  leave(events: number): void {
    this.#persisted.settle(events);
  }

  settle(events: number): void {
    this.leave(events);
    this.#unsettled -= events;
    if (this.#unsettled === 0) this.#end('settled');
  }

  /** The spool cannot be used. The batch continues in memory. */
  giveUp(): void {
    if (this.isPersisting) this.#end('refused');
  }

  /** A segment failed. The batch gives up its copy there, which the next process would otherwise send a second time. */
  segmentFailed(segment: Segment): void {
    if (!this.isPersisting || !this.#copy.isUnconfirmedIn(segment)) return;
    if (this.#backup !== undefined) this.#restore(this.#backup);
    else this.#end('refused');
  }

  /** Segments no longer belong to this process. If the batch is in memory, it is written again. */
  segmentsLost(segments: ReadonlySet<Segment>, how: 'taken over' | 'removed'): void {
    const isLost = (copy: BatchCopy) => copy.isInAny(segments);
    if (!this.isPersisting) return;
    if (this.#backup !== undefined && !isLost(this.#backup)) {
      if (isLost(this.#copy)) this.#restore(this.#backup);
    } else if ([this.#copy, ...this.#older].some(isLost)) {
      if (this.#memory === undefined) this.#end(how);
      else this.#rewrite(this.#memory);
    }
  }

  #end(state: Ended): void {
    const wasPersisting = this.isPersisting;
    this.#state = state;
    this.#unwritten = undefined;
    this.#memory = undefined;
    this.#drop([this.#copy]);
    this.#dropOlder();
    this.#persisted.clear();
    if (wasPersisting) this.#host.gone(this);
    this.#wakeWaiters();
  }

  #dropOlder(): void {
    const copies = this.#older;
    this.#outdated = [];
    this.#backup = undefined;
    this.#drop(copies);
  }

  #drop(copies: readonly BatchCopy[]): void {
    for (const copy of copies) {
      const { bytes } = copy;
      copy.settle();
      this.#resize(-bytes);
    }
  }

  #resize(bytes: number): void {
    const before = roomFor(this.#bytes);
    this.#bytes += bytes;
    this.#host.resized(roomFor(this.#bytes) - before);
  }
}
