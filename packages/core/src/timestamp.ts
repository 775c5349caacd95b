/**
 * ISO 8601, and what loggers make of it: with a space for the T, and without an offset, which means local time.
 * Date.parse alone reads a date out of nearly anything: "build 7" is a day in July 2001.
 */
const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)? ?(?:Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * What a logger wrote as the time of a record, as the service wants it: milliseconds after 1970, a whole number.
 * Takes milliseconds, seconds, a Date, and text: ISO 8601, or a number. A number that is no likely time (a
 * position in a video, say) is none: the service would reject the event.
 * @returns undefined for anything else
 */
export function toTimestamp(value: unknown): number | undefined {
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value === 'string') {
    const text = value.trim();
    if (ISO.test(text)) return fromMs(Date.parse(text));
    return text === '' ? undefined : fromNumber(Number(text));
  }
  return value instanceof Date ? fromMs(value.getTime()) : undefined;
}

function fromNumber(value: number): number | undefined {
  // Seconds from 2001 on, milliseconds from 1973 on, both up to the year 5138.
  if (value >= 1e9 && value < 1e11) return Math.round(value * 1000);
  return value >= 1e11 && value < 1e14 ? Math.round(value) : undefined;
}

/** What a Date could not read is NaN. */
function fromMs(value: number): number | undefined {
  return value >= 0 ? value : undefined;
}
