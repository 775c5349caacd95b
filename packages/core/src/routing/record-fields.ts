import { stripVTControlCharacters } from 'node:util';
import { TopLevelValues } from './top-level-values.js';

/** Whether text names a field of a record: names separated by dots. Spaces around a name are a mistake. */
export function isFieldPath(text: string): boolean {
  return text.split('.').every((name) => name !== '' && name === name.trim() && !/[{}]/.test(name));
}

/** Pino writes levels as numbers: https://github.com/pinojs/pino/blob/main/docs/api.md#loggerlevels-object */
export const PINO_LEVELS: Readonly<Record<string, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** Reads fields of records as text. */
export class RecordFields {
  readonly #fields: readonly Field[];
  readonly #topLevel: TopLevelValues;
  readonly #isNested: boolean;

  /** @param fields names, or for nested fields names separated by dots */
  constructor(fields: readonly string[]) {
    const paths = fields.map((field) => field.split('.'));
    const names = [...new Set(paths.map(([name = '']) => name))];
    this.#fields = paths.map(([name = '', ...path]) => ({ index: names.indexOf(name), name, path }));
    this.#topLevel = new TopLevelValues(names);
    this.#isNested = paths.some(({ length }) => length > 1);
  }

  /**
   * Reads the text of each field: undefined if it is not text, a number or a boolean, or is blank, or if the record is not a
   * JSON object.
   */
  read(record: Buffer): (string | undefined)[] {
    const values = this.#topLevel.read(record) ?? [];
    return this.#fields.map((field) => textOf(valueAt(field, values), field));
  }

  /**
   * Returns a text, faster than reading the texts of the fields: records for which it is equal have the same texts in all fields.
   * Undefined if a field is nested, since the object around it is seldom the same.
   */
  keyOf(record: Buffer): string | undefined {
    return this.#isNested ? undefined : (this.#topLevel.jsonOf(record) ?? '');
  }
}

interface Field {
  /** The position of its top-level name among all of them. */
  readonly index: number;
  readonly name: string;
  /** The names below the top level. */
  readonly path: readonly string[];
}

function valueAt({ index, path }: Field, values: readonly unknown[]): unknown {
  let value = values[index];
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}

function textOf(value: unknown, { name, path }: Field): string | undefined {
  if (typeof value === 'number')
    return (name === 'level' && path.length === 0 && PINO_LEVELS[value]) || String(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return undefined;
  // For example the colours that Winston's colorize() puts around a level.
  const text = stripVTControlCharacters(value);
  return text.trim() === '' ? undefined : text;
}
