import { BATCH_OBJECT_BYTES, Batch, utcDayOf } from './batch.js';
import type { AppendedBytes } from './batch-mirror.js';
import { JsonPayload, SEPARATOR } from './json-payload.js';
import { MAX_BATCH_BYTES, MAX_BATCH_EVENTS } from './limits.js';
import type { LogEvent } from './log-event.js';

/**
 * A batch that still takes events. It alone knows what may stand in one PutLogEvents: 1,048,576 accounted
 * bytes, 10,000 events, less than 24 hours from first to last, in the order of time.
 *
 * A batch keeps to one UTC day. That bounds its span whatever order the events come in, and gives `{date}` in
 * the name of a log stream one meaning for the whole batch.
 */
export class BatchBuilder implements AppendedBytes {
  readonly day: number;
  readonly #payload: JsonPayload;
  #size = 0;
  #bytes = 0;
  #lastTimestamp = 0;
  #isOrdered = true;
  #isProvisional = false;

  /** @param followsFull whether it is likely to be full as well */
  constructor(day: number, followsFull = false) {
    this.day = day;
    this.#payload = new JsonPayload(followsFull);
  }

  /** Takes the event; or says no, and is as it was. The first is never refused. */
  add(event: LogEvent): boolean {
    if (this.#size === MAX_BATCH_EVENTS) return false;
    if (this.#bytes + event.bytes > MAX_BATCH_BYTES) return false;
    if (utcDayOf(event.timestamp) !== this.day) return false;
    this.#size++;
    this.#bytes += event.bytes;
    this.#isOrdered &&= event.timestamp >= this.#lastTimestamp;
    this.#lastTimestamp = event.timestamp;
    this.#isProvisional ||= event.source !== 'settled';
    this.#payload.append(event);
    return true;
  }

  /** The events that it took since it was asked before, a line each: see {@link JsonPayload}. */
  drainNew(): Buffer {
    return this.#payload.drainNew();
  }

  /** The same for all of its events. */
  takeAll(): Buffer {
    return this.#payload.takeAll();
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
    return this.#isOrdered
      ? new Batch(this.#size, payload, this.#isProvisional)
      : Batch.of(payload.toString().split(SEPARATOR));
  }
}
