/** The last moment that a Date can hold: https://tc39.es/ecma262/#sec-time-values-and-time-range */
const LAST_MS = 8.64e15;

/**
 * ISO 8601, and what loggers make of it: with a space for the T, and without an offset, which means local time.
 * Date.parse alone reads a date out of nearly anything: "build 7" is a day in July 2001.
 */
const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)? ?(?:Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * What a logger wrote as the time of a record, as the service wants it: milliseconds after 1970, a whole number.
 * Takes milliseconds, seconds (a number below 1e11, which in milliseconds would lie before March 1973), a Date,
 * and text: ISO 8601, or such a number.
 * @returns undefined for anything else
 */
export function toTimestamp(value: unknown): number | undefined {
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value === 'string') {
    const text = value.trim();
    if (ISO.test(text)) return fromNumber(Date.parse(text));
    return text === '' ? undefined : fromNumber(Number(text));
  }
  return value instanceof Date ? fromNumber(value.getTime()) : undefined;
}

function fromNumber(value: number): number | undefined {
  if (!(value >= 0 && value <= LAST_MS)) return undefined;
  return Math.round(value < 1e11 ? value * 1000 : value);
}
