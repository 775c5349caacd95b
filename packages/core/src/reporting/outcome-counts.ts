import type { Counts } from './counts.js';

/** The number of events with one outcome, under the names that monitoring systems use. */
export interface OutcomeCount {
  readonly outcome: 'delivered' | 'rejected' | 'dropped' | 'spooled' | 'filtered' | 'fallback';
  /** Undefined for an outcome that needs no reason. */
  readonly reason: string | undefined;
  readonly count: number;
}

/** The settled events by outcome and reason. Together they are the accepted events without the pending ones. */
export function outcomeCounts({
  delivered,
  rejected,
  dropped,
  spooled,
  filtered,
  fallback,
}: Counts): OutcomeCount[] {
  return [
    { outcome: 'delivered', reason: undefined, count: delivered },
    ...byReason('rejected', rejected),
    ...byReason('dropped', dropped),
    { outcome: 'spooled', reason: undefined, count: spooled },
    { outcome: 'filtered', reason: undefined, count: filtered },
    { outcome: 'fallback', reason: undefined, count: fallback },
  ];
}

function byReason(
  outcome: 'rejected' | 'dropped',
  counts: Counts['rejected'] | Counts['dropped'],
): OutcomeCount[] {
  return Object.entries(counts).map(([reason, count]) => ({ outcome, reason: snakeCase(reason), count }));
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
