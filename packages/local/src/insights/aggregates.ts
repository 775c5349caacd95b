import type { Row } from './row.js';
import { compare, compareNaturally, toNumber, toText, type Value } from './value.js';

/** A function of all rows of a group. */
export interface Aggregate {
  readonly min: number;
  readonly max: number;
  /** @param values the first argument for each row that has it @param rest the other arguments, which are constants */
  readonly apply: (values: readonly Entry[], rest: readonly Value[]) => Value;
}

export interface Entry {
  readonly row: Row;
  readonly value: Exclude<Value, undefined>;
}

const numbersOf = (entries: readonly Entry[]): readonly number[] =>
  entries.map(({ value }) => toNumber(value)).filter((number) => number !== undefined);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const mean = (numbers: readonly number[]): number | undefined =>
  numbers.length === 0 ? undefined : sum(numbers) / numbers.length;

/** Of a sample. */
function deviation(numbers: readonly number[]): number | undefined {
  const average = mean(numbers);
  if (average === undefined) return undefined;
  if (numbers.length === 1) return 0;
  return Math.sqrt(sum(numbers.map((number) => (number - average) ** 2)) / (numbers.length - 1));
}

/** By the nearest rank. */
function percentile(numbers: readonly number[], percent: number | undefined): number | undefined {
  if (percent === undefined) return undefined;
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
}

const first = (entries: readonly Entry[], isBefore: (a: Entry, b: Entry) => boolean): Value =>
  entries.reduce<Entry | undefined>(
    (best, entry) => (best && !isBefore(entry, best) ? best : entry),
    undefined,
  )?.value;

/** Of numbers and of texts; numbers are above texts, as in `sort`. */
const order = (a: Value, b: Value): number => compare(a, b) ?? compareNaturally(a, b);

const distinct = (entries: readonly Entry[]): number =>
  new Set(entries.map(({ value }) => toText(value))).size;

const of = (apply: Aggregate['apply'], min = 1, max = min): Aggregate => ({ min, max, apply });

export const AGGREGATES: Readonly<Record<string, Aggregate>> = {
  count: of((entries) => entries.length, 0, 1),
  count_distinct: of(distinct),
  sum: of((entries) => sum(numbersOf(entries))),
  avg: of((entries) => mean(numbersOf(entries))),
  min: of((entries) => first(entries, (a, b) => order(a.value, b.value) < 0)),
  max: of((entries) => first(entries, (a, b) => order(a.value, b.value) > 0)),
  stddev: of((entries) => deviation(numbersOf(entries))),
  median: of((entries) => percentile(numbersOf(entries), 50)),
  pct: of((entries, [percent]) => percentile(numbersOf(entries), toNumber(percent)), 2),
  percentile: of((entries, [percent]) => percentile(numbersOf(entries), toNumber(percent)), 2),
  earliest: of((entries) => first(entries, (a, b) => a.row.timestamp < b.row.timestamp)),
  latest: of((entries) => first(entries, (a, b) => a.row.timestamp > b.row.timestamp)),
  sortsfirst: of((entries) => first(entries, (a, b) => compareNaturally(a.value, b.value) < 0)),
  sortslast: of((entries) => first(entries, (a, b) => compareNaturally(a.value, b.value) > 0)),
};
