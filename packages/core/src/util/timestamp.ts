import { isDate } from 'node:util/types';

/**
 * ISO 8601, also with a space instead of the T, and the offset from UTC if there is one. Date.parse alone accepts
 * almost any text: "build 7" becomes a day in July 2001.
 */
const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)? ?(Z|[+-]\d\d:?\d\d)?)?$/;

/** Seconds or milliseconds since 1970, as text. */
const EPOCH = /^(?:\d{10}|\d{13})(?:\.\d+)?$/;

/** Longer text is not a time. */
const MAX_LENGTH = 64;

/** Less than the smallest difference between two time zones, a quarter of an hour. */
const SAME_ZONE_MS = 5 * 60_000;

/**
 * Converts the time in a record to the service's format: whole milliseconds since 1970.
 *
 * Accepts milliseconds, seconds, a Date, and text with a number or an ISO 8601 time. Text without an offset from UTC
 * may be the local time of another zone, so it is accepted only within 5 minutes of the log call. Numbers outside the
 * years 2001 to 2286 are not accepted: they are more likely a position in a video, or digits such as 20261124120000.
 * @param loggedAt the time of the log call, in milliseconds since 1970
 * @returns undefined if the value is not accepted
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

/** From 2001 to 2286 seconds have ten digits, and milliseconds thirteen. */
function fromNumber(value: number): number | undefined {
  if (value >= 1e9 && value < 1e10) return Math.round(value * 1000);
  return value >= 1e12 && value < 1e13 ? Math.round(value) : undefined;
}

/** NaN is the time of an invalid Date. */
function fromMs(value: number): number | undefined {
  return value >= 0 ? value : undefined;
}
