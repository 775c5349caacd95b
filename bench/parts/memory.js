// Peak RSS of whole processes: at a steady rate, and in floods that no network keeps up with.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { count, megabytes, table } from '../figures.js';
import { lost } from '../lost.js';
import { print } from '../processes.js';
import { markedTitle, variantNamed } from '../variants.js';
import { measure } from './load.js';

/** More than a flood of four million records needs, if hardly anything of it were sent meanwhile. */
const SPOOL_MAX_BYTES = 2 ** 32;

/**
 * @typedef {'steady' | 'flood' | 'long flood'} Load
 * @typedef {{ variant: string, logger: string, role: string, load: Load, hasSpool: boolean }} Case
 * @typedef {Case & { result: import('./load.js').Result }} MemoryRow
 */

/**
 * Once each: a peak hardly varies, and a minute is long.
 * @param {{ records: number, rate: number }} load the records of a flood; a long one has four times as many, and
 *   the steady one three times: a minute of it, by default
 * @returns {Promise<MemoryRow[]>}
 */
export async function measureMemory({ records, rate }) {
  const loads = {
    steady: { records: 3 * records, rate },
    flood: { records },
    'long flood': { records: 4 * records },
  };
  const rows = [];
  for (const case_ of cases()) {
    const { variant, load, hasSpool } = case_;
    const result = await withFolder(hasSpool, (options) =>
      measure(variantNamed(variant), { ...loads[load], options }),
    );
    rows.push({ ...case_, result });
    print(`${nameOf(case_)}, ${load}: peak RSS ${megabytes(result.peakRssBytes)} MB\n`);
  }
  return rows;
}

/** @returns {Case[]} */
function cases() {
  const variants = ['pino-floor', 'awslogs-pino', 'winston-floor', 'awslogs-winston'].map(variantNamed);
  return ['steady', 'flood', 'long flood'].flatMap((load) =>
    variants.flatMap(({ name, logger, role }) => {
      const case_ = { variant: name, logger, role, load, hasSpool: false };
      return role === 'ours' && load !== 'steady' ? [case_, { ...case_, hasSpool: true }] : [case_];
    }),
  );
}

/** With a spool in a folder of its own, if there is to be one. */
async function withFolder(hasSpool, use) {
  if (!hasSpool) return use(undefined);
  const spoolDirectory = mkdtempSync(join(tmpdir(), 'awslogs-bench-'));
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
      count(row.result.records),
      megabytes(row.result.peakRssBytes),
      row.role === 'floor' ? '' : megabytes(aboveFloor(rows, row)),
      row.role === 'floor' ? '' : count(row.result.delivered),
      row.role === 'floor' ? '' : count(row.result.dropped),
      [...new Set(row.result.problems)].join(', '),
    ]),
  );
}

/** The README's: a line a way to run, a column a load. */
export function memorySummary(rows) {
  const loads = ['steady', 'flood', 'long flood'];
  const heads = loads.map((load) => {
    const { records } = rows.find((row) => row.load === load).result;
    return `${load}: ${count(records)} records`;
  });
  const cell = (variant, hasSpool, load) => {
    const row = rows.find((row) => row.variant === variant && row.hasSpool === hasSpool && row.load === load);
    if (row === undefined) return '';
    const { peakRssBytes, dropped, records } = row.result;
    const loss = dropped === 0 ? '' : `, ${Math.round((dropped / records) * 100)} % dropped`;
    return `${megabytes(peakRssBytes)}${loss}`;
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

/** @param {readonly MemoryRow[]} rows @param {MemoryRow} row */
export function aboveFloor(rows, { logger, load, result }) {
  const floor = rows.find((row) => row.role === 'floor' && row.logger === logger && row.load === load);
  return result.peakRssBytes - floor.result.peakRssBytes;
}

/** @param {readonly MemoryRow[]} rows */
export function lostInMemoryPart(rows) {
  return rows
    .filter(({ role }) => role === 'ours')
    .flatMap((row) => lost(`${nameOf(row)}, ${row.load}`, row.result));
}
