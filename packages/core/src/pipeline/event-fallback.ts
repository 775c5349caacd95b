import type { LogEvent } from '../batching/log-event.js';
import type { DeadLetters } from '../contracts/dead-letters.js';
import type { DestinationName } from '../contracts/destination.js';
import type { DropReason } from '../contracts/settled.js';
import type { Counts } from '../reporting/counts.js';
import type { Fallback } from '../reporting/fallback.js';
import { LOSSES } from '../reporting/losses.js';
import type { Reporter } from '../reporting/reporter.js';
import type { LossReports } from './loss-reports.js';
import type { QueuedBatch } from './queued-batch.js';

/**
 * Hands events that would be dropped to the fallback. It counts each of them once it is written, or else as dropped. Where there is
 * no dead-letter file, it also writes the events that the service refuses, which stay counted as rejected.
 */
export class EventFallback implements DeadLetters {
  readonly #fallback: Fallback;
  readonly #lossReports: LossReports;
  readonly #reporter: Reporter;

  constructor(fallback: Fallback, lossReports: LossReports, reporter: Reporter) {
    this.#fallback = fallback;
    this.#lossReports = lossReports;
    this.#reporter = reporter;
  }

  /** The number of events that are being written. */
  get pending(): number {
    return this.#fallback.pending;
  }

  /** Resolves when everything is written. */
  idle(): Promise<void> {
    return this.#fallback.idle();
  }

  /** @returns whether the events are taken: not those of a batch that is only on disk, and none while too much waits */
  takeBatch({ batch, size }: QueuedBatch, reason: DropReason): boolean {
    if (batch === undefined) return false;
    const undelivered = {
      events: size,
      texts: () => textsOf(batch.events()),
      reason,
      why: this.#lossReports.lossOf(reason).why,
      lost: this.#whenLost(size, reason),
    };
    if (reason !== 'closed' && reason !== 'abandoned') return this.#fallback.offer(undelivered);
    this.#fallback.take(undelivered);
    return true;
  }

  /** Separate, so that the function does not keep the batch in memory. */
  #whenLost(events: number, reason: DropReason): () => void {
    return () => this.#reporter.lose(this.#lossReports.lossOf(reason), events);
  }

  /** Takes the events of a record that was logged after the close. */
  takeLate(late: readonly LogEvent[]): void {
    const events = late.length;
    const loss = LOSSES.late('event');
    this.#fallback.take({
      events,
      texts: () => late.map(({ message }) => message.toString()),
      reason: 'late',
      why: loss.why,
      lost: () => this.#reporter.lose(loss, events),
    });
  }

  add(_reason: keyof Counts['rejected'], _name: DestinationName, events: readonly string[]): void {
    this.#fallback.copy(textsOf(events));
  }
}

/** @param events the JSON of each */
function textsOf(events: readonly string[]): string[] {
  return events.map((json) => (JSON.parse(json) as { readonly message: string }).message); // written by JsonPayload
}
