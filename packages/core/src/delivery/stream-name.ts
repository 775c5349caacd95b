import { randomUUID } from 'node:crypto';
import { DAY_MS } from '../batch/limits.js';

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

/** A known name; or `record.` and a field's, which can so have any name. */
const PLACEHOLDER = /\{(?:record\.([^{}]+)|([a-z]+))\}/g;

const UNKNOWN = 'unknown';

/** The fields of the record that a template names, each once. */
export function fieldsIn(template: string): string[] {
  const fields = Array.from(template.matchAll(PLACEHOLDER), ([, field]) => field ?? []).flat();
  return [...new Set(fields)];
}

/**
 * Fills in `{instance}`, `{hostname}`, `{pid}`, `{service}`, `{environment}` and `{uuid}`, the same each time, `{date}` for
 * each day, and `{record.…}` for each record. What is not known becomes `unknown`; any other `{…}` stays as it is.
 * @returns the log stream's name for a UTC day, counted from 1970-01-01
 */
export function streamNamer(template: string, values: StreamNameValues): StreamNamer {
  const known = new Map([
    ['hostname', values.hostname],
    ['instance', values.instance],
    ['pid', String(values.pid)],
    ['service', values.service ?? UNKNOWN],
    ['environment', values.environment ?? UNKNOWN],
    ['uuid', randomUUID()],
  ]);
  return (day, fields) => {
    const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
    // All in one go: what stands in a record is no template.
    const name = template.replace(PLACEHOLDER, (placeholder, field: string | undefined, key: string) => {
      if (field !== undefined) return fields?.get(field) ?? UNKNOWN;
      return key === 'date' ? date : (known.get(key) ?? placeholder);
    });
    return legal(name);
  };
}

/** The service takes 1 to 512 characters without `:` and `*`; control characters are no use to anyone. */
export function legal(name: string): string {
  const whole = name.toWellFormed().replace(/[:*\p{Cc}]/gu, '_');
  const cut = whole.slice(0, MAX_LENGTH);
  // Not through the middle of a character.
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
