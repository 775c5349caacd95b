import type { Failure, RejectedEvents } from './outcome.js';

/** How one or more batches end. From then on each of their events is in exactly one counter. */
export type Settled =
  /** The service took the batch, except for the rejected events. */
  | { readonly kind: 'delivered'; readonly rejected: RejectedEvents }
  /** The batch is a single event that the service will never take. */
  | { readonly kind: 'invalid'; readonly failure: Failure }
  /** There was no room, or no more time. */
  | { readonly kind: 'dropped'; readonly reason: DropReason }
  /** It would be dropped, and is written to stdout or stderr instead. From then on the fallback counts its events. */
  | { readonly kind: 'fallback'; readonly reason: DropReason }
  /** The batch was only on disk, and cannot be read. */
  | { readonly kind: 'unreadable'; readonly error: unknown }
  /** The process ends and leaves the copy on disk to the next one, or another process has taken it over. */
  | { readonly kind: 'spooled' };

/** `closed`: the deadline passed. `abandoned`: the process did not wait. */
export type DropReason = 'bufferFull' | 'spoolFull' | 'closed' | 'abandoned';
