import type { Batch } from '../batching/batch.js';
import type { Failure, RejectedEvents } from './outcome.js';

/** How a batch ends. Each of its events is in exactly one counter from then on. */
export type Settled =
  /** The service took it, all but the rejected events. */
  | { readonly kind: 'delivered'; readonly batch: Batch; readonly rejected: RejectedEvents }
  /** The service will never take this one event. */
  | { readonly kind: 'invalid'; readonly batch: Batch; readonly failure: Failure }
  /** There was no room for it, or no more time. */
  | { readonly kind: 'dropped'; readonly reason: DropReason }
  /** It was in the spool alone, and cannot be read. */
  | { readonly kind: 'unreadable'; readonly error: unknown }
  /** The process ends, and the copy on disk is for the next one; or another process has it already. */
  | { readonly kind: 'spooled' };

/** `closed`: the deadline passed. `abandoned`: the process did not wait. */
export type DropReason = 'bufferFull' | 'spoolFull' | 'closed' | 'abandoned';
