import { type LogEvent, timestampOf } from './event.js';
import { DAY_MS, MAX_BATCH_BYTES, MAX_BATCH_EVENTS } from './limits.js';

/** The UTC day of a timestamp, counted from 1970-01-01. */
export function dayOf(timestamp: number): number {
  return Math.floor(timestamp / DAY_MS);
}

/**
 * A batch that still takes events. It alone knows what may stand in one PutLogEvents: 1,048,576 accounted
 * bytes, 10,000 events, less than 24 hours from first to last, in the order of time.
 *
 * A batch keeps to one UTC day. That bounds its span whatever order the events come in, and gives `{date}` in
 * the name of a log stream one meaning for the whole batch.
 */
export class OpenBatch {
  readonly day: number;
  readonly #events: LogEvent[] = [];
  #bytes = 0;
  #heldBytes = 0;

  constructor(first: LogEvent) {
    this.day = dayOf(first.timestamp);
    this.add(first);
  }

  /** Takes the event; or says no, and is as it was. */
  add(event: LogEvent): boolean {
    if (this.#events.length === MAX_BATCH_EVENTS) return false;
    if (this.#bytes + event.bytes > MAX_BATCH_BYTES) return false;
    if (dayOf(event.timestamp) !== this.day) return false;
    this.#events.push(event);
    this.#bytes += event.bytes;
    this.#heldBytes += heldBytesOf(event);
    return true;
  }

  get size(): number {
    return this.#events.length;
  }

  /** About what it takes in memory. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  seal(): Batch {
    return Batch.of(this.#events);
  }
}

/**
 * About what an event takes in memory: the object and its string, of one byte a character, or two where one of
 * them needs it, which are then two or more in UTF-8.
 */
export function heldBytesOf({ json, bytes }: LogEvent): number {
  return EVENT_OBJECT_BYTES + Math.max(json.length, bytes);
}

const EVENT_OBJECT_BYTES = 100;
const BATCH_OBJECT_BYTES = 250;

/** Between two events in a payload: legal JSON, and found in no event, since JSON text escapes newlines. */
const SEPARATOR = ',\n';

/** The events of one PutLogEvents, in the order of time, as one piece of memory outside of the heap. */
export class Batch {
  /** The number of events. */
  readonly size: number;
  /** The elements of `logEvents`, in UTF-8, without the brackets. */
  readonly payload: Buffer;

  private constructor(size: number, payload: Buffer) {
    this.size = size;
    this.payload = payload;
  }

  /** Of one event at least, in any order, that may stand in one request. */
  static of(events: readonly Pick<LogEvent, 'timestamp' | 'json'>[]): Batch {
    const isOrdered = events.every(({ timestamp }, i) => timestamp >= (events[i - 1]?.timestamp ?? 0));
    // The sort is stable: events of one moment keep the order in which they came.
    const ordered = isOrdered ? events : events.toSorted((a, b) => a.timestamp - b.timestamp);
    return new Batch(events.length, Buffer.from(ordered.map(({ json }) => json).join(SEPARATOR)));
  }

  /** The timestamp of the first event. */
  get begin(): number {
    return this.#timestampAt(0);
  }

  /** The timestamp of the last event. */
  get end(): number {
    return this.#timestampAt(this.payload.lastIndexOf('\n') + 1);
  }

  get heldBytes(): number {
    return BATCH_OBJECT_BYTES + this.payload.length;
  }

  /** The events from index `start` up to, not including, `end`, in memory of their own. */
  slice(start: number, end: number): Batch {
    const from = this.#offsetOf(start);
    const to = end === this.size ? this.payload.length : this.#offsetOf(end) - SEPARATOR.length;
    // A copy: a view would keep the whole in memory.
    return new Batch(end - start, Buffer.from(this.payload.subarray(from, to)));
  }

  /** The earlier and the later half of the events, or undefined for a single event. */
  halves(): [Batch, Batch] | undefined {
    const half = this.size >> 1;
    return half === 0 ? undefined : [this.slice(0, half), this.slice(half, this.size)];
  }

  /** The JSON of each event. */
  events(): string[] {
    return this.payload.toString().split(SEPARATOR);
  }

  #offsetOf(index: number): number {
    let offset = 0;
    for (let i = 0; i < index; i++) offset = this.payload.indexOf('\n', offset) + 1;
    return offset;
  }

  #timestampAt(offset: number): number {
    return timestampOf(this.payload.toString('latin1', offset, offset + 40));
  }
}
