// Peak RSS of whole processes: at a steady rate, and in floods that no network keeps up with.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { count, median, megabytes, spread, table } from '../figures.js';
import { lost } from '../lost.js';
import { print } from '../processes.js';
import { markedTitle, variantNamed } from '../variants.js';
import { measure } from './load.js';

/** More than a flood of four million records needs, if hardly anything of it were sent meanwhile. */
const SPOOL_MAX_BYTES = 2 ** 32;

/** Of floods: a long one takes a quarter of a minute. The steady load, which takes a minute, is measured once. */
const MAX_RUNS = 3;

const MEASURED = ['pino-floor', 'putlogs-pino', 'winston-floor', 'putlogs-winston'];

/**
 * @typedef {'steady' | 'flood' | 'long flood'} Load
 * @typedef {{ variant: string, logger: string, role: string, load: Load, hasSpool: boolean }} Case
 * @typedef {Case & { runs: import('./load.js').Result[] }} MemoryRow
 */

/**
 * Interleaved.
 * @param {{ variants: readonly import('../variants.js').Variant[], runs: number, records: number, rate: number }} load
 *   the records of a flood; a long one has four times as many, and the steady one three times: a minute of it, by default
 * @returns {Promise<MemoryRow[]>}
 */
export async function measureMemory({ variants, runs, records, rate }) {
  const loads = {
    steady: { records: 3 * records, rate },
    flood: { records },
    'long flood': { records: 4 * records },
  };
  /** @type {MemoryRow[]} */
  const rows = casesOf(variants).map((case_) => ({ ...case_, runs: [] }));
  const times = Math.min(runs, MAX_RUNS);
  for (let run = 1; run <= times; run++) {
    for (const row of rows) {
      const { variant, load, hasSpool } = row;
      if (load === 'steady' && run > 1) continue;
      const result = await withFolder(hasSpool, (options) =>
        measure(variantNamed(variant), { ...loads[load], options }),
      );
      row.runs.push(result);
      print(`${run}/${times} ${nameOf(row)}, ${load}: peak RSS ${megabytes(result.peakRssBytes)} MB\n`);
    }
  }
  return rows;
}

/** @returns {Case[]} */
function casesOf(variants) {
  const measured = variants.filter(({ name }) => MEASURED.includes(name));
  return ['steady', 'flood', 'long flood'].flatMap((load) =>
    measured.flatMap(({ name, logger, role }) => {
      const case_ = { variant: name, logger, role, load, hasSpool: false };
      return role === 'ours' && load !== 'steady' ? [case_, { ...case_, hasSpool: true }] : [case_];
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

const nameOf = ({ variant, hasSpool }) => (hasSpool ? `${variant}, spool` : variant);

/** @param {readonly MemoryRow[]} rows */
export function memoryTable(rows) {
  return table(
    ['', 'load', 'records', 'peak RSS, MB', 'above the floor, MB', 'delivered', 'dropped', 'told'],
    rows.map((row) => [
      nameOf(row),
      row.load,
      count(row.runs[0].records),
      spread(
        row.runs.map(({ peakRssBytes }) => peakRssBytes / 1e6),
        0,
      ),
      row.role === 'floor' ? '' : megabytes(aboveFloor(rows, row)),
      row.role === 'floor' ? '' : count(Math.min(...row.runs.map(({ delivered }) => delivered))),
      row.role === 'floor' ? '' : count(droppedIn(row)),
      [...new Set(row.runs.flatMap(({ problems }) => problems))].join(', '),
    ]),
  );
}

/** For docs/benchmarks.md: a line a way to run, a column a load. */
export function memorySummary(rows) {
  const loads = ['steady', 'flood', 'long flood'];
  const heads = loads.map((load) => {
    const [{ records }] = rows.find((row) => row.load === load).runs;
    return `${load}: ${count(records)} records`;
  });
  const cell = (variant, hasSpool, load) => {
    const row = rows.find((row) => row.variant === variant && row.hasSpool === hasSpool && row.load === load);
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
        `${markedTitle(variantNamed(variant))}${hasSpool ? ', with a spool' : ''}`,
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
    ({ role, logger, load }) => role === 'floor' && logger === row.logger && load === row.load,
  );
  return floor === undefined ? Number.NaN : peakOf(row) - peakOf(floor);
}

/** @param {readonly MemoryRow[]} rows */
export function lostInMemoryPart(rows) {
  return rows
    .filter(({ role }) => role === 'ours')
    .flatMap((row) => row.runs.flatMap((result) => lost(`${nameOf(row)}, ${row.load}`, result)));
}
