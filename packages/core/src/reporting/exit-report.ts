import type { Report } from './report-types.js';

/**
 * Limits reports while the process exits. Nothing can be reported later then, so a loss is not withheld for a minute. A
 * listener is called synchronously, and one that logs each report loses another record each time: without a limit it
 * would never end.
 */
export class ExitReport {
  readonly #kinds = new Set<Report['kind']>();
  readonly #lostEvents = new Map<string, number>();

  /** Counts and the entity are reported once each. */
  admitsKind(kind: Report['kind']): boolean {
    if (kind === 'problem') return true;
    const isFirst = !this.#kinds.has(kind);
    this.#kinds.add(kind);
    return isFirst;
  }

  /**
   * Losses of a kind are reported when their number reaches 1, 2, … 10, 20, … 100, 200 and so on.
   * @param withheldEvents lost before the exit and not reported yet
   * @returns the number of lost events to report now, or undefined
   */
  addLoss(kind: string, lostEvents: number, withheldEvents: number): number | undefined {
    const before = this.#lostEvents.get(kind);
    const events = (before ?? withheldEvents) + lostEvents;
    this.#lostEvents.set(kind, events);
    return before === undefined || roundDown(events) > roundDown(before) ? events : undefined;
  }
}

/** To one significant digit. */
function roundDown(events: number): number {
  const unit = 10 ** (String(events).length - 1);
  return Math.floor(events / unit) * unit;
}
