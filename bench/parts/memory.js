// Peak RSS of whole processes: at a steady rate, and in floods that no network keeps up with.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { count, median, megabytes, spread, table } from '../figures.js';
import { lost } from '../lost.js';
import { takeTurns } from '../turns.js';
import { markedTitle } from '../variants.js';
import { measure } from './load.js';

/** More than a flood of four million records needs, if hardly anything of it were sent meanwhile. */
const SPOOL_MAX_BYTES = 2 ** 32;

/** A second, in the steady load. */
const RATE = 50_000;

/** Of floods. The others, which take longest, are measured once. */
const MAX_RUNS = { steady: 1, flood: 2, 'long flood': 1 };

const MEASURED = ['pino-floor', 'putlogs-pino', 'winston-floor', 'putlogs-winston'];

/**
 * @typedef {'steady' | 'flood' | 'long flood'} MemoryLoad
 * @typedef {{ variant: import('../variants.js').Variant, load: MemoryLoad, hasSpool: boolean, maxRuns: number }} Case
 * @typedef {Case & { runs: import('./load.js').Result[] }} MemoryRow
 */

/**
 * @param {{ variants: readonly import('../variants.js').Variant[], runs: number, faults: string[], records: number }} options
 *   the records of a flood, and of the steady load; a long flood has four times as many
 * @returns {Promise<MemoryRow[]>}
 */
export function measureMemory({ variants, records, ...options }) {
  const loads = {
    steady: { records, rate: RATE },
    flood: { records },
    'long flood': { records: 4 * records },
  };
  return takeTurns(casesOf(variants), options, {
    name: (row) => `${nameOf(row)}, ${row.load}`,
    measure: ({ variant, load, hasSpool }) =>
      withFolder(hasSpool, (options) => measure(variant, { ...loads[load], options })),
    say: ({ peakRssBytes }) => `peak RSS ${megabytes(peakRssBytes)} MB`,
  });
}

/** @returns {Case[]} */
function casesOf(variants) {
  const measured = variants.filter(({ name }) => MEASURED.includes(name));
  return ['steady', 'flood', 'long flood'].flatMap((load) =>
    measured.flatMap((variant) => {
      const case_ = { variant, load, hasSpool: false, maxRuns: MAX_RUNS[load] };
      return variant.role === 'ours' && load !== 'steady' ? [case_, { ...case_, hasSpool: true }] : [case_];
    }),
  );
}

/** With a spool in a folder of its own, if there is to be one. */
async function withFolder(hasSpool, use) {
  if (!hasSpool) return use(undefined);
  const spoolDirectory = mkdtempSync(join(tmpdir(), 'putlogs-bench-'));
  try {
    return await use({ spoolDirectory, spoolMaxBytes: SPOOL_MAX_BYTES });
  } finally {
    rmSync(spoolDirectory, { recursive: true });
  }
}

const nameOf = ({ variant, hasSpool }) => (hasSpool ? `${variant.name}, spool` : variant.name);

/** @param {readonly MemoryRow[]} rows */
export function memoryTable(rows) {
  return table(
    ['', 'load', 'records', 'peak RSS, MB', 'above the floor, MB', 'delivered', 'dropped', 'reported'],
    rows.map((row) => [
      nameOf(row),
      row.load,
      count(row.runs[0].records),
      spread(
        row.runs.map(({ peakRssBytes }) => peakRssBytes / 1e6),
        0,
      ),
      row.variant.role === 'floor' ? '' : megabytes(aboveFloor(rows, row)),
      row.variant.role === 'floor' ? '' : count(Math.min(...row.runs.map(({ delivered }) => delivered))),
      row.variant.role === 'floor' ? '' : count(droppedIn(row)),
      [...new Set(row.runs.flatMap(({ problems }) => problems))].join(', '),
    ]),
  );
}

/** For docs/benchmarks.md: a line a way to run, a column a load. */
export function memorySummary(rows) {
  const loads = ['steady', 'flood', 'long flood'];
  const heads = loads.map((load) => {
    const records = rows.find((row) => row.load === load)?.runs[0].records;
    return records === undefined ? load : `${load}: ${count(records)} records`;
  });
  const cell = (variant, hasSpool, load) => {
    const row = rows.find(
      (row) => row.variant.name === variant.name && row.hasSpool === hasSpool && row.load === load,
    );
    if (row === undefined) return '';
    const dropped = droppedIn(row);
    const loss = dropped === 0 ? '' : `, ${Math.round((dropped / row.runs[0].records) * 100)} % dropped`;
    return `${megabytes(peakOf(row))}${loss}`;
  };
  return table(
    ['peak RSS, MB', ...heads],
    rows
      .filter(({ load }) => load === 'flood')
      .map(({ variant, hasSpool }) => [
        `${markedTitle(variant)}${hasSpool ? ', with a spool' : ''}`,
        ...loads.map((load) => cell(variant, hasSpool, load)),
      ]),
  );
}

/** The median. @param {MemoryRow} row */
export function peakOf({ runs }) {
  return median(runs.map(({ peakRssBytes }) => peakRssBytes));
}

/** In the worst of the runs. @param {MemoryRow} row */
export function droppedIn({ runs }) {
  return Math.max(...runs.map(({ dropped }) => dropped));
}

/** NaN where the floor was not measured. @param {readonly MemoryRow[]} rows @param {MemoryRow} row */
export function aboveFloor(rows, row) {
  const floor = rows.find(
    ({ variant, load }) => variant.name === `${row.variant.logger}-floor` && load === row.load,
  );
  return floor === undefined ? Number.NaN : peakOf(row) - peakOf(floor);
}

/** @param {readonly MemoryRow[]} rows */
export function lostInMemoryPart(rows) {
  return rows
    .filter(({ variant }) => variant.role === 'ours')
    .flatMap((row) => row.runs.flatMap((result) => lost(`${nameOf(row)}, ${row.load}`, result)));
}
