import type { LogEvent } from './event.js';
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
  #ordered = true;

  constructor(first: LogEvent) {
    this.day = dayOf(first.timestamp);
    this.add(first);
  }

  /** Takes the event; or says no, and is as it was. */
  add(event: LogEvent): boolean {
    if (this.#events.length === MAX_BATCH_EVENTS) return false;
    if (this.#bytes + event.bytes > MAX_BATCH_BYTES) return false;
    if (dayOf(event.timestamp) !== this.day) return false;
    const last = this.#events.at(-1);
    if (last !== undefined && event.timestamp < last.timestamp) this.#ordered = false;
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
    // The sort is stable: events of one moment keep the order in which they came.
    if (!this.#ordered) this.#events.sort((a, b) => a.timestamp - b.timestamp);
    const text = this.#events.map((event) => event.json).join(SEPARATOR);
    return new Batch(this.day, this.#events.length, Buffer.from(text));
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
  readonly day: number;
  /** The number of events. */
  readonly size: number;
  /** The elements of `logEvents`, in UTF-8, without the brackets. */
  readonly payload: Buffer;

  constructor(day: number, size: number, payload: Buffer) {
    this.day = day;
    this.size = size;
    this.payload = payload;
  }

  get heldBytes(): number {
    return BATCH_OBJECT_BYTES + this.payload.length;
  }

  /** The earlier and the later half of the events, or undefined for a single event. */
  halves(): [Batch, Batch] | undefined {
    const half = this.size >> 1;
    if (half === 0) return undefined;
    let newline = -1;
    for (let i = 0; i < half; i++) newline = this.payload.indexOf('\n', newline + 1);
    return [
      // Copies: a view would keep the whole in memory.
      new Batch(this.day, half, Buffer.from(this.payload.subarray(0, newline - 1))),
      new Batch(this.day, this.size - half, Buffer.from(this.payload.subarray(newline + 1))),
    ];
  }
}
