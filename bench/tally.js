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

  /** @param {number} records */
  constructor(records) {
    this.#times = new Uint8Array(records);
  }

  /**
   * A request that the service would have refused delivers nothing.
   * @param {Buffer} body of PutLogEvents, uncompressed
   * @param {number} wireBytes as it came
   */
  add(body, wireBytes) {
    const { logEvents } = JSON.parse(body.toString());
    const { accounted, isOrdered } = inspect(logEvents);
    const sum = this.#sum;
    this.#fills.push(accounted / MAX_BATCH_BYTES);
    sum.events += logEvents.length;
    sum.wireBytes += wireBytes;
    sum.bodyBytes += body.length;
    if (isOrdered && accounted <= MAX_BATCH_BYTES && logEvents.length <= MAX_BATCH_EVENTS)
      for (const { message } of logEvents) this.#count(message);
    else sum.refused += logEvents.length;
  }

  /** Some put several records into one event. */
  #count(message) {
    for (const [, n] of message.matchAll(NUMBER)) {
      // A record of the warm-up was acknowledged before: here it is one too many.
      if (n < this.#times.length) this.#times[n]++;
      else this.#strays++;
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
    return { ...this.#sum, requests: this.#fills.length, fill, delivered, doubled };
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
