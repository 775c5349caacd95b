import type { Turn } from '../clock/turn.js';
import type { Expression } from './expression.js';
import { Row } from './row.js';
import { compareNaturally, isTrue, toText, type Value } from './value.js';

/** A column of the result, or of a group. */
export interface Column {
  readonly name: string;
  readonly value: Expression;
}

/** One command of a query. */
export type Stage =
  | { readonly kind: 'filter'; readonly condition: Expression }
  | { readonly kind: 'define'; readonly columns: readonly Column[] }
  | {
      readonly kind: 'parse';
      readonly source: Expression;
      readonly extract: (text: string) => Fields | undefined;
    }
  | {
      readonly kind: 'stats';
      readonly columns: readonly Column[];
      readonly by: readonly Column[];
      /** The arguments of the aggregates, which remember their values: of each row before they are aggregated. */
      readonly inputs: readonly Expression[];
    }
  | { readonly kind: 'sort'; readonly keys: readonly SortKey[] }
  | { readonly kind: 'limit'; readonly count: number }
  | { readonly kind: 'dedup'; readonly values: readonly Expression[] };

type Fields = Iterable<readonly [string, string]>;

export interface SortKey {
  readonly value: Expression;
  readonly descending: boolean;
}

export interface Query {
  readonly stages: readonly Stage[];
  /** The columns of the result, in order. */
  readonly columns: readonly string[];
}

export interface QueryResult {
  /** Fields that a row does not have are left out. */
  readonly rows: readonly (readonly { readonly field: string; readonly value: string }[])[];
  /** How many events passed all filters. */
  readonly matched: number;
}

/** Runs a query. @param rows the events, newest first @param limit the maximum number of rows */
export async function runQuery(
  { stages, columns }: Query,
  rows: readonly Row[],
  limit: number,
  turn: Turn,
): Promise<QueryResult> {
  let current = rows;
  let matched: number | undefined;
  for (const stage of stages) {
    if (stage.kind === 'stats') matched ??= current.length;
    const isCut = stage.kind === 'limit' || stage.kind === 'dedup';
    if (isCut) matched ??= current.length;
    current = await apply(stage, current, turn);
  }
  return {
    matched: matched ?? current.length,
    rows: current.slice(0, limit).map((row) => show(row, columns)),
  };
}

function show(row: Row, columns: readonly string[]): QueryResult['rows'][number] {
  const names = row.pointer === undefined ? columns : [...columns.filter((name) => name !== '@ptr'), '@ptr'];
  return names.flatMap((field) => {
    const value = row.get(field);
    return value === undefined ? [] : [{ field, value: toText(value) }];
  });
}

async function apply(stage: Stage, rows: readonly Row[], turn: Turn): Promise<readonly Row[]> {
  switch (stage.kind) {
    case 'filter':
      return select(rows, turn, (row) => isTrue(stage.condition(row, [])));
    case 'define':
      await turn.forEach(rows, (row) => {
        for (const { name, value } of stage.columns) row.set(name, value(row, []));
      });
      return rows;
    case 'parse':
      await turn.forEach(rows, (row) => extract(row, stage));
      return rows;
    case 'stats':
      return aggregate(stage, rows, turn);
    case 'sort':
      return sortRows(rows, stage.keys, turn);
    case 'limit':
      return rows.slice(0, stage.count);
    case 'dedup':
      return withoutDuplicates(rows, stage.values, turn);
  }
}

async function select(
  rows: readonly Row[],
  turn: Turn,
  isWanted: (row: Row) => boolean,
): Promise<readonly Row[]> {
  const selected: Row[] = [];
  await turn.forEach(rows, (row) => {
    if (isWanted(row)) selected.push(row);
  });
  return selected;
}

function extract(row: Row, { source, extract: read }: Extract<Stage, { kind: 'parse' }>): void {
  const value = source(row, []);
  const found = value === undefined ? undefined : read(toText(value));
  for (const [name, text] of found ?? []) row.set(name, text);
}

/** A row for each group. Without `by`, all rows are one group, even if there are none. */
async function aggregate(
  { columns, by, inputs }: Extract<Stage, { kind: 'stats' }>,
  rows: readonly Row[],
  turn: Turn,
): Promise<readonly Row[]> {
  const groups = new Map<string, Row[]>();
  await turn.forEach(rows, (row) => {
    for (const input of inputs) input(row, []);
    const key = JSON.stringify(by.map(({ value }) => textOf(value, row)));
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  });
  if (by.length === 0 && rows.length === 0) groups.set('', []);
  return [...groups.values()].map((group) => {
    const row = group[0] ?? new Row(undefined);
    return new Row(
      undefined,
      [...by, ...columns].map(({ name, value }) => [name, value(row, group)] as const),
    );
  });
}

const textOf = (value: Expression, row: Row): string | null => {
  const found = value(row, []);
  return found === undefined ? null : toText(found);
};

async function sortRows(rows: readonly Row[], keys: readonly SortKey[], turn: Turn): Promise<readonly Row[]> {
  const sorted: { readonly row: Row; readonly values: readonly Value[] }[] = [];
  await turn.forEach(rows, (row) => {
    sorted.push({ row, values: keys.map(({ value }) => value(row, [])) });
  });
  return sorted.sort((a, b) => compareValues(a.values, b.values, keys)).map(({ row }) => row);
}

function compareValues(a: readonly Value[], b: readonly Value[], keys: readonly SortKey[]): number {
  for (const [index, { descending }] of keys.entries()) {
    const order = compareNaturally(a[index], b[index]);
    if (order !== 0) return descending ? -order : order;
  }
  return 0;
}

/** The first row with each combination of values. Rows that lack one of them are all kept. */
function withoutDuplicates(
  rows: readonly Row[],
  values: readonly Expression[],
  turn: Turn,
): Promise<readonly Row[]> {
  const seen = new Set<string>();
  return select(rows, turn, (row) => {
    const texts = values.map((value) => textOf(value, row));
    const key = JSON.stringify(texts);
    if (texts.includes(null)) return true;
    return !seen.has(key) && Boolean(seen.add(key));
  });
}
