import type { Counts } from '@putlogs/core';
import { count } from '../terminal/amounts.js';

/** The counts of a pipeline in four numbers. */
export interface Tally {
  readonly accepted: number;
  readonly delivered: number;
  /** Rejected by the service or dropped, but for empty records, of which nothing is lost. */
  readonly lost: number;
  /** Left on disk. */
  readonly spooled: number;
  /** Written to stdout or stderr instead. */
  readonly fallback: number;
  readonly pending: number;
}

export function tallyOf(counts: Counts): Tally {
  const { accepted, delivered, rejected, spooled, filtered, fallback } = counts;
  const { empty, ...losses } = counts.dropped;
  const lost = sum(Object.values(rejected)) + sum(Object.values(losses));
  const pending = accepted - delivered - lost - empty - spooled - filtered - fallback;
  return { accepted, delivered, lost, spooled, fallback, pending };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

/** `1,204 events delivered, 3 lost`. */
export function inWords({ delivered, lost, spooled, fallback }: Tally): string {
  const parts = [
    `${count(delivered)} ${delivered === 1 ? 'event' : 'events'} delivered`,
    ...(spooled > 0 ? [`${count(spooled)} left in the spool`] : []),
    ...(fallback > 0 ? [`${count(fallback)} written here instead`] : []),
    ...(lost > 0 ? [`${count(lost)} lost`] : []),
  ];
  return parts.join(', ');
}
