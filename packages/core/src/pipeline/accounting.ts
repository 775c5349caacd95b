import type { DropReason, Settled } from '../contracts/settled.js';
import type { Loss } from '../reporting/losses.js';
import type { Reporter } from '../reporting/reporter.js';
import type { QueuedBatch } from './queued-batch.js';
import { rejectedCount } from './rejected-events.js';
import type { SettlementObserver } from './settlement.js';

/** Counts each event when its batch is settled. */
export class Accounting implements SettlementObserver {
  readonly #reporter: Reporter;
  readonly #lossOf: (reason: DropReason) => Loss;

  constructor(reporter: Reporter, lossOf: (reason: DropReason) => Loss) {
    this.#reporter = reporter;
    this.#lossOf = lossOf;
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
        this.#reporter.drop(this.#lossOf(settled.reason).counter, size);
        break;
      case 'unreadable':
        this.#reporter.drop('unreadable', size);
        break;
      case 'spooled':
        this.#reporter.spool(size);
        break;
      case 'fallback': // counted when they are written
    }
  }
}
