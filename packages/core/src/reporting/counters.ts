import type { Counts } from './counts.js';

/** The index of each counter in memory. */
const POSITIONS = {
  accepted: 0,
  delivered: 1,
  tooOld: 2,
  expired: 3,
  tooNew: 4,
  invalid: 5,
  empty: 6,
  bufferFull: 7,
  spoolFull: 8,
  unreadable: 9,
  closed: 10,
  workerEnded: 11,
  spooled: 12,
  /** Records from the logger. Events from the spool and loss notices are not among them. */
  records: 13,
  /** Pending events that are on disk. */
  saved: 14,
  /** Pending events that the disk is writing. */
  writing: 15,
  filtered: 16,
  fallback: 17,
  rateLimited: 18,
  /** Searches for what earlier owners left in the spool, once their events are among the accepted ones. */
  searches: 19,
} as const;

type Counter = keyof typeof POSITIONS;

/** The counts of a pipeline whose thread has ended, or is stuck and given up. */
export interface FinalCounts {
  /** The settled events. Events on disk count as `spooled`: the next pipeline finds and accepts them. */
  readonly counts: Counts;
  /** Events that were only in memory, and are not part of `counts`. */
  readonly lost: number;
  /** Those of them that the disk was writing when the thread ended: it may have them after all. */
  readonly writing: number;
  /** Those of `counts.spooled` that were still pending. */
  readonly saved: number;
  /** Records that the pipeline had accepted. Records sent to it beyond these never became events. */
  readonly records: number;
  /** Whether it had accepted what earlier ones left in the spool. */
  readonly hasSearched: boolean;
}

/**
 * The numbers behind `Counts`, in memory that threads can share, so that they are exact even after the counting thread
 * has ended. Only that thread writes. The main thread reads them when that thread has ended. If it does not end in time,
 * the main thread reads while it still writes: `final` then returns numbers that add up, but may lag behind.
 */
export class Counters {
  readonly #cells: Float64Array;

  /** Memory for one set of counters, all zero. */
  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(Object.keys(POSITIONS).length * Float64Array.BYTES_PER_ELEMENT);
  }

  constructor(memory = Counters.memory()) {
    this.#cells = new Float64Array(memory);
  }

  add(counter: Counter, count: number): void {
    this.#addAt(POSITIONS[counter], count);
  }

  /** For each event: looking up a position by its name takes ten times as long. @param records that begin with it */
  accept(events: number, records: number): void {
    this.#addAt(POSITIONS.accepted, events);
    this.#addAt(POSITIONS.records, records);
  }

  get records(): number {
    return this.#get('records');
  }

  #addAt(position: number, count: number): void {
    this.#cells[position] = (this.#cells[position] ?? 0) + count;
  }

  #get(counter: Counter): number {
    return this.#cells[POSITIONS[counter]] ?? 0;
  }

  counts(pending: number): Counts {
    return {
      accepted: this.#get('accepted'),
      delivered: this.#get('delivered'),
      rejected: {
        tooOld: this.#get('tooOld'),
        expired: this.#get('expired'),
        tooNew: this.#get('tooNew'),
        invalid: this.#get('invalid'),
      },
      dropped: {
        empty: this.#get('empty'),
        bufferFull: this.#get('bufferFull'),
        spoolFull: this.#get('spoolFull'),
        unreadable: this.#get('unreadable'),
        closed: this.#get('closed'),
        workerEnded: this.#get('workerEnded'),
        rateLimited: this.#get('rateLimited'),
      },
      spooled: this.#get('spooled'),
      filtered: this.#get('filtered'),
      fallback: this.#get('fallback'),
      pending,
    };
  }

  /** To be called when the counting thread has ended or is given up. */
  final(): FinalCounts {
    const counts = this.counts(0);
    const settled = settledIn(counts);
    const onDisk = this.#get('saved');
    const { records } = this;
    // Read last: a thread that still writes accepts an event before it settles it.
    const pending = Math.max(this.#get('accepted') - settled, 0);
    const saved = Math.max(Math.min(onDisk, pending), 0);
    return {
      counts: { ...counts, accepted: settled + saved, spooled: counts.spooled + saved },
      lost: pending - saved,
      writing: Math.max(Math.min(this.#get('writing'), pending - saved), 0),
      saved,
      records,
      hasSearched: this.#get('searches') > 0,
    };
  }
}

/** The events whose end is counted. */
export function settledIn({ delivered, rejected, dropped, spooled, filtered, fallback }: Counts): number {
  const lost = [...Object.values(rejected), ...Object.values(dropped)];
  return [delivered, ...lost, spooled, filtered, fallback].reduce((a, b) => a + b);
}
