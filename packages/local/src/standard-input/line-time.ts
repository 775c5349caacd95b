import { fieldsOf } from '../search/fields.js';
import { plainText } from '../search/plain-text.js';

/** Fields of Pino, Winston and other loggers that hold the time of a record. */
const NAMES = ['time', 'timestamp', '@timestamp', 'ts'];
/** A text may begin with its time, perhaps in brackets. */
const LEADING = /^\W?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?)/;
/** Numbers below this are seconds: as milliseconds, they would be in 1973 or earlier. */
const MIN_MILLISECONDS = 1e11;

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
      ? Math.floor(value < MIN_MILLISECONDS ? value * 1_000 : value)
      : typeof value === 'string'
        ? Date.parse(value)
        : Number.NaN;
  return time >= (typeof value === 'number' ? MIN_TIME : 0) && Number.isSafeInteger(time) ? time : undefined;
}
