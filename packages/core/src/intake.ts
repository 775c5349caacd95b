import { asText, type LogEvent, toLogEvents } from './batch/event.js';
import type { Gap } from './batch/gap.js';
import type { Copy, OpenBatches } from './batch/open-batches.js';
import type { Clock } from './clock.js';
import type { EventTimes } from './event-times.js';
import type { Ledger } from './ledger.js';
import type { BatchSender, StoredBatch } from './parcel.js';
import type { Rhythm } from './rhythm.js';

export interface IntakeParts {
  /** Who sends a record, by its text. */
  readonly route: (message: string | Buffer) => BatchSender;
  readonly times: EventTimes;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly open: OpenBatches<BatchSender, StoredBatch & Copy>;
  /** When batches that are not full are due. */
  readonly rhythm: Rhythm;
  /** Some are due. */
  due(): void;
}

/** Takes over records: their events go into the open batches. */
export class Intake {
  readonly #parts: IntakeParts;
  #cancelFlushTimer: (() => void) | undefined;
  #isClosed = false;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /**
   * Takes over a record, logged at this moment of the host's clock.
   * @param recordTime the time that the record says
   * @returns whether it was taken
   */
  accept(loggedAt: number, message: string | Buffer, recordTime?: number): boolean {
    const { route, times, ledger } = this.#parts;
    const { timestamp, source } = times.of(loggedAt, recordTime);
    const text = asText(message);
    const events = toLogEvents(timestamp, text, source);
    if (events.length === 0) ledger.empty();
    else if (this.#isClosed) ledger.tooLate(events.length);
    else {
      this.#gather(route(text), events, 1);
      return true;
    }
    return false;
  }

  /** The service is there: whoever reads the log stream learns what is missing in it. */
  giveNotice(sender: BatchSender): void {
    const { times, ledger, clock } = this.#parts;
    const notice = ledger.takeNotice(sender);
    if (notice === undefined) return;
    const { timestamp, source } = times.of(clock.now(), notice.timestamp);
    this.#gather(sender, toLogEvents(timestamp, notice.message, source), 0, notice.gap);
  }

  /** No open batch waits for more events. */
  sealAll(): void {
    this.#cancelFlushTimer?.();
    this.#cancelFlushTimer = undefined;
    this.#parts.open.sealAll();
  }

  /** Takes no more records. */
  close(): void {
    this.#isClosed = true;
  }

  /** @param records that these events carry: one, or none */
  #gather(sender: BatchSender, events: readonly LogEvent[], records: 0 | 1, gap?: Gap): void {
    const { ledger, open } = this.#parts;
    let begun = records;
    for (const event of events) {
      ledger.accept(1, begun);
      begun = 0;
      open.add(sender, event, gap);
    }
    if (open.hasFresh) this.#cancelFlushTimer ??= this.#startFlushTimer();
  }

  #startFlushTimer(): () => void {
    const { clock, rhythm, open, due } = this.#parts;
    return clock.after(rhythm.msToNext, () => {
      this.#cancelFlushTimer = undefined;
      open.expire();
      due();
    });
  }
}
