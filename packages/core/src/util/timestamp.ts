import { isDate } from 'node:util/types';

/**
 * ISO 8601, also with a space for the T, and the offset from UTC where there is one.
 * Date.parse alone reads a date out of nearly anything: "build 7" is a day in July 2001.
 */
const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)? ?(Z|[+-]\d\d:?\d\d)?)?$/;

/** Text that stands for a number of seconds or milliseconds. */
const EPOCH = /^(?:\d{10}|\d{13})(?:\.\d+)?$/;

/** Longer than any text that is a time. */
const MAX_LENGTH = 64;

/** The offsets of two time zones differ by a quarter of an hour at least. */
const SAME_ZONE_MS = 5 * 60_000;

/**
 * What a logger wrote as the time of a record, as the service wants it: milliseconds after 1970, a whole number.
 * Takes milliseconds, seconds, a Date, and text: ISO 8601, or a number. Text without an offset from UTC may be the local
 * time of another zone: it counts only when it lies within minutes of the log call. A number that is no likely time (a
 * position in a video, or digits such as 20261124120000) is none.
 * @param loggedAt when the record was logged, by the same clock
 * @returns undefined for anything else
 */
export function toTimestamp(value: unknown, loggedAt: number): number | undefined {
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value === 'string')
    return value.length > MAX_LENGTH ? undefined : fromText(value.trim(), loggedAt);
  return isDate(value) ? fromMs(Date.prototype.getTime.call(value)) : undefined;
}

function fromText(text: string, loggedAt: number): number | undefined {
  if (EPOCH.test(text)) return fromNumber(Number(text));
  const iso = ISO.exec(text);
  if (iso === null) return undefined;
  const timestamp = fromMs(Date.parse(text));
  const isAbsolute = iso[1] !== undefined;
  return isAbsolute || isNear(timestamp, loggedAt) ? timestamp : undefined;
}

function isNear(timestamp: number | undefined, loggedAt: number): boolean {
  return timestamp !== undefined && Math.abs(timestamp - loggedAt) <= SAME_ZONE_MS;
}

/** Seconds have ten digits from 2001 to 2286, and milliseconds thirteen. */
function fromNumber(value: number): number | undefined {
  if (value >= 1e9 && value < 1e10) return Math.round(value * 1000);
  return value >= 1e12 && value < 1e13 ? Math.round(value) : undefined;
}

/** What a Date could not read is NaN. */
function fromMs(value: number): number | undefined {
  return value >= 0 ? value : undefined;
}
