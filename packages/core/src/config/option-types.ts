import { parseKeyValues } from '../util/key-values.js';

/** An option: one row of the option table. Its documentation is the doc comment of the row. */
export interface Option<T> {
  readonly default: T | undefined;
  /** What is accepted, as the end of the sentence "expected …". */
  readonly expected: string;
  /**
   * Environment variables that other tools read too. They apply, in this order, if the option's own variable is not
   * set.
   */
  readonly standardVariables?: readonly string[];
  /** It has no environment variable, and no error shows its value. */
  readonly isSecret?: true;
  /** Of a value that is an object: the names that it may have. */
  readonly fields?: readonly string[];
  /** Says what is wrong with a text that is not accepted, as the end of "…, which …". */
  flaw?(text: string): string | undefined;
  /** Converts a value of another type; undefined if that is not possible. */
  convert?(value: unknown): T | undefined;
  accepts(value: unknown): value is T;
  /** Converts the text of a variable. Returns a value that `accepts` rejects if that is not possible. */
  parse(text: string): unknown;
}

/** A `parse` for `key=value,key=value`. Returns the text unchanged if an entry is malformed. */
export function keyValues(text: string): object | string {
  const { pairs, malformed } = parseKeyValues(text);
  return malformed.length > 0 ? text : Object.fromEntries(pairs);
}

/** The URL of a URL object, also from another realm. */
export function hrefOf(value: unknown): string | undefined {
  const isUrl = Object.prototype.toString.call(value) === '[object URL]';
  return isUrl ? String(value) : undefined;
}

/** A `parse` for an option that may also be false. */
export function falseOrText(text: string): string | false {
  return text.trim() === 'false' ? false : text;
}

type Properties<T, D> = Omit<Option<T>, 'accepts' | 'parse' | 'default'> & { readonly default: D };

/** An option whose type says whether it has a default. */
type WithDefault<T, D> = Option<T> & { readonly default: D };

/** An option of any type. */
export function custom<T>(
  accepts: (value: unknown) => value is T,
  parse: (text: string) => unknown,
  properties: Properties<T, undefined>,
): WithDefault<T, undefined> {
  return { ...properties, accepts, parse };
}

/** An option that is text. */
export function text<D extends string | undefined>(
  accepts: RegExp | ((value: string) => boolean),
  properties: Properties<string, D>,
): WithDefault<string, D> {
  const fits = accepts instanceof RegExp ? (value: string) => accepts.test(value) : accepts;
  return {
    ...properties,
    accepts: (value): value is string => typeof value === 'string' && fits(value),
    parse: (text) => text,
  };
}

/** An option that is one of several texts. */
export function choice<const T extends string>(
  values: readonly T[],
  properties: Omit<Properties<T, undefined>, 'expected'>,
): WithDefault<T, undefined> {
  return {
    ...properties,
    expected: `one of ${values.join(', ')}`,
    accepts: (value): value is T => values.some((known) => known === value),
    parse: (text) => text,
  };
}

/** An option that is a whole number. */
export function integer<D extends number | undefined>(
  accepts: (value: number) => boolean,
  properties: Properties<number, D>,
): WithDefault<number, D> {
  return {
    ...properties,
    accepts: (value): value is number =>
      typeof value === 'number' && Number.isInteger(value) && accepts(value),
    parse: (text) => (/^\s*\d+\s*$/.test(text) ? Number(text) : text),
  };
}

export const MIB = 1024 * 1024;

/** A check for `integer`: from `min` to `max`. */
export function between(min: number, max: number): (value: number) => boolean {
  return (value) => value >= min && value <= max;
}

const FLAGS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** An option that is true or false. */
export function flag(
  properties: Omit<Properties<boolean, boolean>, 'expected'>,
): WithDefault<boolean, boolean> {
  return {
    ...properties,
    expected: 'true or false',
    accepts: (value): value is boolean => typeof value === 'boolean',
    parse: (text) => FLAGS.get(text.trim().toLowerCase()) ?? text,
  };
}
