import type { Settled } from '../contracts/settled.js';
import type { Reporter } from '../reporting/reporter.js';
import type { QueuedBatch } from './queued-batch.js';
import { rejectedCount } from './rejected-events.js';
import type { SettlementObserver } from './settlement.js';

/** Counts each event once when it is accepted, and once when its batch is settled. */
export class Accounting implements SettlementObserver {
  readonly #reporter: Reporter;

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  /** @param records how many records of the logger begin with these events */
  accept(events: number, records = 0): void {
    this.#reporter.accept(events, records);
  }

  /** A record without text, which the service would refuse. */
  dropEmpty(): void {
    this.#reporter.accept(1, 1);
    this.#reporter.drop('empty', 1);
  }

  /** A record of this many events that was logged after the close. */
  dropLate(events: number): void {
    this.#reporter.accept(events, 1);
    this.#reporter.drop('closed', events);
  }

  eventsSettled(): void {
    this.#reporter.reportCountsSometimes();
  }

  batchSettled({ size }: QueuedBatch, settled: Settled): void {
    switch (settled.kind) {
      case 'delivered': {
        const { rejected } = settled;
        this.#reporter.deliver(size - rejectedCount(rejected));
        this.#reporter.reject('tooOld', rejected.tooOld);
        this.#reporter.reject('expired', rejected.expired);
        this.#reporter.reject('tooNew', rejected.tooNew);
        break;
      }
      case 'invalid':
        this.#reporter.reject('invalid', size);
        break;
      case 'dropped':
        this.#reporter.drop(settled.reason === 'abandoned' ? 'closed' : settled.reason, size);
        break;
      case 'unreadable':
        this.#reporter.drop('unreadable', size);
        break;
      case 'spooled':
        this.#reporter.spool(size);
    }
  }
}
