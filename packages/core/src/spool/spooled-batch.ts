import { Batch, CorruptBatchError } from '../batching/batch.js';
import type { AppendedBytes, BatchBytes, BatchMirror } from '../batching/batch-mirror.js';
import type { ReadBack, StoredBatch } from '../contracts/batch-store.js';
import type { SpoolHead } from './file-format.js';
import { SavedEvents } from './saved-events.js';
import type { Segment } from './segment.js';
import type { FoundBatch } from './segment-reader.js';
import { UntrustedError } from './trusted-file.js';

/** What a batch tells the spool. */
export interface SpooledBatchEvents {
  /** It has events that are not on their way to the disk. */
  changed(batch: SpooledBatch): void;
  /** So much more, or less, of the spool's room is taken. */
  sized(bytes: number): void;
  /** So many more, or fewer, of its pending events are on disk. */
  saved(events: number): void;
  /** It need not be kept any more. */
  left(batch: SpooledBatch): void;
  /** Looks whether the files are still there. */
  check(): Promise<void>;
}

/** What a segment has of a batch. */
interface Piece {
  readonly segment: Segment;
  /** What the batch is called there. */
  readonly id: number;
  readonly ranges: number[];
}

/** What was written before, and is written anew: it goes when the new copy is on disk, and no sooner. */
interface Superseded {
  readonly pieces: readonly Piece[];
  /** Whether it has all events. */
  readonly isWhole: boolean;
}

/** Events that lie scattered among those of other batches, in more places than this, are written together before they leave memory. */
const MAX_PLACES = 8;

type State =
  /** It gets more events. */
  | 'open'
  | 'sealed'
  /** The disk refused it: it is in memory alone. */
  | 'refused'
  /** Another process took it over, when it was on disk alone. */
  | 'taken over'
  /** Its files were removed, when it was on disk alone. */
  | 'removed'
  | 'settled';

/**
 * What a batch counts for. A small one takes more than it holds, of memory too, for as long as it is there: what bounds the
 * bytes has to bound the batches.
 */
function roomOf(bytes: number): number {
  return bytes === 0 ? 0 : Math.max(bytes, MIN_ROOM_BYTES);
}

const MIN_ROOM_BYTES = 8192;

let ids = 0;

/** A batch on disk: in pieces, in segments that it shares with others. */
export class SpooledBatch implements StoredBatch, BatchMirror {
  readonly #head: () => SpoolHead;
  readonly #events: SpooledBatchEvents;
  #state: State = 'open';
  /** Each copy has another: two may stand in one segment. None of this process is that of a batch it found. */
  #id = ids++;
  /** In the order in which they were written. */
  #pieces: Piece[] = [];
  #superseded: Superseded | undefined;
  /** The events that the disk does not have yet are to be had from there. */
  #unwritten: (() => Buffer) | undefined;
  /** All of its events, for as long as they are in memory. */
  #memory: BatchBytes | undefined;
  #bytes = 0;
  #unsettled = 0;
  readonly #saved: SavedEvents;
  #whenKnown: (() => void)[] = [];

  constructor(head: () => SpoolHead, events: SpooledBatchEvents) {
    this.#head = head;
    this.#events = events;
    this.#saved = new SavedEvents((by) => events.saved(by));
  }

  /** One that an earlier process left. */
  static found(segment: Segment, found: FoundBatch, events: SpooledBatchEvents): SpooledBatch {
    const { id, head, size, ranges } = found;
    const batch = new SpooledBatch(() => head, events);
    batch.#state = 'sealed';
    batch.#saved.found(size);
    batch.#unsettled = size;
    for (let i = 0; i < ranges.length; i += 2) batch.#add(segment, id, ranges[i] ?? 0, ranges[i + 1] ?? 0);
    return batch;
  }

  /** Whether the disk has it, or is about to. */
  get isPersisting(): boolean {
    return this.#state === 'open' || this.#state === 'sealed';
  }

  /** Whether all of it is on disk by now, under a name. */
  get isPersisted(): boolean {
    return this.#state === 'sealed' && (this.#isCopied || this.#superseded?.isWhole === true);
  }

  /** Whether the newest copy is on disk. */
  get #isCopied(): boolean {
    return this.#unwritten === undefined && this.#pieces.every(isConfirmed);
  }

  /**
   * Whether its events may leave memory now. Those that lie scattered are written in one piece first: to know all their
   * places takes memory too, and they keep segments from going.
   * @param atOnce whether they cannot wait for that
   */
  mayLeaveMemory(atOnce: boolean): boolean {
    if (!this.isPersisted) return false;
    const memory = this.#memory;
    if (memory === undefined) return true;
    if (this.#superseded !== undefined) return atOnce && this.#stopRewriting();
    if (atOnce || this.#places <= MAX_PLACES) return true;
    this.#rewrite(memory, true);
    return false;
  }

  get #places(): number {
    return this.#pieces.reduce((sum, { ranges }) => sum + ranges.length / 2, 0);
  }

  /** @param isWhole whether the disk has all of it already */
  #rewrite(memory: BatchBytes, isWhole: boolean): void {
    this.#superseded = { pieces: [...(this.#superseded?.pieces ?? []), ...this.#pieces], isWhole };
    this.#pieces = [];
    this.#id = ids++;
    this.#unwritten = () => memory.takeAll();
    this.#saved.rewrite(isWhole);
    this.#events.changed(this);
  }

  /** What was written before has all of it, and is what counts again. */
  #stopRewriting(): true {
    const { pieces } = this.#superseded ?? { pieces: [] };
    this.#drop(this.#pieces);
    this.#pieces = [...pieces];
    this.#superseded = undefined;
    this.#unwritten = undefined;
    this.#tellKnown();
    return true;
  }

  /** Whether all of it is on disk, its own or another process's by now: resolves when that is known. */
  get written(): Promise<boolean> {
    return this.#waitForDisk();
  }

  async #waitForDisk(): Promise<boolean> {
    // It may be another's by now.
    await this.#events.check();
    while (this.isPersisting && !this.isPersisted)
      await new Promise<void>((known) => this.#waitForPieces(known));
    return this.isPersisted || this.#state === 'taken over';
  }

  #waitForPieces(known: () => void): void {
    this.#whenKnown.push(known);
    for (const piece of this.#pieces) this.#watch(piece);
  }

  #watch({ segment, ranges }: Piece): void {
    segment.whenConfirmed(ranges.at(-1) ?? 0, () => this.#confirmed());
  }

  /** More of it is on disk. */
  #confirmed(): void {
    if (!this.isPersisting || !this.#isCopied) return;
    const { pieces } = this.#superseded ?? { pieces: [] };
    this.#superseded = undefined;
    this.#drop(pieces);
    this.#tellKnown();
  }

  #tellKnown(): void {
    for (const known of this.#whenKnown.splice(0)) known();
  }

  append(source: AppendedBytes): void {
    this.#unsettled++;
    this.#saved.append();
    if (this.#state !== 'open' || this.#unwritten !== undefined) return;
    this.#memory = source;
    this.#unwritten = () => source.drainNew();
    this.#events.changed(this);
  }

  seal(batch: BatchBytes): void {
    if (this.#state !== 'open') return;
    this.#state = 'sealed';
    this.#memory = batch;
  }

  /** Its events leave memory, or nobody may look at them there any more. */
  release(): void {
    if (this.#superseded?.isWhole) this.#stopRewriting();
    this.#memory = undefined;
  }

  /** Whether nothing of it is in a segment yet. */
  get isNew(): boolean {
    return this.#pieces.length === 0;
  }

  writeTo(segment: Segment): void {
    const lines = this.#unwritten?.();
    this.#unwritten = undefined;
    if (lines === undefined || lines.length === 0) return;
    const { start, end } = segment.append(this.#id, this.#head, lines);
    const piece = this.#add(segment, this.#id, start, end);
    this.#countWritten(segment, end);
    if (this.#superseded !== undefined || this.#whenKnown.length > 0) this.#watch(piece);
  }

  /** @param end of what the segment just got */
  #countWritten(segment: Segment, end: number): void {
    const id = this.#id;
    const events = this.#saved.handOver();
    segment.whenWritten(end, () => {
      // Else another copy counts.
      if (id === this.#id && !this.#superseded?.isWhole) this.#saved.written(events);
    });
  }

  #add(segment: Segment, id: number, start: number, end: number): Piece {
    const last = this.#pieces.at(-1);
    this.#grow(end - start);
    if (last?.segment !== segment) {
      const piece = { segment, id, ranges: [start, end] };
      this.#pieces.push(piece);
      return piece;
    }
    if (last.ranges.at(-1) === start) last.ranges[last.ranges.length - 1] = end;
    else last.ranges.push(start, end);
    return last;
  }

  async read(): Promise<ReadBack> {
    try {
      return { kind: 'read', batch: await this.#read() };
    } catch (error) {
      if (error instanceof CorruptBatchError || error instanceof UntrustedError)
        return { kind: 'unreadable', error };
      // It may have gone.
      await this.#events.check();
      if (this.#state === 'taken over') return { kind: 'taken over' };
      if (this.#state === 'removed') return { kind: 'unreadable', error };
      return { kind: 'busy', error };
    }
  }

  async #read(): Promise<Batch> {
    const pieces = this.#superseded?.isWhole ? this.#superseded.pieces : this.#pieces;
    if (pieces.length === 0) throw new Error('the batch is not on disk');
    const parts: Buffer[] = [];
    for (const { segment, ranges } of pieces) parts.push(await segment.read(ranges));
    const [first = Buffer.alloc(0), ...others] = parts;
    const batch = Batch.ofLines(others.length === 0 ? first : Buffer.concat(parts));
    if (this.#state === 'sealed') this.#memory = batch;
    return batch;
  }

  /** Its events, which an earlier process left, are counted as accepted. */
  accepted(): void {
    this.#saved.accepted();
  }

  /** So many of its events are settled, and stay on disk for whoever comes next. */
  leave(events: number): void {
    this.#saved.settle(events);
  }

  /** So many of its events are settled: with the last of them it goes, written or not. */
  settle(events: number): void {
    this.leave(events);
    this.#unsettled -= events;
    if (this.#unsettled === 0) this.#leave('settled');
  }

  /** There is no spool. */
  giveUp(): void {
    if (this.isPersisting) this.#leave('refused');
  }

  /** A segment failed. What the disk has of this batch would be sent a second time by whoever finds it. */
  refuse(segment: Segment): void {
    const isLacking = this.#pieces.some((piece) => piece.segment === segment && !isConfirmed(piece));
    if (!this.isPersisting || !isLacking) return;
    if (this.#superseded?.isWhole) this.#stopRewriting();
    else this.#leave('refused');
  }

  /** Segments are no longer this process's. What was in memory is written anew, elsewhere. */
  lose(segments: ReadonlySet<Segment>, how: 'taken over' | 'removed'): void {
    const isLost = ({ segment }: Piece) => segments.has(segment);
    if (!this.isPersisting) return;
    if (this.#superseded?.isWhole && !this.#superseded.pieces.some(isLost)) {
      if (this.#pieces.some(isLost)) this.#stopRewriting();
    } else if (this.#pieces.some(isLost) || this.#superseded?.pieces.some(isLost)) {
      if (this.#memory === undefined) this.#leave(how);
      else this.#rewrite(this.#memory, false);
    }
  }

  #leave(state: 'settled' | 'refused' | 'taken over' | 'removed'): void {
    const wasKept = this.isPersisting;
    this.#state = state;
    this.#unwritten = undefined;
    this.#memory = undefined;
    this.#drop([...this.#pieces.splice(0), ...(this.#superseded?.pieces ?? [])]);
    this.#superseded = undefined;
    this.#saved.leave();
    if (wasKept) this.#events.left(this);
    this.#tellKnown();
  }

  #drop(pieces: readonly Piece[]): void {
    for (const { segment, id, ranges } of pieces) {
      segment.settle(id);
      for (let i = 0; i < ranges.length; i += 2) this.#grow((ranges[i] ?? 0) - (ranges[i + 1] ?? 0));
    }
  }

  #grow(bytes: number): void {
    const before = roomOf(this.#bytes);
    this.#bytes += bytes;
    this.#events.sized(roomOf(this.#bytes) - before);
  }
}

function isConfirmed({ segment, ranges }: Piece): boolean {
  return (ranges.at(-1) ?? 0) <= segment.confirmed;
}
