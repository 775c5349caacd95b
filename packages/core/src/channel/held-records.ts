import type { LoggedRecord } from './channel.js';
import type { WorkerBackpressure } from './worker-backpressure.js';

/** Records that wait for a channel that can take them. */
export class HeldRecords {
  readonly #backpressure: WorkerBackpressure;
  #records: LoggedRecord[] = [];
  /** Its share of `backpressure`, where a channel adds what waits for the worker. */
  #bytes = 0;

  constructor(backpressure: WorkerBackpressure) {
    this.#backpressure = backpressure;
  }

  get isEmpty(): boolean {
    return this.#records.length === 0;
  }

  /** Holds a record if there is room; otherwise it is dropped and counted. */
  hold(record: LoggedRecord): void {
    const [, message] = record;
    if (this.#backpressure.isFull) this.#backpressure.drop(message);
    else this.keep(record);
  }

  /** Holds a record for which there was room before. */
  keep(record: LoggedRecord): void {
    const [, message] = record;
    this.#bytes += this.#backpressure.add(message);
    this.#records.push(record);
  }

  /** Holds nothing more afterwards. */
  takeAll(): LoggedRecord[] {
    const records = this.#records;
    this.#records = [];
    this.#backpressure.remove(this.#bytes);
    this.#bytes = 0;
    return records;
  }
}
