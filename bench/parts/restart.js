// A worker that is killed under load: when records flow again, and whether the loss is told exactly.
import { count, fixed, median, spread, table } from '../figures.js';
import { takeTurns } from '../turns.js';
import { markedTitle } from '../variants.js';
import { measure } from './load.js';

const RATE = 5000;

/** Killed after a second; the load goes on for four. The flush interval would hide how soon the next worker is there. */
const LOAD = {
  rate: RATE,
  records: 5 * RATE,
  killAt: RATE,
  warmUp: { records: RATE },
  options: { flushIntervalMs: 100 },
};

const MEASURED = ['putlogs-pino-stream', 'putlogs-winston'];

/** @typedef {import('./load.js').Row} Row */

/**
 * @param {{ variants: readonly import('../variants.js').Variant[], runs: number, faults: string[] }} options
 * @returns {Promise<Row[]>}
 */
export function measureRestart({ variants, ...options }) {
  const cases = variants.filter(({ name }) => MEASURED.includes(name)).map((variant) => ({ variant }));
  return takeTurns(cases, options, {
    name: ({ variant }) => `${variant.name}, worker killed`,
    measure: ({ variant }) => measure(variant, LOAD),
    say: (result) => `records flow again after ${fixed(pauseMs(result), 0)} ms, ${lossText(result)}`,
  });
}

const lossText = (result) => `${count(missing(result))} lost, ${count(result.dropped)} told`;

const missing = ({ records, delivered }) => records - delivered;

/** From the kill to the arrival of the first record that was logged behind it. */
const pauseMs = ({ markedAt, killedAt }) =>
  markedAt === null ? Number.POSITIVE_INFINITY : markedAt - killedAt;

/** The median. @param {Row} row */
export const pauseOf = ({ runs }) => median(runs.map(pauseMs));

/** More may be told than is missing, since the worker knew nothing of its last request; never less. @param {readonly Row[]} rows */
export function untoldLosses(rows) {
  return rows.flatMap(({ variant, runs }) =>
    runs
      .filter((result) => missing(result) > result.dropped || result.doubled + result.refused > 0)
      .map((result) => `${variant.name}, worker killed: ${lossText(result)}, ${result.doubled} doubled`),
  );
}

/** In how many runs. @param {Row} row */
export const toldExactly = ({ runs }) => runs.filter((result) => missing(result) === result.dropped).length;

/** @param {readonly Row[]} rows */
export function restartTable(rows) {
  return table(
    [
      'worker killed at 5,000 records/s',
      'records flow again after, ms',
      'lost',
      'told as lost',
      'exactly, runs',
    ],
    rows.map((row) => [
      row.variant.name,
      spread(row.runs.map(pauseMs), 0),
      spread(row.runs.map(missing), 0),
      spread(
        row.runs.map(({ dropped }) => dropped),
        0,
      ),
      `${toldExactly(row)} of ${row.runs.length}`,
    ]),
  );
}

/** For docs/benchmarks.md. @param {readonly Row[]} rows */
export function restartSummary(rows) {
  return table(
    ['worker killed at 5,000 records a second', 'records flow again after, ms', 'lost', 'told as lost'],
    rows.map((row) => [
      markedTitle(row.variant),
      fixed(pauseOf(row), 0),
      count(median(row.runs.map(missing))),
      count(median(row.runs.map(({ dropped }) => dropped))),
    ]),
  );
}
