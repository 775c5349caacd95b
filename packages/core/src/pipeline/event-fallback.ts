import type { LogEvent } from '../batching/log-event.js';
import type { DeadLetters } from '../contracts/dead-letters.js';
import type { LogStreamName } from '../contracts/destination.js';
import type { DropReason, Settled } from '../contracts/settled.js';
import type { Counts } from '../reporting/counts.js';
import type { Fallback } from '../reporting/fallback.js';
import type { Reporter } from '../reporting/reporter.js';
import { dropCounterOf } from './accounting.js';
import type { LossReports } from './loss-reports.js';
import type { QueuedBatch } from './queued-batch.js';
import type { SettlementObserver } from './settlement.js';

/**
 * Hands events that would be dropped to the fallback. It counts each of them once it is written, or else as dropped. Where there is
 * no dead-letter file, it also writes the events that the service refuses, which stay counted as rejected.
 */
export class EventFallback implements SettlementObserver, DeadLetters {
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

  /** @returns whether the events are taken: not those of a batch that is only on disk */
  takeBatch({ batch, size }: QueuedBatch, reason: DropReason): boolean {
    if (batch === undefined) return false;
    const lost = () => {
      this.#reporter.drop(dropCounterOf(reason), size);
      this.#lossReports.eventsSettled(size, { kind: 'dropped', reason });
    };
    const isEnd = reason === 'closed' || reason === 'abandoned';
    this.#fallback.take({ texts: textsOf(batch.events()), why: this.#lossReports.why(reason), lost }, isEnd);
    return true;
  }

  /** Takes the events of a record that was logged after the close. */
  takeLate(events: readonly LogEvent[]): void {
    const texts = events.map(({ message }) => message.toString());
    const lost = () => {
      this.#reporter.drop('closed', texts.length);
      this.#lossReports.late(texts.length);
    };
    this.#fallback.take({ texts, why: 'logged after the transport was closed', lost }, true);
    this.#fallback.writeIfExiting();
  }

  eventsSettled(_events: number, settled: Settled): void {
    if (settled.kind === 'fallback') this.#fallback.writeIfExiting();
  }

  add(_reason: keyof Counts['rejected'], _name: LogStreamName, events: readonly string[]): void {
    this.#fallback.copy(textsOf(events));
  }
}

/** @param events the JSON of each */
function textsOf(events: readonly string[]): string[] {
  return events.map((json) => (JSON.parse(json) as { readonly message: string }).message); // written by JsonPayload
}
