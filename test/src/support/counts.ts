import type { Counts } from '@putlogs/core';

/** The counts of a pipeline that has accepted nothing. */
export const NO_EVENTS: Counts = {
  accepted: 0,
  delivered: 0,
  rejected: { tooOld: 0, expired: 0, tooNew: 0, invalid: 0 },
  dropped: {
    empty: 0,
    bufferFull: 0,
    spoolFull: 0,
    unreadable: 0,
    closed: 0,
    workerEnded: 0,
    rateLimited: 0,
  },
  spooled: 0,
  filtered: 0,
  fallback: 0,
  pending: 0,
};

/** The events in all counters but `accepted`, which must be the same number. */
export function sumOf(counts: Counts): number {
  return (
    counts.delivered + lostIn(counts) + counts.spooled + counts.filtered + counts.fallback + counts.pending
  );
}

/** The events that were rejected or dropped. */
export function lostIn({ rejected, dropped }: Counts): number {
  return [...Object.values(rejected), ...Object.values(dropped)].reduce((sum, events) => sum + events);
}
