import { randomUUID } from 'node:crypto';
import { stripVTControlCharacters } from 'node:util';
import { DAY_MS } from '../batching/limits.js';
import { fillIn } from './template.js';

/** What the placeholders of a log stream's name stand for. */
export interface StreamNameValues {
  readonly hostname: string;
  readonly instance: string;
  readonly pid: number;
  readonly service: string | undefined;
  readonly environment: string | undefined;
}

/** By the field's name: what stands in the record, or undefined. */
export type FieldValues = ReadonlyMap<string, string | undefined>;

export type StreamNamer = (day: number, fields?: FieldValues) => string;

const MAX_LENGTH = 512;

const UNKNOWN = 'unknown';

/**
 * Fills in `{instance}`, `{hostname}`, `{pid}`, `{service}`, `{environment}` and `{uuid}`, the same each time, `{date}` for
 * each day, and `{record.…}` for each record. What is not known becomes `unknown`.
 * @returns the log stream's name for a UTC day, counted from 1970-01-01
 */
export function streamNamer(template: string, values: StreamNameValues): StreamNamer {
  const same = { ...values, pid: String(values.pid), uuid: randomUUID() };
  return (day, fields) => {
    const known = { ...same, date: new Date(day * DAY_MS).toISOString().slice(0, 10) };
    const name = fillIn(
      template,
      (placeholder) => known[placeholder] ?? UNKNOWN,
      (field) => fields?.get(field) ?? UNKNOWN,
    );
    return sanitizeStreamName(name);
  };
}

/** The service takes 1 to 512 characters without `:` and `*`; control characters and escape sequences are of no use. */
export function sanitizeStreamName(name: string): string {
  const whole = stripVTControlCharacters(name)
    .toWellFormed()
    .replace(/[:*\p{Cc}]/gu, '_');
  const cut = whole.slice(0, MAX_LENGTH);
  // Not through the middle of a character.
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
