// Memory of a process that logs next to nothing: what a transport adds to a logger that writes to stdout.
import { fixed, megabytes, spread, table } from '../figures.js';
import { takeTurns } from '../turns.js';
import { markedTitle } from '../variants.js';
import { measure, medianOf, rowOf } from './load.js';

const LOAD = { records: 2000, rate: 100, warmUp: { records: 100, rate: 100 } };

const MEASURED = [
  'pino-stdout',
  'pino-stdout-sdk',
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
    say: ({ peakRssBytes, anonymousBytes }) =>
      `RSS ${megabytes(peakRssBytes)} MB, ${megabytes(anonymousBytes)} MB of it anonymous at the end`,
    // Each takes a hundredth of a core, and memory is not time.
    atOnce: cases.length,
  });
}

/** @param {readonly Row[]} rows */
export function footprintTable(rows) {
  const figure = ({ runs }, value) =>
    spread(
      runs.map((run) => value(run) / 1e6),
      1,
    );
  return table(
    ['100 records/s', 'peak RSS, MB', 'added, MB', 'anonymous at the end, MB', 'added, MB'],
    rows.map((row) => [
      row.variant.name,
      figure(row, peakRss),
      addedText(rows, row, peakRss),
      figure(row, anonymous),
      addedText(rows, row, anonymous),
    ]),
  );
}

/** For docs/benchmarks.md. @param {readonly Row[]} rows */
export function footprintSummary(rows) {
  return table(
    ['peak RSS at 100 records a second', 'MB', 'added to stdout, MB'],
    rows.map((row) => [
      markedTitle(row.variant),
      megabytes(medianOf(row, peakRss)),
      addedText(rows, row, peakRss),
    ]),
  );
}

function addedText(rows, row, figure) {
  const added = addedBytes(rows, row, figure);
  return row.variant.name === stdoutOf(row) || Number.isNaN(added) ? '' : fixed(added / 1e6, 1);
}

export const peakRss = ({ peakRssBytes }) => peakRssBytes;
const anonymous = ({ anonymousBytes }) => anonymousBytes;

/** To the logger that writes to stdout; NaN where that was not measured. @param {readonly Row[]} rows @param {Row} row */
export function addedBytes(rows, row, figure) {
  return medianOf(row, figure) - medianOf(rowOf(rows, stdoutOf(row)), figure);
}

const stdoutOf = ({ variant }) => `${variant.logger}-stdout`;
