import { isIP, isIPv4, isIPv6 } from 'node:net';
import { isTrue, Timestamp, toNumber, toText, type Value } from './value.js';

/** A function of a row's values. A missing argument mostly gives a missing result. */
export interface RowFunction {
  readonly min: number;
  readonly max: number;
  readonly apply: (...values: readonly Value[]) => Value;
}

const of = (min: number, max: number, apply: RowFunction['apply']): RowFunction => ({ min, max, apply });

const numeric = (count: number, apply: (...numbers: readonly number[]) => number): RowFunction =>
  of(count, count, (...values) => {
    const numbers = values.map(toNumber);
    return numbers.every((number) => number !== undefined) ? finite(apply(...numbers)) : undefined;
  });

const finite = (number: number): number | undefined => (Number.isFinite(number) ? number : undefined);

const textual = (
  min: number,
  max: number,
  apply: (text: string, ...rest: readonly string[]) => Value,
): RowFunction =>
  of(min, max, (first, ...rest) =>
    first === undefined
      ? undefined
      : apply(toText(first), ...rest.map((value) => (value === undefined ? '' : toText(value)))),
  );

const isBlank = (value: Value): boolean => value === undefined || toText(value).trim() === '';
const isEmpty = (value: Value): boolean => value === undefined || toText(value) === '';

const extreme = (pick: (...numbers: readonly number[]) => number): RowFunction =>
  of(1, Infinity, (...values) => {
    const numbers = values.map(toNumber).filter((number) => number !== undefined);
    return numbers.length === 0 ? undefined : pick(...numbers);
  });

/** Without `chars`, white space. */
function trimStart(text: string, chars = ' \t\n\r'): string {
  let start = 0;
  while (start < text.length && chars.includes(text.charAt(start))) start++;
  return text.slice(start);
}

function trimEnd(text: string, chars = ' \t\n\r'): string {
  let end = text.length;
  while (end > 0 && chars.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

const slice: RowFunction = of(2, 3, (text, start, length) => {
  const from = toNumber(start);
  const count = length === undefined ? Infinity : toNumber(length);
  if (text === undefined || from === undefined || count === undefined) return undefined;
  return toText(text).slice(from, from + count);
});

/** The first value whose condition holds; after the pairs, a default may follow. */
function choose(...values: readonly Value[]): Value {
  for (let index = 0; index + 1 < values.length; index += 2)
    if (isTrue(values[index])) return values[index + 1];
  return values.length % 2 === 1 ? values.at(-1) : undefined;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html */
export const FUNCTIONS: Readonly<Record<string, RowFunction>> = {
  abs: numeric(1, Math.abs),
  ceil: numeric(1, Math.ceil),
  floor: numeric(1, Math.floor),
  log: numeric(1, Math.log),
  sqrt: numeric(1, Math.sqrt),
  greatest: extreme(Math.max),
  least: extreme(Math.min),
  ispresent: of(1, 1, (value) => value !== undefined),
  coalesce: of(1, Infinity, (...values) => values.find((value) => value !== undefined)),
  if: of(2, 3, choose),
  case: of(2, Infinity, choose),
  isempty: of(1, 1, isEmpty),
  isblank: of(1, 1, isBlank),
  concat: of(1, Infinity, (...values) =>
    values.map((value) => (value === undefined ? '' : toText(value))).join(''),
  ),
  ltrim: textual(1, 2, trimStart),
  rtrim: textual(1, 2, trimEnd),
  trim: textual(1, 2, (text, chars) => trimEnd(trimStart(text, chars), chars)),
  strlen: textual(1, 1, (text) => [...text].length),
  toupper: textual(1, 1, (text) => text.toUpperCase()),
  tolower: textual(1, 1, (text) => text.toLowerCase()),
  upper: textual(1, 1, (text) => text.toUpperCase()),
  lower: textual(1, 1, (text) => text.toLowerCase()),
  substr: slice,
  replace: textual(3, 3, (text, search = '', by = '') => text.replaceAll(search, () => by)),
  strcontains: textual(2, 2, (text, part = '') => text.includes(part)),
  datefloor: of(2, 2, (time, period) => floorTo(time, toNumber(period), Math.floor)),
  dateceil: of(2, 2, (time, period) => floorTo(time, toNumber(period), Math.ceil)),
  frommillis: of(1, 1, (value) => {
    const millis = toNumber(value);
    return millis === undefined ? undefined : new Timestamp(millis);
  }),
  tomillis: numeric(1, (millis) => millis),
  isvalidip: textual(1, 1, (text) => isIP(text) > 0),
  isvalidipv4: textual(1, 1, isIPv4),
  isvalidipv6: textual(1, 1, isIPv6),
};

/** Rounds a time to a period, in UTC. */
export function floorTo(time: Value, period: number | undefined, round: (number: number) => number): Value {
  const millis = toNumber(time);
  if (millis === undefined || period === undefined || period === 0) return undefined;
  return new Timestamp(round(millis / period) * period);
}
