import type { Batch } from '../batching/batch.js';
import type { RejectedEvents } from '../contracts/outcome.js';

export function isRejected({ tooOld, expired, tooNew }: RejectedEvents): boolean {
  return tooOld + expired + tooNew > 0;
}

const NONE: RejectedEvents = { tooOld: 0, expired: 0, tooNew: 0 };

/** The time of the youngest event that has expired. */
export function lastExpired(batch: Batch, { tooOld, expired }: RejectedEvents): number {
  return batch.slice(tooOld + expired - 1, tooOld + expired).begin;
}

/** The events of a batch in parts, by what became of them. @param start the index of a part's first event */
export function byOutcome(
  batch: Batch,
  { tooOld, expired, tooNew }: RejectedEvents,
): { start: number; events: Batch; rejected: RejectedEvents }[] {
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
