import { fieldsOf } from '../search/fields.js';
import { plainText } from '../search/plain-text.js';

/** Fields of Pino, Winston and other loggers that hold the time of a record. */
const NAMES = ['time', 'timestamp', '@timestamp', 'ts'];
/** A text may begin with its time, perhaps in brackets. */
const LEADING = /^\W?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?)/;
/** What a number counts, by its size: each of these would else be before 1974 or after 5000. */
const UNITS = [
  { below: 1e11, perMillisecond: 0.001 },
  { below: 1e14, perMillisecond: 1 },
  { below: 1e17, perMillisecond: 1_000 },
  { below: Infinity, perMillisecond: 1_000_000 },
] as const;
/** The last time that a Date can hold. */
const MAX_TIME = 8.64e15;

/** A number that stands for an earlier time is none: it may be seconds since the start, or a duration. */
const MIN_TIME = Date.UTC(2000, 0);

/** The time that a line states, in milliseconds since 1970; undefined if it states none. */
export function timeOfLine(line: string): number | undefined {
  const fields = fieldsOf(line);
  if (!fields) return parse(LEADING.exec(plainText(line))?.[1]?.replace(' ', 'T').replace(',', '.'));
  const stated = NAMES.map((name) => (Object.hasOwn(fields, name) ? fields[name] : undefined));
  return stated.map(parse).find((time) => time !== undefined);
}

function parse(value: unknown): number | undefined {
  const time =
    typeof value === 'number'
      ? toMilliseconds(value)
      : typeof value === 'string'
        ? Date.parse(value)
        : Number.NaN;
  return time >= (typeof value === 'number' ? MIN_TIME : 0) && time <= MAX_TIME ? time : undefined;
}

function toMilliseconds(value: number): number {
  const { perMillisecond = 1 } = UNITS.find(({ below }) => value < below) ?? {};
  return Math.floor(value / perMillisecond);
}
