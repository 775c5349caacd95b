import type { Counts } from './counts.js';

/** Where each stands in memory. */
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
  /** Records that the logger handed over. An event of the spool, or one that tells of a gap, is not one of them. */
  records: 13,
  /** Pending events that are on disk. */
  saved: 14,
} as const;

type Counter = keyof typeof POSITIONS;

/** What became of the events of a pipeline whose thread ended. */
export interface FinalCounts {
  /** Those that are settled. What is on disk is `spooled`: the next pipeline finds it there, and accepts it anew. */
  readonly counts: Counts;
  /** Those that were in memory alone, and are in none of `counts`. */
  readonly lost: number;
  /** Those of `counts.spooled` that the pipeline could still have delivered. */
  readonly saved: number;
  /** How many records the pipeline had accepted. What was written to it beyond that never became an event. */
  readonly records: number;
}

/**
 * The numbers behind `Counts`, in memory that threads can share: they outlive the thread that counts, and are exact then. Only
 * that thread writes, and no one reads while it does but for a worker that is stuck, so that no atomic operations are needed.
 */
export class Counters {
  readonly #cells: Float64Array;

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(Object.keys(POSITIONS).length * Float64Array.BYTES_PER_ELEMENT);
  }

  constructor(memory = Counters.memory()) {
    this.#cells = new Float64Array(memory);
  }

  add(counter: Counter, count: number): void {
    this.#addAt(POSITIONS[counter], count);
  }

  /** For each event: to look a position up by its name takes ten times as long. @param records that begin with it */
  accept(events: number, records: number): void {
    this.#addAt(POSITIONS.accepted, events);
    this.#addAt(POSITIONS.records, records);
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
      },
      spooled: this.#get('spooled'),
      pending,
    };
  }

  /** For the time when the thread that counts has ended. */
  final(): FinalCounts {
    const counts = this.counts(0);
    const pending = counts.accepted - settledIn(counts);
    const saved = Math.min(this.#get('saved'), pending);
    const lost = pending - saved;
    return {
      counts: { ...counts, accepted: counts.accepted - lost, spooled: counts.spooled + saved },
      lost,
      saved,
      records: this.#get('records'),
    };
  }
}

function settledIn({ delivered, rejected, dropped, spooled }: Counts): number {
  return [delivered, ...Object.values(rejected), ...Object.values(dropped), spooled].reduce((a, b) => a + b);
}
