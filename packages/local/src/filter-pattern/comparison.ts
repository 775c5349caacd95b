import { type RegexCount, readRegex } from './regex.js';
import type { Scanner } from './scanner.js';

/** Whether a value of an event, a text or a number, fulfils a condition. */
export type Comparison = (value: string | number) => boolean;

const OPERATOR = /!=|<=|>=|=|<|>/y;
const QUOTED = /"(?:[^"\\]|\\.)*"/sy;
const BARE = /[^\s"%()&|<>=!,[\]{}]+/y;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Reads an operator and a value, such as `!= 4*` or `= "a b"`; undefined if no operator comes next. */
export function readComparison(scanner: Scanner, regexes: RegexCount): Comparison | undefined {
  const operator = scanner.match(OPERATOR);
  if (operator === undefined) return undefined;
  if (operator !== '=' && operator !== '!=') return readOrder(scanner, operator);
  const equals = readEquality(scanner, regexes);
  return operator === '=' ? equals : (value) => !equals(value);
}

function readOrder(scanner: Scanner, operator: string): Comparison {
  const text = scanner.match(BARE);
  if (text === undefined || !NUMBER.test(text)) throw scanner.error(`'${operator}' needs a number`);
  const bound = Number(text);
  const holds = ORDERS[operator];
  if (!holds) throw scanner.error(`'${operator}' is not an operator`);
  return (value) => holds(toNumber(value), bound);
}

const ORDERS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '<': (value, bound) => value < bound,
  '>': (value, bound) => value > bound,
  '<=': (value, bound) => value <= bound,
  '>=': (value, bound) => value >= bound,
};

/** NaN, which is in no order, for a text that is not a number. */
const toNumber = (value: string | number): number =>
  typeof value === 'number' ? value : NUMBER.test(value) ? Number(value) : Number.NaN;

function readEquality(scanner: Scanner, regexes: RegexCount): Comparison {
  const regex = readRegex(scanner);
  if (regex) {
    regexes.add(scanner);
    return (value) => regex.test(String(value));
  }
  const quoted = scanner.match(QUOTED);
  if (quoted !== undefined) return matchText(unquote(quoted));
  const bare = scanner.match(BARE);
  if (bare === undefined) throw scanner.error('a value is expected');
  if (!NUMBER.test(bare)) return matchText(bare);
  const number = Number(bare);
  return (value) => value === bare || toNumber(value) === number;
}

/** The content of a text in double quotes, in which a backslash escapes the next character. */
export const unquote = (quoted: string): string => quoted.slice(1, -1).replace(/\\(.)/gs, '$1');

/** `*` stands for any text, also within quotes. */
function matchText(text: string): Comparison {
  if (!text.includes('*')) return (value) => String(value) === text;
  const [first = '', ...rest] = text.split('*');
  const last = rest.pop() ?? '';
  return (value) => fits(String(value), first, rest, last);
}

/** Without a regular expression, whose time could grow with a power of the number of wildcards. */
function fits(value: string, first: string, middle: readonly string[], last: string): boolean {
  if (!value.startsWith(first)) return false;
  let position = first.length;
  for (const part of middle) {
    const found = value.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return value.length - last.length >= position && value.endsWith(last);
}
