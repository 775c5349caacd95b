/**
 * The sort key of an event: its timestamp, then the order of arrival. It is unique, and assigned when the event is
 * stored.
 */
export interface EventKey {
  readonly timestamp: number;
  readonly sequence: number;
}

/** Before and after the keys of all events. */
export const FIRST_KEY: EventKey = { timestamp: 0, sequence: 0 };
export const LAST_KEY: EventKey = { timestamp: Infinity, sequence: 0 };

export const compareKeys = (a: EventKey, b: EventKey): number =>
  a.timestamp - b.timestamp || a.sequence - b.sequence;

/** The next key. No event has a key in between. */
export const following = ({ timestamp, sequence }: EventKey): EventKey => ({
  timestamp,
  sequence: sequence + 1,
});

/** The service's ids are decimal numbers of 56 digits: the timestamp times 2 ** 144, plus an opaque rest. */
const TIME_SHIFT = 144n;
const DIGITS = 56;

/** The `eventId` of an event. Ids sort as text in the same order as keys. */
export const eventIdOf = ({ timestamp, sequence }: EventKey): string =>
  String((BigInt(timestamp) << TIME_SHIFT) + BigInt(sequence)).padStart(DIGITS, '0');

/** The key in an `eventId`; undefined if the text is not an id. */
export function keyOfEventId(id: string): EventKey | undefined {
  if (!/^\d{56}$/.test(id)) return undefined;
  const number = BigInt(id);
  const timestamp = Number(number >> TIME_SHIFT);
  const sequence = Number(BigInt.asUintN(Number(TIME_SHIFT), number));
  return { timestamp, sequence };
}
