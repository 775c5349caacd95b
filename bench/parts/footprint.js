// Memory of a process that logs next to nothing: what a transport adds to a logger that writes to stdout.
import { fixed, median, megabytes, spread, table } from '../figures.js';
import { takeTurns } from '../turns.js';
import { markedTitle } from '../variants.js';
import { measure } from './load.js';

const LOAD = { records: 2000, rate: 100, warmUp: { records: 100, rate: 100 } };

const MEASURED = [
  'pino-stdout',
  'putlogs-pino-stream',
  'putlogs-pino-in-process',
  'putlogs-pino',
  'winston-stdout',
  'putlogs-winston',
];

/** @typedef {import('./load.js').Row} Row */

/**
 * @param {{ variants: readonly import('../variants.js').Variant[], runs: number, faults: string[] }} options
 * @returns {Promise<Row[]>}
 */
export function measureFootprint({ variants, ...options }) {
  const cases = variants.filter(({ name }) => MEASURED.includes(name)).map((variant) => ({ variant }));
  return takeTurns(cases, options, {
    name: ({ variant }) => `${variant.name}, 100/s`,
    measure: ({ variant }) => measure(variant, LOAD),
    say: ({ rssBytes }) => `RSS ${megabytes(rssBytes)} MB`,
    // Each takes a hundredth of a core, and memory is not time.
    atOnce: cases.length,
  });
}

/** @param {readonly Row[]} rows */
export function footprintTable(rows) {
  return table(
    ['100 records/s', 'RSS, MB', 'added, MB'],
    rows.map((row) => [
      row.variant.name,
      spread(
        row.runs.map(({ rssBytes }) => rssBytes / 1e6),
        1,
      ),
      addedText(rows, row),
    ]),
  );
}

/** For docs/benchmarks.md. @param {readonly Row[]} rows */
export function footprintSummary(rows) {
  return table(
    ['RSS at 100 records a second', 'MB', 'added to stdout, MB'],
    rows.map((row) => [markedTitle(row.variant), fixed(rssOf(row) / 1e6, 0), addedText(rows, row)]),
  );
}

function addedText(rows, row) {
  const added = addedBytes(rows, row);
  return row.variant.role === 'floor' || Number.isNaN(added) ? '' : fixed(added / 1e6, 1);
}

const rssOf = ({ runs }) => median(runs.map(({ rssBytes }) => rssBytes));

/** To the logger that writes to stdout; NaN where that was not measured. @param {readonly Row[]} rows @param {Row} row */
export function addedBytes(rows, row) {
  const base = rows.find(({ variant }) => variant.name === `${row.variant.logger}-stdout`);
  return base === undefined ? Number.NaN : rssOf(row) - rssOf(base);
}
