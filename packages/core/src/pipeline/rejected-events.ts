import type { Batch } from '../batching/batch.js';
import type { RejectedEvents } from '../contracts/outcome.js';

export function rejectedCount({ tooOld, expired, tooNew }: RejectedEvents): number {
  return tooOld + expired + tooNew;
}

/** The timestamp of the youngest expired event. */
export function lastExpired(batch: Batch, { tooOld, expired }: RejectedEvents): number {
  return batch.slice(tooOld + expired - 1, tooOld + expired).firstTimestamp;
}

/** The part of a delivered batch whose events the service treated alike. */
export interface DeliveredPart {
  /** The index of its first event in the batch. */
  readonly start: number;
  readonly events: Batch;
  readonly rejected: RejectedEvents;
}

const NONE: RejectedEvents = { tooOld: 0, expired: 0, tooNew: 0 };

/** Divides a batch into the events that are too old or expired, those that were taken, and those that are too new. */
export function partsOf(batch: Batch, { tooOld, expired, tooNew }: RejectedEvents): DeliveredPart[] {
  const firstValid = tooOld + expired;
  const firstTooNew = batch.size - tooNew;
  const parts = [
    { start: 0, end: firstValid, rejected: { ...NONE, tooOld, expired } },
    { start: firstValid, end: firstTooNew, rejected: NONE },
    { start: firstTooNew, end: batch.size, rejected: { ...NONE, tooNew } },
  ];
  return parts
    .filter(({ start, end }) => start < end)
    .map(({ start, end, rejected }) => ({ start, events: batch.slice(start, end), rejected }));
}
