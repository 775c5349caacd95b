import type { RequestRecord } from '../local.js';

/** The newest requests. */
export class RequestLog {
  /** In the order in which they were answered. */
  readonly records: RequestRecord[] = [];
  readonly #limit: number;
  #discarded = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The number of requests that are no longer kept. The request with the number `n` is `records[n - discarded]`. */
  get discarded(): number {
    return this.#discarded;
  }

  add(record: RequestRecord): void {
    this.records.push(record);
    if (this.records.length <= this.#limit) return;
    this.records.shift();
    this.#discarded++;
  }

  /** Up to `limit` kept requests, from this number on, and the number of the first. */
  from(
    number: number,
    limit: number,
  ): { readonly first: number; readonly records: readonly RequestRecord[] } {
    const first = Math.max(number, this.#discarded);
    const start = first - this.#discarded;
    return { first, records: this.records.slice(start, start + limit) };
  }
}
