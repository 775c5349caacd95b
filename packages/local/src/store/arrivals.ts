import { sizeOf } from './event-size.js';
import type { LogStream, StoredBatch } from './store.js';

/** About what the objects of a batch take in memory, beside its messages. */
const BATCH_OVERHEAD_BYTES = 400;

/** A batch, and the stream that it arrived in. */
export interface Arrival {
  readonly stream: LogStream;
  readonly batch: StoredBatch;
}

/** The kept batches of all streams in the order of their arrival. Above the limit, the oldest are discarded. */
export class Arrivals {
  readonly limit: number;
  #kept: (Arrival & { readonly bytes: number })[] = [];
  #bytes = 0;
  #discardedEvents = 0;

  /** @param limit in bytes as the service counts them, plus 400 for each batch */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** The number of events that were discarded because of the limit. */
  get discardedEvents(): number {
    return this.#discardedEvents;
  }

  /** The sequence number of the oldest kept event; undefined if there is none. */
  get firstSequence(): number | undefined {
    return this.#kept[0]?.batch.sequence;
  }

  /**
   * Counts a batch that the stream has just stored, and discards the oldest ones above the limit.
   * @param entityBytes of the entity, unless the batch shares it with the one before
   */
  add({ stream, batch, entityBytes }: Arrival & { readonly entityBytes: number }): void {
    const bytes = this.limit === Infinity ? 0 : BATCH_OVERHEAD_BYTES + entityBytes + bytesOf(batch);
    this.#kept.push({ stream, batch, bytes });
    this.#bytes += bytes;
    while (this.#bytes > this.limit) {
      const oldest = this.#kept.shift();
      if (!oldest) return;
      this.#bytes -= oldest.bytes;
      this.#discardedEvents += oldest.batch.messages.length;
      oldest.stream.discardOldest();
    }
  }

  /** Discards the batches of streams that were deleted. They do not count as discarded. */
  remove(streams: ReadonlySet<LogStream>): void {
    this.#kept = this.#kept.filter(({ stream }) => !streams.has(stream));
    this.#bytes = this.#kept.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** The oldest batch that has the event with this sequence number or a later one. */
  firstFrom(sequence: number): Arrival | undefined {
    return this.#kept[this.#indexFrom(sequence)];
  }

  /** All kept batches. */
  all(): readonly Arrival[] {
    return this.#kept;
  }

  #indexFrom(sequence: number): number {
    let low = 0;
    let high = this.#kept.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const batch = this.#kept[middle]?.batch;
      if (batch && batch.sequence + batch.messages.length <= sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const bytesOf = ({ messages }: StoredBatch): number =>
  messages.reduce((sum, message) => sum + sizeOf(message), 0);
