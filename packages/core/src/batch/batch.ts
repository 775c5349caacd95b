import { isUtf8 } from 'node:buffer';
import { type LogEvent, timestampOf } from './event.js';
import { DAY_MS, MAX_BATCH_BYTES, MAX_BATCH_EVENTS } from './limits.js';
import { giveBack, keptBy } from './memory.js';
import { Payload, SEPARATOR } from './payload.js';

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
  readonly #payload: Payload;
  #size = 0;
  #bytes = 0;
  #lastTimestamp = 0;
  #isOrdered = true;

  /** @param followsFull whether it is likely to be full as well */
  constructor(day: number, followsFull = false) {
    this.day = day;
    this.#payload = new Payload(followsFull);
  }

  /** Takes the event; or says no, and is as it was. The first is never refused. */
  add(event: LogEvent): boolean {
    if (this.#size === MAX_BATCH_EVENTS) return false;
    if (this.#bytes + event.bytes > MAX_BATCH_BYTES) return false;
    if (dayOf(event.timestamp) !== this.day) return false;
    this.#size++;
    this.#bytes += event.bytes;
    this.#isOrdered &&= event.timestamp >= this.#lastTimestamp;
    this.#lastTimestamp = event.timestamp;
    this.#payload.append(event);
    return true;
  }

  /** The events that it took since it was asked before, a line each: see {@link Payload}. */
  takeNew(): Buffer {
    return this.#payload.takeNew();
  }

  get size(): number {
    return this.#size;
  }

  /** About what it takes in memory. */
  get heldBytes(): number {
    return BATCH_OBJECT_BYTES + this.#payload.length;
  }

  /** Takes nothing more. */
  seal(): Batch {
    const payload = this.#payload.finish();
    return this.#isOrdered ? new Batch(this.#size, payload) : Batch.of(payload.toString().split(SEPARATOR));
  }
}

/** Beside its bytes: objects, memory of its own, a place among those that wait, a file of the spool. Measured, as RSS. */
const BATCH_OBJECT_BYTES = 2000;

/** The events of one PutLogEvents, in the order of time, as one piece of memory outside of the heap. */
export class Batch {
  /** The number of events. */
  readonly size: number;
  #payload: Buffer | undefined;

  constructor(size: number, payload: Buffer) {
    this.size = size;
    this.#payload = payload;
  }

  /** The elements of `logEvents`, in UTF-8, without the brackets. */
  get payload(): Buffer {
    if (this.#payload === undefined) throw new Error('the batch was let go of');
    return this.#payload;
  }

  /** Lets another batch have its memory: nobody may look at this one, or at what it gave out, any more. */
  release(): void {
    giveBack(this.payload);
    this.#payload = undefined;
  }

  /** Of the JSON of one event at least, in any order, that may stand in one request. */
  static of(events: readonly string[]): Batch {
    // The sort is stable: events of one moment keep the order in which they came.
    const ordered = events
      .map((json) => ({ timestamp: timestampOf(json), json }))
      .sort((a, b) => a.timestamp - b.timestamp);
    return new Batch(events.length, Buffer.from(ordered.map(({ json }) => json).join(SEPARATOR)));
  }

  /**
   * Of what {@link OpenBatch.takeNew} gave, all of it together.
   * @throws Error when that is not what this is
   */
  static ofLines(lines: Buffer): Batch {
    if (!isUtf8(lines) || !lines.subarray(-SEPARATOR.length).equals(LINE_END)) throw new DamagedError();
    let size = 0;
    let last = 0;
    let isOrdered = true;
    for (let start = 0; start < lines.length; start = lines.indexOf('\n', start) + 1) {
      const timestamp = timestampAt(lines, start);
      if (!Number.isSafeInteger(timestamp)) throw new DamagedError();
      isOrdered &&= timestamp >= last;
      last = timestamp;
      size++;
    }
    const payload = lines.subarray(0, lines.length - SEPARATOR.length);
    return isOrdered ? new Batch(size, payload) : Batch.of(payload.toString().split(SEPARATOR));
  }

  /** The timestamp of the first event. */
  get begin(): number {
    return timestampAt(this.payload, 0);
  }

  /** The timestamp of the last event. */
  get end(): number {
    return timestampAt(this.payload, this.payload.lastIndexOf('\n') + 1);
  }

  get heldBytes(): number {
    return BATCH_OBJECT_BYTES + keptBy(this.payload);
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
}

const LINE_END = Buffer.from(SEPARATOR);

class DamagedError extends Error {
  override readonly name = 'DamagedError';
  constructor() {
    super('what was written is damaged');
  }
}

/** Of the event whose JSON begins there. */
function timestampAt(events: Buffer, offset: number): number {
  return timestampOf(events.toString('latin1', offset, offset + 40));
}
