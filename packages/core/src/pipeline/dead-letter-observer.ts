import type { DeadLetters } from '../contracts/dead-letters.js';
import type { Settled } from '../contracts/settled.js';
import type { Counts } from '../reporting/counts.js';
import type { QueuedBatch } from './queued-batch.js';
import type { SettlementObserver } from './settlement.js';

/** Hands the events that the service refused for good to the dead letters. */
export class DeadLetterObserver implements SettlementObserver {
  readonly #deadLetters: DeadLetters;

  constructor(deadLetters: DeadLetters) {
    this.#deadLetters = deadLetters;
  }

  batchSettled(queued: QueuedBatch, settled: Settled): void {
    const { batch } = queued;
    if (batch === undefined || (settled.kind !== 'delivered' && settled.kind !== 'invalid')) return;
    const add = (reason: keyof Counts['rejected'], start: number, end: number) => {
      if (start === end) return;
      const name = queued.destination.nameAt(queued.firstTimestamp);
      this.#deadLetters.add(reason, name, batch.slice(start, end).events());
    };
    if (settled.kind === 'invalid') {
      add('invalid', 0, batch.size);
      return;
    }
    const { tooOld, expired, tooNew } = settled.rejected;
    add('tooOld', 0, tooOld);
    add('expired', tooOld, tooOld + expired);
    add('tooNew', batch.size - tooNew, batch.size);
  }
}
