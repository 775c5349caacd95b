import { BATCH_OBJECT_BYTES, Batch, fitsIn } from './batch.js';
import type { AppendedBytes } from './batch-mirror.js';
import { JsonPayload, SEPARATOR } from './json-payload.js';
import type { LogEvent } from './log-event.js';

/** A batch that still takes events, within the limits of PutLogEvents. Once sealed, they are in chronological order. */
export class BatchBuilder implements AppendedBytes {
  readonly day: number;
  readonly #payload: JsonPayload;
  #size = 0;
  #bytes = 0;
  #lastTimestamp = 0;
  #isOrdered = true;
  #isProvisional = false;

  /** @param expectFull allocates a full buffer at once, since the batch is likely to fill up */
  constructor(day: number, expectFull = false) {
    this.day = day;
    this.#payload = new JsonPayload(expectFull);
  }

  /**
   * Adds an event. The first always fits.
   * @returns false when it does not fit; the batch is then unchanged
   * @throws if there is no memory for it; the batch is then unchanged
   */
  add(event: LogEvent): boolean {
    if (!fitsIn(this.#size, this.#bytes, this.day, event.bytes, event.timestamp)) return false;
    this.#payload.append(event);
    this.#size++;
    this.#bytes += event.bytes;
    this.#isOrdered &&= event.timestamp >= this.#lastTimestamp;
    this.#lastTimestamp = event.timestamp;
    this.#isProvisional ||= event.source !== 'final';
    return true;
  }

  /** See {@link JsonPayload.drainNew}. */
  drainNew(): Buffer {
    return this.#payload.drainNew();
  }

  /** See {@link JsonPayload.takeAll}. */
  takeAll(): Buffer {
    return this.#payload.takeAll();
  }

  /** The number of events. */
  get size(): number {
    return this.#size;
  }

  /** An estimate of the memory that the batch takes, in bytes. */
  get heldBytes(): number {
    return BATCH_OBJECT_BYTES + this.#payload.length;
  }

  /** Ends the batch. Nothing can be added afterwards. */
  seal(): Batch {
    const payload = this.#payload.finish();
    return this.#isOrdered
      ? new Batch(this.#size, payload, this.#isProvisional)
      : Batch.of(payload.toString().split(SEPARATOR));
  }
}
