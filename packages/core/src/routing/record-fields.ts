import { stripVTControlCharacters } from 'node:util';
import { firstValues, mayRepeat } from './first-values.js';

/** Whether text names a field of a record: names separated by dots. Spaces around a name are a mistake. */
export function isFieldPath(text: string): boolean {
  return text.split('.').every((name) => name !== '' && name === name.trim() && !/[{}]/.test(name));
}

/** The top-level name of a field, which may be nested. */
export function topLevelName(field: string): string {
  return field.split('.', 1)[0] ?? field;
}

/**
 * Parses a record.
 *
 * If one of `names` occurs twice, the first value counts: Pino writes the bindings of a logger, which the application
 * chose, before the logged fields, which a user may have chosen. JSON.parse alone takes the last.
 * @returns undefined if the text is not a JSON object
 */
export function parseRecord(text: string, names: readonly string[]): unknown {
  if (!mayBeObject(text)) return undefined;
  try {
    const record = JSON.parse(text);
    return names.some((name) => mayRepeat(name, text)) ? { ...record, ...firstValues(names, text) } : record;
  } catch {
    return undefined;
  }
}

/**
 * Keeps most text that is not a JSON object away from JSON.parse, since an exception costs more than all other work on
 * a record. Such text, like `{ a: 1 }` from console.log(), may come in any number.
 */
function mayBeObject(text: string): boolean {
  return /^\{\s*["}]/.test(text) && text.trimEnd().endsWith('}');
}

/** Pino writes levels as numbers: https://github.com/pinojs/pino/blob/main/docs/api.md#loggerlevels-object */
const LEVELS: Readonly<Record<string, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/**
 * The value of a field as text.
 * @returns undefined if there is no text, number or boolean, or only a blank text
 */
export function fieldText(record: unknown, field: string): string | undefined {
  const value = fieldValue(record, field);
  if (typeof value === 'number') return (field === 'level' && LEVELS[value]) || String(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return undefined;
  // For example the colours that Winston's colorize() puts around a level.
  const text = stripVTControlCharacters(value);
  return text.trim() === '' ? undefined : text;
}

function fieldValue(record: unknown, field: string): unknown {
  let value = record;
  for (const name of field.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}
