import { type Gap, mergeGaps } from '../batching/gap.js';
import type { Destination } from '../contracts/destination.js';
import type { Settled } from '../contracts/settled.js';
import type { FallbackStream } from '../reporting/fallback.js';
import { plural } from '../util/plural.js';
import type { QueuedBatch } from './queued-batch.js';
import type { SettlementObserver } from './settlement.js';

/** An event for the log stream that says which events are missing in it. */
export interface LossNotice {
  readonly gap: Gap;
  readonly timestamp: number;
  readonly message: string;
}

/** Remembers which events were dropped for lack of room, so that the reader of the log stream learns of the gap. */
export class LossNotices implements SettlementObserver {
  readonly #gaps = new WeakMap<Destination, Gap>();
  readonly #fallback: FallbackStream | undefined;

  /** @param fallback where events are written that would be dropped */
  constructor(fallback: FallbackStream | undefined) {
    this.#fallback = fallback;
  }

  batchSettled(queued: QueuedBatch, settled: Settled): void {
    // A batch of an earlier process belongs to that process's log stream.
    if (isForLackOfRoom(settled) && queued.isOwn)
      this.#widenGap(queued, settled.kind === 'fallback' ? queued.size : 0);
  }

  #widenGap(
    { destination, size, firstTimestamp, lastTimestamp, gap }: QueuedBatch,
    inFallback: number,
  ): void {
    const added = { events: size, inFallback, firstTimestamp, lastTimestamp };
    const wider = mergeGaps(this.#gaps.get(destination), added);
    // A loss notice among the dropped events reported an earlier gap, which must be reported again.
    this.#gaps.set(destination, gap === undefined ? wider : mergeGaps(wider, gap));
  }

  /** The notice that is due for a destination. Each gap is returned once. */
  take(destination: Destination): LossNotice | undefined {
    const gap = this.#gaps.get(destination);
    if (gap === undefined) return undefined;
    this.#gaps.delete(destination);
    const from = new Date(gap.firstTimestamp).toISOString();
    const to = new Date(gap.lastTimestamp).toISOString();
    const message = `putlogs: ${plural(gap.events, 'event is', 'events are')} missing here, from ${from} to ${to}: more events were waiting than maxBufferBytes or spoolMaxBytes allows.${this.#place(gap)}`;
    return {
      gap,
      timestamp: gap.lastTimestamp,
      message: JSON.stringify({ level: 'warn', message, missingEvents: gap.events, from, to }),
    };
  }

  /** Where to look for the events, as the end of the notice. */
  #place({ events, inFallback }: Gap): string {
    if (inFallback === 0) return '';
    const which = inFallback === events ? 'them' : `${inFallback} of them`;
    return ` Look for ${which} in the ${this.#fallback} of the process.`;
  }
}

function isForLackOfRoom(settled: Settled): boolean {
  const isMissing = settled.kind === 'dropped' || settled.kind === 'fallback';
  return isMissing && (settled.reason === 'bufferFull' || settled.reason === 'spoolFull');
}
