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

/** The order in which events are shown: by their time, then as they arrived. */
export const compareEvents = (a: LogEvent, b: LogEvent): number =>
  a.timestamp - b.timestamp || a.sequence - b.sequence;
