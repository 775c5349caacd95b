import type { SearchedEvent } from '../../src/search/matcher.js';
import type { StoredEvent } from '../../src/store/store.js';

/** An event in the page. */
export interface LogEvent extends SearchedEvent {
  /** Its place in the order of arrival. */
  readonly sequence: number;
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly entity: StoredEvent['entity'];
}

/** What tells an event from all others. */
export type EventKey = Pick<LogEvent, 'timestamp' | 'sequence'>;

/** The order in which events are shown: by their time, then as they arrived. */
export const compareEvents = (a: EventKey, b: EventKey): number =>
  a.timestamp - b.timestamp || a.sequence - b.sequence;

/** An event in the address of the page. Its time is in it, since numbers begin again with the service. */
export const addressOf = ({ timestamp, sequence }: EventKey): string => `${timestamp}-${sequence}`;

/** The key in an address; undefined if it is none. */
export function keyOfAddress(address: string): EventKey | undefined {
  const [, timestamp, sequence] = /^(\d+)-(\d+)$/.exec(address) ?? [];
  return timestamp === undefined ? undefined : { timestamp: Number(timestamp), sequence: Number(sequence) };
}
