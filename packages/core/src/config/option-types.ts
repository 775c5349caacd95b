import { parseKeyValues } from '../util/key-values.js';

/** One row of the option table. */
export interface Option<T> {
  readonly default: T | undefined;
  /** What is accepted, in words: the end of the sentence "expected …". */
  readonly expected: string;
  /** One line for the option tables of the documentation, which stand in docs/configuration.md. */
  readonly description: string;
  /** Variables that other tools read too; the first that is set counts, after the option's own. */
  readonly standardVariables?: readonly string[];
  /** The value that one of another type stands for; undefined where it stands for none. */
  convert?(value: unknown): T | undefined;
  accepts(value: unknown): value is T;
  /** The value that a variable's text stands for; something that `accepts` refuses when it stands for none. */
  parse(text: string): unknown;
}

/** For `parse`: an object out of `key=value,key=value`, or the text as it is when an entry cannot be read. */
export function keyValues(given: string): object | string {
  const { pairs, malformed } = parseKeyValues(given);
  return malformed.length > 0 ? given : Object.fromEntries(pairs);
}

type Words<T, D> = Omit<Option<T>, 'accepts' | 'parse' | 'default'> & { readonly default: D };

/** An option whose default is known to be there, or not. */
type WithDefault<T, D> = Option<T> & { readonly default: D };

export function custom<T>(
  accepts: (value: unknown) => value is T,
  parse: (text: string) => unknown,
  words: Words<T, undefined>,
): WithDefault<T, undefined> {
  return { ...words, accepts, parse };
}

export function text<D extends string | undefined>(
  accepts: RegExp | ((value: string) => boolean),
  words: Words<string, D>,
): WithDefault<string, D> {
  const fits = accepts instanceof RegExp ? (value: string) => accepts.test(value) : accepts;
  return {
    ...words,
    accepts: (value): value is string => typeof value === 'string' && fits(value),
    parse: (given) => given,
  };
}

export function choice<const T extends string>(
  values: readonly T[],
  words: Omit<Words<T, undefined>, 'expected'>,
): WithDefault<T, undefined> {
  return {
    ...words,
    expected: `one of ${values.join(', ')}`,
    accepts: (value): value is T => values.some((known) => known === value),
    parse: (given) => given,
  };
}

export function integer<D extends number | undefined>(
  accepts: (value: number) => boolean,
  words: Words<number, D>,
): WithDefault<number, D> {
  return {
    ...words,
    accepts: (value): value is number =>
      typeof value === 'number' && Number.isInteger(value) && accepts(value),
    parse: (given) => (/^\s*\d+\s*$/.test(given) ? Number(given) : given),
  };
}

/** For `integer`: a number from `min` to `max`. */
export function between(min: number, max: number): (value: number) => boolean {
  return (value) => value >= min && value <= max;
}

const FLAGS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

export function flag(words: Omit<Words<boolean, boolean>, 'expected'>): WithDefault<boolean, boolean> {
  return {
    ...words,
    expected: 'true or false',
    accepts: (value): value is boolean => typeof value === 'boolean',
    parse: (given) => FLAGS.get(given.trim().toLowerCase()) ?? given,
  };
}
