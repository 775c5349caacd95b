import { serializeError } from 'serialize-error';
import type { Info } from './info.js';

/** The text of a record, with what it lacks of the record's errors. */
export function withErrorsOf(record: Info, text: string): string {
  try {
    const errors = errorsOf(record);
    return errors.length === 0 ? text : withErrors(text, errors);
  } catch {
    return text; // a getter or a toJSON of the application's that throws
  }
}

/** An error and where it stands: the record itself (key undefined), or one of its fields. */
type Found = readonly [key: string | undefined, error: Error];

function errorsOf(info: Info): Found[] {
  const found: Found[] = [];
  if (info instanceof Error) found.push([undefined, info]);
  for (const key in info) {
    const value = info[key];
    if (value instanceof Error) found.push([key, value]);
  }
  return found;
}

function withErrors(text: string, errors: readonly Found[]): string {
  const record = parseObject(text);
  if (record === undefined) return withStacks(text, errors);
  for (const [key, error] of errors) {
    const { name, message, stack, ...more } = serializeError(error, { maxDepth: 8 });
    if (key === undefined) fill(record, { message, stack, ...more });
    else {
      const written = ownOf(record, key);
      if (isObject(written)) record[key] = fill({ ...written }, { name, message, stack, ...more });
    }
  }
  return JSON.stringify(record);
}

/** What the format wrote stays, and is filled in where it is an object, as `{}` is for an error. */
function fill(record: Record<string, unknown>, fields: object): Record<string, unknown> {
  for (const [key, value] of Object.entries(fields)) {
    if (key === '__proto__') continue;
    const written = ownOf(record, key);
    if (isObject(written) && isObject(value)) fill(written, value);
    else record[key] = written ?? value;
  }
  return record;
}

/** Not what every object has: an error's fields may be called `constructor`. */
function ownOf(record: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** For text that is no JSON: the stacks that are not in it. */
function withStacks(text: string, errors: readonly Found[]): string {
  const stacks = errors.map(([, error]) => error.stack || String(error));
  return [text, ...stacks.filter((stack) => !text.includes(placeOf(stack)))].join('\n');
}

/** The first frame of a stack: a format may have written the message above it in its own way. */
function placeOf(stack: string): string {
  return /^\s+at .+$/m.exec(stack)?.[0] ?? stack;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // some other format that starts with a brace
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
