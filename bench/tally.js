import { median } from './figures.js';
import { NUMBER } from './record.js';

const MAX_BATCH_BYTES = 1_048_576;
const MAX_BATCH_EVENTS = 10_000;
const EVENT_OVERHEAD_BYTES = 26;

/** What arrived of the records 0 to `records`, body by body. */
export class Tally {
  /** How often each record came. */
  #times;
  /** Accounted bytes of each request. */
  #fills = [];
  #sum = { events: 0, wireBytes: 0, bodyBytes: 0, refused: 0 };
  #strays = 0;
  #mark;
  /** When the first of the records from `mark` on came. */
  #markedAt = Number.POSITIVE_INFINITY;

  /**
   * @param {number} records
   * @param {number} [mark] a record whose arrival is of interest, or the next one's
   */
  constructor(records, mark = Number.POSITIVE_INFINITY) {
    this.#times = new Uint8Array(records);
    this.#mark = mark;
  }

  /**
   * A request that the service would have refused delivers nothing.
   * @param {Buffer} body of PutLogEvents, uncompressed
   * @param {number} wireBytes as it came
   * @param {number} at when it came, as of Date.now()
   */
  add(body, wireBytes, at) {
    const { logEvents } = JSON.parse(body.toString());
    const { accounted, isOrdered } = inspect(logEvents);
    const sum = this.#sum;
    this.#fills.push(accounted / MAX_BATCH_BYTES);
    sum.events += logEvents.length;
    sum.wireBytes += wireBytes;
    sum.bodyBytes += body.length;
    if (isOrdered && accounted <= MAX_BATCH_BYTES && logEvents.length <= MAX_BATCH_EVENTS)
      for (const { message } of logEvents) this.#count(message, at);
    else sum.refused += logEvents.length;
  }

  /** Some put several records into one event. */
  #count(message, at) {
    for (const [, digits] of message.matchAll(NUMBER)) {
      const n = Number(digits);
      // A record of the warm-up was acknowledged before: here it is one too many.
      if (n < this.#times.length) this.#times[n]++;
      else this.#strays++;
      if (n >= this.#mark && n < this.#times.length) this.#markedAt = Math.min(this.#markedAt, at);
    }
  }

  get result() {
    let delivered = 0;
    let doubled = this.#strays;
    for (const times of this.#times) {
      if (times > 0) delivered++;
      if (times > 1) doubled++;
    }
    const fill = this.#fills.length === 0 ? 0 : median(this.#fills);
    return { ...this.#sum, requests: this.#fills.length, fill, delivered, doubled, markedAt: this.#markedAt };
  }
}

/** @param {{ timestamp: number, message: string }[]} events */
function inspect(events) {
  let accounted = 0;
  let isOrdered = true;
  let previous = 0;
  for (const { timestamp, message } of events) {
    accounted += Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES;
    isOrdered &&= timestamp >= previous;
    previous = timestamp;
  }
  return { accounted, isOrdered };
}
