import type { Batch } from '../batch/batch.js';

/** What became of an attempt to read a batch from the disk. */
export type ReadBack =
  | { readonly kind: 'read'; readonly batch: Batch }
  /** It may be read later: the system is short of something, or the disk does not answer. */
  | { readonly kind: 'busy'; readonly error: unknown }
  /** Another process has it, and sends it. */
  | { readonly kind: 'taken over' }
  /** It never can be read. */
  | { readonly kind: 'unreadable'; readonly error: unknown };
