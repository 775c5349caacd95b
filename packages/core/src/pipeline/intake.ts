import type { BatchMirror } from '../batching/batch-mirror.js';
import type { Batcher } from '../batching/batcher.js';
import type { Gap } from '../batching/gap.js';
import { type LogEvent, toLogEvents, toText } from '../batching/log-event.js';
import type { StoredBatch } from '../contracts/batch-store.js';
import type { Destination } from '../contracts/destination.js';
import type { Clock } from '../util/clock.js';
import type { DeliveryAccounting } from './delivery-accounting.js';
import type { EventTimes } from './event-times.js';
import type { FlushSchedule } from './flush-schedule.js';

export interface IntakeParts {
  /** Who sends a record, by its text. */
  readonly route: (message: string | Buffer) => Destination;
  readonly times: EventTimes;
  readonly accounting: DeliveryAccounting;
  readonly clock: Clock;
  readonly open: Batcher<Destination, StoredBatch & BatchMirror>;
  /** When batches that are not full are due. */
  readonly schedule: FlushSchedule;
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
    const { route, times, accounting } = this.#parts;
    const { timestamp, source } = times.of(loggedAt, recordTime);
    const text = toText(message);
    const events = toLogEvents(timestamp, text, source);
    if (events.length === 0) accounting.empty();
    else if (this.#isClosed) accounting.tooLate(events.length);
    else {
      this.#gather(route(text), events, 1);
      return true;
    }
    return false;
  }

  /** The service is there: whoever reads the log stream learns what is missing in it. */
  giveNotice(destination: Destination): void {
    const { times, accounting, clock } = this.#parts;
    const notice = accounting.takeNotice(destination);
    if (notice === undefined) return;
    const { timestamp, source } = times.of(clock.now(), notice.timestamp);
    this.#gather(destination, toLogEvents(timestamp, notice.message, source), 0, notice.gap);
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
  #gather(destination: Destination, events: readonly LogEvent[], records: 0 | 1, gap?: Gap): void {
    const { accounting, open } = this.#parts;
    let begun = records;
    for (const event of events) {
      accounting.accept(1, begun);
      begun = 0;
      open.add(destination, event, gap);
    }
    if (open.hasFresh) this.#cancelFlushTimer ??= this.#startFlushTimer();
  }

  #startFlushTimer(): () => void {
    const { clock, schedule, open, due } = this.#parts;
    return clock.after(schedule.msToNext, () => {
      this.#cancelFlushTimer = undefined;
      open.expire();
      due();
    });
  }
}
