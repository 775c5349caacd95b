/** Events that are missing in a log stream. */
export interface Gap {
  readonly events: number;
  /** The timestamps of the first and of the last of them. */
  readonly begin: number;
  readonly end: number;
}

export function mergeGaps(one: Gap | undefined, other: Gap): Gap {
  if (one === undefined) return other;
  return {
    events: one.events + other.events,
    begin: Math.min(one.begin, other.begin),
    end: Math.max(one.end, other.end),
  };
}
