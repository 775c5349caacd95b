import type { ProblemCode } from './report-types.js';

/** Creates the message for a number of lost events. */
export type LossMessage = (events: number) => string;

const PROBLEM_INTERVAL_MS = 60_000;

interface Withheld {
  readonly code: ProblemCode;
  readonly times: number;
  readonly events: number;
  readonly message: LossMessage;
}

/** Lets one problem of each kind through per minute, and adds up the losses that it withholds. A code has one kind or several. */
export class ReportLimiter {
  readonly #reportedAt = new Map<string, number>();
  /** Since the last report. */
  readonly #withheld = new Map<string, Withheld>();

  /** @param now on the monotonic clock @returns the message to report now, or undefined if the problem is withheld */
  admit(
    code: ProblemCode,
    kind: string,
    lostEvents: number,
    message: LossMessage,
    now: number,
  ): string | undefined {
    const { times = 0, events: withheldEvents = 0 } = this.#withheld.get(kind) ?? {};
    const events = withheldEvents + lostEvents;
    if (now - (this.#reportedAt.get(kind) ?? Number.NEGATIVE_INFINITY) < PROBLEM_INTERVAL_MS) {
      this.#withheld.set(kind, { code, times: times + 1, events, message });
      return undefined;
    }
    this.#reportedAt.set(kind, now);
    this.#withheld.delete(kind);
    const repeated = times > 0 && events === 0 ? ` (${times} more since the last report)` : '';
    return message(events) + repeated;
  }

  /** @returns how many lost events were withheld; they will not be reported again */
  takeEvents(kind: string): number {
    const events = this.#withheld.get(kind)?.events ?? 0;
    this.#withheld.delete(kind);
    return events;
  }

  /** @returns the messages for all losses that were withheld; they will not be reported again */
  takeLosses(): (readonly [ProblemCode, string])[] {
    const losses = [...this.#withheld.values()].filter(({ events }) => events > 0);
    this.#withheld.clear();
    return losses.map(({ code, events, message }) => [code, message(events)]);
  }
}
