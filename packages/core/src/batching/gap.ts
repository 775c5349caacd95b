/** Events that are missing in a log stream. */
export interface Gap {
  readonly events: number;
  /** How many of them the fallback writes. */
  readonly inFallback: number;
  /** How many of them were over `maxBytesPerSecond`. There was no room for the others. */
  readonly overRate: number;
  /** The timestamp of the earliest missing event. */
  readonly firstTimestamp: number;
  /** The timestamp of the latest missing event. */
  readonly lastTimestamp: number;
}

/** A gap, and the message of the event that reports it. */
export interface ToldGap {
  readonly gap: Gap;
  readonly message: string;
}

export function mergeGaps(one: Gap | undefined, other: Gap): Gap {
  if (one === undefined) return other;
  return {
    events: one.events + other.events,
    inFallback: one.inFallback + other.inFallback,
    overRate: one.overRate + other.overRate,
    firstTimestamp: Math.min(one.firstTimestamp, other.firstTimestamp),
    lastTimestamp: Math.max(one.lastTimestamp, other.lastTimestamp),
  };
}
