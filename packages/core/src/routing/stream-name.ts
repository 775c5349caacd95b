import { randomUUID } from 'node:crypto';
import { stripVTControlCharacters } from 'node:util';
import { DAY_MS } from '../batching/limits.js';
import { type FieldValues, fillIn } from './template.js';

/** The values of the placeholders in a log stream's name. */
export interface StreamNameValues {
  readonly hostname: string;
  readonly instance: string;
  readonly pid: number;
  readonly service: string | undefined;
  readonly environment: string | undefined;
}

/** @param day the UTC day, counted from 1970-01-01 @returns the name of the log stream */
export type StreamNamer = (day: number, fields?: FieldValues) => string;

const MAX_LENGTH = 512;

/**
 * Creates names of log streams from a template. `{date}` depends on the day, `{record.…}` on the record, and all other
 * placeholders keep their values.
 */
export function streamNamer(template: string, values: StreamNameValues): StreamNamer {
  const fixed = { ...values, pid: String(values.pid), uuid: randomUUID() };
  return (day, fields) => {
    const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
    return sanitizeStreamName(fillIn(template, { ...fixed, date }, fields));
  };
}

/** Printable ASCII without what is replaced below. Most names are, and need not be searched again and again. */
const PLAIN_NAME = /^[ -)+-9;-~]{1,512}$/;

/**
 * The service accepts 1 to 512 characters without `:` and `*`. Control characters and escape sequences are removed too.
 */
export function sanitizeStreamName(name: string): string {
  if (PLAIN_NAME.test(name)) return name;
  const whole = stripVTControlCharacters(name)
    .toWellFormed()
    .replace(/[:*\p{Cc}]/gu, '_');
  const cut = whole.slice(0, MAX_LENGTH);
  // Do not leave half of a surrogate pair.
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
