import { stripVTControlCharacters } from 'node:util';
import { firstValues, mayStandTwice } from './first-values.js';

/** A field of a record: its name, or the names down to it, with dots between; spaces around one are a slip. */
export function isField(text: string): boolean {
  return text.split('.').every((name) => name !== '' && name === name.trim() && !/[{}]/.test(name));
}

/** The name at the top of a record, of a field that may be further down. */
export function topName(field: string): string {
  return field.split('.', 1)[0] ?? field;
}

/**
 * A record, as far as its text is JSON. Where one of `names` stands in it twice, the first counts: Pino writes what the
 * application bound to a logger in front of what is logged, which a stranger may have chosen. JSON.parse takes the last.
 */
export function parseRecord(text: string, names: readonly string[]): unknown {
  if (!mayBeObject(text)) return undefined;
  try {
    const record = JSON.parse(text);
    return names.some((name) => mayStandTwice(name, text))
      ? { ...record, ...firstValues(names, text) }
      : record;
  } catch {
    return undefined;
  }
}

/**
 * What is no object has no fields. It is not given to JSON.parse: an exception costs more than all the rest of a record, and
 * text such as `{ a: 1 }`, as console.log() writes it, may come in any number.
 */
function mayBeObject(text: string): boolean {
  return /^\{\s*["}]/.test(text) && text.trimEnd().endsWith('}');
}

/** Pino writes a level as a number: https://github.com/pinojs/pino/blob/main/docs/api.md#loggerlevels-object */
const LEVELS: Readonly<Record<string, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/**
 * What stands in a field, as text.
 * @returns undefined where there is nothing, or nothing of one line: an object, null, a blank text
 */
export function textIn(record: unknown, field: string): string | undefined {
  const value = valueIn(record, field);
  if (typeof value === 'number') return (field === 'level' && LEVELS[value]) || String(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return undefined;
  // Such as the colours that Winston's colorize() puts around a level.
  const text = stripVTControlCharacters(value);
  return text.trim() === '' ? undefined : text;
}

function valueIn(record: unknown, field: string): unknown {
  let value = record;
  for (const name of field.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}
