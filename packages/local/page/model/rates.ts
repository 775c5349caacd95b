import type { RequestRecord } from '../../src/local.js';
import type { NumberedRequest } from './request-list.js';

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
  /** Of the fullest batch, from 0 to 1. */
  readonly fill: number;
}

const EMPTY: Second = { events: 0, bytes: 0, fill: 0 };

/** How full a batch is, by the limit that it is nearest to. */
export const fillOf = ({ events = 0, accountedBytes = 0 }: RequestRecord): number =>
  Math.max(events / MAX_BATCH_EVENTS, accountedBytes / MAX_BATCH_BYTES);

/** The accepted events by second, up to now, the oldest first. */
export function ratesOf(requests: readonly NumberedRequest[], now: number): readonly Second[] {
  const end = Math.floor(now / 1_000);
  const seconds: Second[] = Array.from({ length: WINDOW_SECONDS }, () => EMPTY);
  for (let index = requests.length - 1; index >= 0; index--) {
    const request = requests[index]?.record;
    if (!request) continue;
    const place = WINDOW_SECONDS - 1 - (end - Math.floor(request.at / 1_000));
    if (place < 0) break;
    if (request.operation !== 'PutLogEvents' || request.status !== 200) continue;
    const { events, bytes, fill } = seconds[place] ?? EMPTY;
    seconds[Math.min(place, WINDOW_SECONDS - 1)] = {
      events: events + (request.events ?? 0),
      bytes: bytes + (request.accountedBytes ?? 0),
      fill: Math.max(fill, fillOf(request)),
    };
  }
  return seconds;
}

const SECONDS_PER_MONTH = 30 * 24 * 3_600;
const GIGABYTE = 2 ** 30;

/** Gigabytes that a month would bring at the mean rate since the first of these events; undefined if there are none. */
export function gigabytesPerMonth(seconds: readonly Second[]): number | undefined {
  const first = seconds.findIndex(({ bytes }) => bytes > 0);
  if (first === -1) return undefined;
  const bytes = seconds.reduce((sum, second) => sum + second.bytes, 0);
  return ((bytes / (seconds.length - first)) * SECONDS_PER_MONTH) / GIGABYTE;
}
