import { type Gap, mergeGaps, type ToldGap } from '../batching/gap.js';
import type { Destination } from '../contracts/destination.js';
import type { Settled } from '../contracts/settled.js';
import type { FallbackStream } from '../reporting/fallback.js';
import { MISSING } from '../reporting/losses.js';
import type { Clock } from '../util/clock.js';
import { plural } from '../util/plural.js';
import type { QueuedBatch } from './queued-batch.js';
import type { SettlementObserver } from './settlement.js';

/** An event for the log stream that says which events are missing in it. */
export interface LossNotice extends ToldGap {
  readonly timestamp: number;
}

/** While the rate limit drops events, a log stream gets at most one notice in this time. */
const RATE_NOTICE_INTERVAL_MS = 60_000;

/** The names of log streams may come from strangers. */
const MAX_REMEMBERED = 1000;

/** Remembers which events were dropped for lack of room or by the rate limit, so that a reader of the log stream learns of it. */
export class LossNotices implements SettlementObserver {
  readonly #gaps = new WeakMap<Destination, Gap>();
  /** When the last notice of a destination was made, on the monotonic clock. */
  readonly #noticedAt = new WeakMap<Destination, number>();
  /** Destinations that lost events to the rate limit and have had no notice of it yet. */
  readonly #overRate = new Set<Destination>();
  readonly #clock: Clock;
  readonly #fallback: FallbackStream | undefined;

  /** @param fallback where events that would be dropped for lack of room are written */
  constructor(clock: Clock, fallback: FallbackStream | undefined) {
    this.#clock = clock;
    this.#fallback = fallback;
  }

  batchSettled(queued: QueuedBatch, settled: Settled): void {
    // A batch of an earlier process belongs to that process's log stream.
    if (!isForLackOfRoom(settled) || !queued.isOwn) return;
    const { destination, size, firstTimestamp, lastTimestamp, told } = queued;
    const inFallback = settled.kind === 'fallback' ? size : 0;
    this.#widen(destination, { events: size, overRate: 0, inFallback, firstTimestamp, lastTimestamp });
    // A loss notice among the dropped events reported an earlier gap, which must be reported again.
    for (const { gap } of told) this.#widen(destination, gap);
  }

  /** The rate limit dropped events. */
  overRate(destination: Destination, events: number, timestamp: number): void {
    const times = { firstTimestamp: timestamp, lastTimestamp: timestamp };
    this.#widen(destination, { events, overRate: events, inFallback: 0, ...times });
    if (this.#overRate.size < MAX_REMEMBERED) this.#overRate.add(destination);
  }

  /** The destinations that may get a notice at the end, when no later batch brings it. */
  get untold(): readonly Destination[] {
    return [...this.#overRate];
  }

  #widen(destination: Destination, gap: Gap): void {
    this.#gaps.set(destination, mergeGaps(this.#gaps.get(destination), gap));
  }

  /** The notice that is due for a destination. Each gap is returned once. @param isEnd whether there may be no later chance */
  take(destination: Destination, isEnd: boolean): LossNotice | undefined {
    const gap = this.#gaps.get(destination);
    if (gap === undefined || !(isEnd || this.#isDue(destination, gap))) return undefined;
    this.#gaps.delete(destination);
    this.#overRate.delete(destination);
    this.#noticedAt.set(destination, this.#clock.monotonic());
    const from = new Date(gap.firstTimestamp).toISOString();
    const to = new Date(gap.lastTimestamp).toISOString();
    const message = `putlogs: ${plural(gap.events, 'event is', 'events are')} missing here, from ${from} to ${to}: ${why(gap)}.${this.#place(gap)}`;
    return {
      gap,
      timestamp: gap.lastTimestamp,
      message: JSON.stringify({ level: 'warn', message, missingEvents: gap.events, from, to }),
    };
  }

  #isDue(destination: Destination, { events, overRate }: Gap): boolean {
    const noticedAt = this.#noticedAt.get(destination) ?? Number.NEGATIVE_INFINITY;
    return overRate < events || this.#clock.monotonic() - noticedAt >= RATE_NOTICE_INTERVAL_MS;
  }

  /** Where to look for the events, as the end of the notice. */
  #place({ events, inFallback }: Gap): string {
    if (inFallback === 0) return '';
    const which = inFallback === events ? 'them' : `${inFallback} of them`;
    return ` Look for ${which} in the ${this.#fallback} of the process.`;
  }
}

function why({ events, overRate }: Gap): string {
  const { forRate, forRoom } = MISSING;
  if (overRate === 0) return forRoom;
  return overRate === events ? forRate : `${forRate}, and ${forRoom}`;
}

function isForLackOfRoom(settled: Settled): boolean {
  const isMissing = settled.kind === 'dropped' || settled.kind === 'fallback';
  return isMissing && (settled.reason === 'bufferFull' || settled.reason === 'spoolFull');
}
