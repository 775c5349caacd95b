import type { LiveMessages } from '../../src/live/messages.js';
import type { RequestRecord } from '../../src/local.js';
import { sizeOf } from './event-size.js';
import { isAccepted, type NumberedRequest } from './request-list.js';

/** Seconds that are plotted. */
export const WINDOW_SECONDS = 300;
/** Of a batch, as PutLogEvents limits it. */
const MAX_BATCH_BYTES = 1_048_576;
const MAX_BATCH_EVENTS = 10_000;

/** What arrived in a second. */
export interface Second {
  readonly events: number;
  /** As the service counts them, and charges for them. */
  readonly bytes: number;
}

const EMPTY: Second = { events: 0, bytes: 0 };

const secondOf = (time: number): number => Math.floor(time / 1_000);

/** The accepted events by the second in which they arrived, those of standard input too. */
export class Rates {
  readonly #seconds = new Map<number, Second>();

  clear(): void {
    this.#seconds.clear();
  }

  receive({ ingestionTime, events }: LiveMessages['events']): void {
    const bytes = events.reduce((sum, [, message]) => sum + sizeOf(message), 0);
    this.#add(ingestionTime, { events: events.length, bytes });
  }

  /** Of a service that only counts events. Of the bytes of a request, the share of its accepted events is assumed. */
  receiveRequests(records: readonly RequestRecord[]): void {
    for (const record of records) {
      const { at, events = 0, accountedBytes = 0 } = record;
      const accepted = isAccepted(record) ? acceptedOf(record) : 0;
      if (accepted > 0) this.#add(at, { events: accepted, bytes: (accountedBytes * accepted) / events });
    }
  }

  /** Each second up to now, the oldest first. */
  upTo(now: number): readonly Second[] {
    const first = secondOf(now) - WINDOW_SECONDS + 1;
    return Array.from({ length: WINDOW_SECONDS }, (_, place) => this.#seconds.get(first + place) ?? EMPTY);
  }

  #add(time: number, added: Second): void {
    const second = secondOf(time);
    const { events, bytes } = this.#seconds.get(second) ?? EMPTY;
    this.#seconds.set(second, { events: events + added.events, bytes: bytes + added.bytes });
    const [oldest] = this.#seconds.keys();
    if (this.#seconds.size > 2 * WINDOW_SECONDS && oldest !== undefined) this.#seconds.delete(oldest);
  }
}

function acceptedOf({ events = 0, rejectedLogEventsInfo = {} }: RequestRecord): number {
  const { tooOldLogEventEndIndex = 0, expiredLogEventEndIndex = 0 } = rejectedLogEventsInfo;
  const { tooNewLogEventStartIndex = events } = rejectedLogEventsInfo;
  return tooNewLogEventStartIndex - Math.max(tooOldLogEventEndIndex, expiredLogEventEndIndex);
}

/** How full a batch is, by the limit that it is nearest to. */
export const fillOf = ({ events = 0, accountedBytes = 0 }: RequestRecord): number =>
  Math.max(events / MAX_BATCH_EVENTS, accountedBytes / MAX_BATCH_BYTES);

/** The fill of the fullest accepted batch of each second up to now, the oldest first. */
export function fillsOf(requests: readonly NumberedRequest[], now: number): readonly number[] {
  const first = secondOf(now) - WINDOW_SECONDS + 1;
  const fills = new Map<number, number>();
  for (const { record } of requests) {
    const second = secondOf(record.at);
    if (second < first || !isAccepted(record)) continue;
    fills.set(second, Math.max(fills.get(second) ?? 0, fillOf(record)));
  }
  return Array.from({ length: WINDOW_SECONDS }, (_, place) => fills.get(first + place) ?? 0);
}

const SECONDS_PER_MONTH = 30 * 24 * 3_600;
const GIGABYTE = 2 ** 30;
/** A shorter time says nothing of a month. */
const MIN_SECONDS = 10;

/** What a month would bring at the mean rate since the first event. */
export type MonthEstimate =
  | { readonly kind: 'nothing' }
  /** So many seconds later, there will be one. */
  | { readonly kind: 'soon'; readonly seconds: number }
  | { readonly kind: 'gigabytes'; readonly gigabytes: number };

/** @param seconds the last of them is not over, and does not count */
export function monthEstimate(seconds: readonly Second[]): MonthEstimate {
  const first = seconds.findIndex(({ bytes }) => bytes > 0);
  if (first === -1) return { kind: 'nothing' };
  const over = seconds.slice(first, -1);
  if (over.length < MIN_SECONDS) return { kind: 'soon', seconds: MIN_SECONDS - over.length };
  const bytes = over.reduce((sum, second) => sum + second.bytes, 0);
  return { kind: 'gigabytes', gigabytes: ((bytes / over.length) * SECONDS_PER_MONTH) / GIGABYTE };
}
