import type { Batch } from '../batching/batch.js';
import type { BatchMirror } from '../batching/batch-mirror.js';
import type { DestinationName } from './destination.js';

/** The copy of a batch on disk. */
export interface StoredBatch {
  /** Whether the disk has the batch, or is about to. */
  readonly isPersisting: boolean;
  /** Whether the whole batch is on disk now. */
  readonly isPersisted: boolean;
  /** Resolves, once that is known, with whether the whole batch is on disk. */
  readonly whenPersisted: Promise<boolean>;
  /**
   * Whether the events may leave memory now.
   * @param atOnce false allows the store to write scattered events in one piece first, and to say no until then
   */
  mayLeaveMemory(atOnce: boolean): boolean;
  /** The events have left memory. */
  release(): void;
  read(): Promise<ReadBack>;
  /** An earlier process left the batch, and this one has now counted its events as accepted. */
  accepted(): void;
  /** Settles this many events. The copy is removed with the last one. */
  settle(events: number): void;
  /** Settles this many events and keeps the copy on disk. */
  leave(events: number): void;
}

/** A batch on disk that mirrors an open batch in memory. */
export interface MirroredBatch extends StoredBatch, BatchMirror {}

/** A place on disk for batches. */
export interface BatchStore {
  /** Whether it holds more than it may. */
  readonly isFull: boolean;
  /** @param callback is called when the store becomes full. It should settle batches until the store is not. */
  whenFull(callback: () => void): void;
  /**
   * Opens a copy for a batch that is being opened.
   * @param nameOf is called once the entity is known
   * @returns undefined when the disk refuses
   */
  create(nameOf: () => DestinationName): MirroredBatch | undefined;
}

/** The result of reading a batch from disk. */
export type ReadBack =
  | { readonly kind: 'read'; readonly batch: Batch }
  /** Try again later: the system is short of a resource, or the disk does not respond. */
  | { readonly kind: 'busy'; readonly error: unknown }
  /** Another process has taken the batch over and sends it. */
  | { readonly kind: 'taken over' }
  /** The batch is damaged or gone. */
  | { readonly kind: 'unreadable'; readonly error: unknown };
