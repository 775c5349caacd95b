import type { Batch } from '../batching/batch.js';
import type { BatchMirror } from '../batching/batch-mirror.js';
import type { DestinationName } from './destination.js';

/** A batch's copy on disk. */
export interface StoredBatch {
  /** Whether the disk has it, or is about to. */
  readonly isPersisting: boolean;
  /** Whether all of it is on disk by now. */
  readonly isPersisted: boolean;
  /** Whether all of it is on disk: resolves when that is known. */
  readonly written: Promise<boolean>;
  /** Whether its events may leave memory now. @param atOnce whether they cannot wait to be written in one piece */
  mayLeaveMemory(atOnce: boolean): boolean;
  /** Its events leave memory. */
  release(): void;
  read(): Promise<ReadBack>;
  /** An earlier process left it, and its events are counted as accepted. */
  accepted(): void;
  /** So many of its events are settled. With the last of them, it is removed. */
  settle(events: number): void;
  /** The same, but the copy stays on disk. */
  leave(events: number): void;
}

/** A place on disk for batches. */
export interface BatchStore {
  /** Whether it holds more than it may. */
  readonly isFull: boolean;
  /** @param callback is called when it does: it should settle what is too much */
  whenFull(callback: () => void): void;
  /** A place for a batch that is opened; undefined when the disk refuses. @param address is asked when it is known */
  create(address: () => DestinationName): (StoredBatch & BatchMirror) | undefined;
}

/** What became of an attempt to read a batch from the disk. */
export type ReadBack =
  | { readonly kind: 'read'; readonly batch: Batch }
  /** It may be read later: the system is short of something, or the disk does not answer. */
  | { readonly kind: 'busy'; readonly error: unknown }
  /** Another process has it, and sends it. */
  | { readonly kind: 'taken over' }
  /** It never can be read. */
  | { readonly kind: 'unreadable'; readonly error: unknown };
