import { compareEvents, type EventKey, keyOfAddress, type LogEvent } from './log-event.js';

/** Events in their order. Most arrive in order, and are appended. */
export class SortedEvents {
  #events: LogEvent[] = [];
  #snapshot: readonly LogEvent[] | undefined;

  get all(): readonly LogEvent[] {
    return this.#events;
  }

  /** The present events, in an array that does not change. It is copied once only until events come or go. */
  get snapshot(): readonly LogEvent[] {
    this.#snapshot ??= [...this.#events];
    return this.#snapshot;
  }

  clear(): void {
    this.#replace([]);
  }

  /** Adds events, in whatever order they are. */
  add(added: readonly LogEvent[]): void {
    const sorted = isSorted(added) ? added : added.toSorted(compareEvents);
    const [first] = sorted;
    const last = sorted.at(-1);
    if (!first || !last) return;
    const [oldest] = this.#events;
    if (oldest && compareEvents(last, oldest) < 0) {
      this.#replace([...sorted, ...this.#events]);
      return;
    }
    this.#snapshot = undefined;
    // Only the events after the first of those that are added can change their place.
    const start = placeOf(this.#events, first);
    const tail = this.#events.splice(start);
    const merged = tail.length === 0 ? sorted : [...tail, ...sorted].sort(compareEvents);
    for (const event of merged) this.#events.push(event);
  }

  /** Keeps the events that the predicate wants. */
  keep(isWanted: (event: LogEvent) => boolean): void {
    this.#replace(this.#events.filter(isWanted));
  }

  #replace(events: LogEvent[]): void {
    this.#events = events;
    this.#snapshot = undefined;
  }
}

/** The index of the first event that is not before this one. */
export function placeOf(events: readonly LogEvent[], event: EventKey): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = events[middle];
    if (other && compareEvents(other, event) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the event with this address; -1 if it is not there. */
export function indexOf(events: readonly LogEvent[], address: string): number {
  const key = keyOfAddress(address);
  if (!key) return -1;
  const place = placeOf(events, key);
  const event = events[place];
  return event && compareEvents(event, key) === 0 ? place : -1;
}

const isSorted = (events: readonly LogEvent[]): boolean =>
  events.every((event, index) => {
    const previous = events[index - 1];
    return !previous || compareEvents(previous, event) <= 0;
  });
