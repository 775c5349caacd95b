/**
 * Where an event stands among all events: by its time, and within a millisecond by the order of arrival. It is given
 * once, when the event is stored, and no two events share one.
 */
export interface EventKey {
  readonly timestamp: number;
  readonly sequence: number;
}

/** Before every event, and after every event. */
export const FIRST_KEY: EventKey = { timestamp: 0, sequence: 0 };
export const LAST_KEY: EventKey = { timestamp: Infinity, sequence: 0 };

export const compareKeys = (a: EventKey, b: EventKey): number =>
  a.timestamp - b.timestamp || a.sequence - b.sequence;

/** The key right behind another: no event is between the two. */
export const following = ({ timestamp, sequence }: EventKey): EventKey => ({
  timestamp,
  sequence: sequence + 1,
});

/** The service's ids are decimal numbers of 56 digits: the time in milliseconds, times 2 ** 144, and a rest. */
const TIME_SHIFT = 144n;
const DIGITS = 56;

/** The `eventId` of an event. In the order of text, ids are in the order of keys. */
export const eventIdOf = ({ timestamp, sequence }: EventKey): string =>
  String((BigInt(timestamp) << TIME_SHIFT) + BigInt(sequence)).padStart(DIGITS, '0');

/** The key in an `eventId`; undefined for what is none. */
export function keyOfEventId(id: string): EventKey | undefined {
  if (!/^\d{56}$/.test(id)) return undefined;
  const number = BigInt(id);
  const timestamp = Number(number >> TIME_SHIFT);
  const sequence = Number(BigInt.asUintN(Number(TIME_SHIFT), number));
  return { timestamp, sequence };
}
