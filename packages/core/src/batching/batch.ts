import { isUtf8 } from 'node:buffer';
import type { BatchBytes } from './batch-mirror.js';
import { releaseBuffer, retainedBytes } from './buffer-pool.js';
import { readEventLine } from './event-line.js';
import { SEPARATOR } from './json-payload.js';
import { DAY_MS, MAX_BATCH_BYTES, MAX_BATCH_EVENTS } from './limits.js';
import { type EventTime, timeOf, timestampOf, withTimestamp } from './log-event.js';

/** The UTC day of a timestamp, counted from 1970-01-01. */
export function utcDayOf(timestamp: number): number {
  return Math.floor(timestamp / DAY_MS);
}

/**
 * Whether one more event fits into a batch, by the limits of PutLogEvents. All events of a batch are from one UTC day. That bounds
 * the span in whatever order events arrive, and it gives `{date}` in the name of a log stream one value for the whole batch.
 * @param size the events of the batch
 * @param bytes their accounted bytes
 */
export function fitsIn(
  size: number,
  bytes: number,
  day: number,
  eventBytes: number,
  timestamp: number,
): boolean {
  return size < MAX_BATCH_EVENTS && bytes + eventBytes <= MAX_BATCH_BYTES && utcDayOf(timestamp) === day;
}

/** The memory that a batch takes besides its payload: objects, a queue entry, a record in the spool. Measured as RSS. */
export const BATCH_OBJECT_BYTES = 2000;

/** The events of one PutLogEvents request in chronological order, as one buffer outside the heap. */
export class Batch implements BatchBytes {
  /** The number of events. */
  readonly size: number;
  /** Whether some timestamps were set before the service's clock was known: see `TimeSource`. */
  readonly isProvisional: boolean;
  #payload: Buffer | undefined;

  constructor(size: number, payload: Buffer, isProvisional: boolean) {
    this.size = size;
    this.isProvisional = isProvisional;
    this.#payload = payload;
  }

  /** The elements of `logEvents`, in UTF-8, without the brackets. */
  get payload(): Buffer {
    if (this.#payload === undefined) throw new Error('the batch was released');
    return this.#payload;
  }

  /** Returns the memory to the pool. Neither the batch nor any view of its payload may be used afterwards. */
  release(): void {
    releaseBuffer(this.payload);
    this.#payload = undefined;
  }

  /** @param events the JSON of each event, in any order; at least one, and no more than fit into one request */
  static of(events: readonly string[]): Batch {
    // The sort is stable: events with the same timestamp keep the order in which they arrived.
    const ordered = events
      .map((json) => ({ timestamp: timestampOf(json), json }))
      .sort((a, b) => a.timestamp - b.timestamp);
    const payload = Buffer.from(ordered.map(({ json }) => json).join(SEPARATOR));
    return new Batch(events.length, payload, events.some(isProvisional));
  }

  /**
   * Restores a batch from everything that `BatchBuilder.drainNew` returned. Each line is checked, since it goes into a request
   * unchanged.
   * @throws {CorruptBatchError} when the lines are not what was written
   */
  static ofLines(lines: Buffer): Batch {
    if (lines.length === 0 || !isUtf8(lines)) throw new CorruptBatchError();
    let size = 0;
    let lastTimestamp = 0;
    let isOrdered = true;
    let hasProvisional = false;
    for (let start = 0; start < lines.length; ) {
      const end = lines.indexOf(SEPARATOR, start);
      const event = readEventLine(lines, start, end);
      if (event === undefined) throw new CorruptBatchError();
      isOrdered &&= event.timestamp >= lastTimestamp;
      hasProvisional ||= event.isProvisional;
      lastTimestamp = event.timestamp;
      size++;
      start = end + SEPARATOR.length;
    }
    const payload = lines.subarray(0, lines.length - SEPARATOR.length);
    return isOrdered
      ? new Batch(size, payload, hasProvisional)
      : Batch.of(payload.toString().split(SEPARATOR));
  }

  /** All events, as `BatchBuilder.takeAll` returns them. */
  takeAll(): Buffer {
    return Buffer.concat([this.payload, LINE_END]);
  }

  /** The timestamp of the first event. */
  get firstTimestamp(): number {
    return timestampOf(headAt(this.payload, 0));
  }

  /** The timestamp of the last event. */
  get lastTimestamp(): number {
    return timestampOf(headAt(this.payload, this.payload.lastIndexOf('\n') + 1));
  }

  /** An estimate of the memory that the batch takes, in bytes. */
  get heldBytes(): number {
    return BATCH_OBJECT_BYTES + retainedBytes(this.payload);
  }

  /** Copies the events from index `start` up to, but not including, `end`. */
  slice(start: number, end: number): Batch {
    const from = this.#offsetOf(start);
    const to = end === this.size ? this.payload.length : this.#offsetOf(end) - SEPARATOR.length;
    // A view would keep the whole payload in memory.
    return new Batch(end - start, Buffer.from(this.payload.subarray(from, to)), this.isProvisional);
  }

  /** The earlier and the later half of the events, or undefined for a single event. */
  halves(): [Batch, Batch] | undefined {
    const half = this.size >> 1;
    return half === 0 ? undefined : [this.slice(0, half), this.slice(half, this.size)];
  }

  /** The same events with other, final timestamps: one batch for each UTC day. */
  withTimes(timestampFor: (time: EventTime) => number): Batch[] {
    const byDay = new Map<number, string[]>();
    for (const json of this.events()) {
      const timestamp = timestampFor(timeOf(json));
      const events = byDay.get(utcDayOf(timestamp)) ?? [];
      events.push(withTimestamp(json, timestamp));
      byDay.set(utcDayOf(timestamp), events);
    }
    return [...byDay.values()].map(Batch.of);
  }

  /** Whether one of the events has this message. */
  has(message: string): boolean {
    return this.payload.includes(`"message":${JSON.stringify(message)}}`);
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

export class CorruptBatchError extends Error {
  override readonly name = 'CorruptBatchError';
  constructor() {
    super('the batch on disk is corrupt');
  }
}

/** The start of the event at this offset, long enough for the timestamp. */
function headAt(payload: Buffer, offset: number): string {
  return payload.toString('latin1', offset, offset + 50);
}

function isProvisional(json: string): boolean {
  return timeOf(json).source !== 'final';
}
