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
  readonly pending: number;
}

export function tallyOf({ accepted, delivered, rejected, dropped, spooled }: Counts): Tally {
  const { empty, ...losses } = dropped;
  const lost = sum(Object.values(rejected)) + sum(Object.values(losses));
  const pending = accepted - delivered - lost - empty - spooled;
  return { accepted, delivered, lost, spooled, pending };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

/** `1,204 events delivered, 3 lost`. */
export function inWords({ delivered, lost, spooled }: Tally): string {
  const parts = [
    `${count(delivered)} ${delivered === 1 ? 'event' : 'events'} delivered`,
    ...(spooled > 0 ? [`${count(spooled)} left in the spool`] : []),
    ...(lost > 0 ? [`${count(lost)} lost`] : []),
  ];
  return parts.join(', ');
}
