// What a change costs whoever does not use it: default options, with the packages of this checkout and of a baseline. The
// baseline takes part twice, which shows how far apart two equal ones are on this machine.
import { fixed, median, spread, table } from '../figures.js';
import { answer, start } from '../processes.js';
import { takeTurns } from '../turns.js';
import { markedTitle } from '../variants.js';
import { cpu, logCall } from './load.js';

const MEASURED = ['putlogs-pino-stream', 'putlogs-pino-in-process', 'putlogs-pino', 'putlogs-winston'];

/** Of one run in full, which has 1,000,000 records elsewhere. */
const ROUNDS = 120;
const FULL_RECORDS = 1_000_000;
const MIN_ROUNDS = 30;

/**
 * @typedef {import('../variants.js').Variant} Variant
 * @typedef {{ variant: Variant, runs: import('../children/slices.js').Slices[] }} UnusedRow
 */

/**
 * @param {{ variants: readonly Variant[], baseline: readonly Variant[], runs: number, faults: string[],
 *   records: number }} options
 * @returns {Promise<UnusedRow[]>}
 */
export function measureUnused({ variants, baseline, records, ...options }) {
  const cases = variants.filter(({ name }) => MEASURED.includes(name)).map((variant) => ({ variant }));
  const rounds = Math.max(Math.ceil((ROUNDS * records) / FULL_RECORDS), MIN_ROUNDS);
  return takeTurns(cases, options, {
    name: ({ variant }) => `${variant.name}, baseline in between`,
    measure: ({ variant }) => measureSlices(variant, baseline[0].checkout, rounds),
    say: (slices) =>
      `${fixed(ofBaseline(slices, cpu), 3)} × CPU, control ${fixed(ofItself(slices, cpu), 3)} ×`,
  });
}

async function measureSlices({ module, options }, baseline, rounds) {
  const service = start('children/endpoint.js', {});
  try {
    const { port } = await answer(service);
    const endpoint = `http://127.0.0.1:${port}`;
    return await answer(start('children/slices.js', { module, options, baseline, rounds, endpoint }));
  } finally {
    service.kill();
  }
}

/** Divided by the mean of the two that are equal. */
const ofBaseline = ({ now, before, again }, figure) => (2 * figure(now)) / (figure(before) + figure(again));

const ofItself = ({ before, again }, figure) => figure(again) / figure(before);

/** The median over all runs. @param {UnusedRow} row */
export const unusedRatio = ({ runs }, figure) => median(runs.map((slices) => ofBaseline(slices, figure)));

/** @param {readonly UnusedRow[]} rows */
export function lostUnused(rows) {
  return rows.flatMap(({ variant, runs }) =>
    runs
      .filter(({ lost }) => lost > 0)
      .map(({ lost }) => `${variant.name}, beside the baseline: ${lost} events lost, or problems`),
  );
}

/** @param {readonly UnusedRow[]} rows */
export function unusedTable(rows) {
  const spreads = ({ runs }, figure) =>
    [ofBaseline, ofItself].map((ratioOf) =>
      spread(
        runs.map((slices) => ratioOf(slices, figure)),
        3,
      ),
    );
  return table(
    [
      'default options',
      'log call, × baseline',
      'the baseline, × itself',
      'CPU, × baseline',
      'the baseline, × itself',
    ],
    rows.map((row) => [row.variant.name, ...spreads(row, logCall), ...spreads(row, cpu)]),
  );
}

/** For docs/benchmarks.md. @param {readonly UnusedRow[]} rows */
export function unusedSummary(rows) {
  const both = (row, figure) => {
    const control = row.runs.map((slices) => fixed(ofItself(slices, figure), 2)).sort();
    return [`${fixed(unusedRatio(row, figure), 2)} ×`, `${control[0]}–${control.at(-1)}`];
  };
  return table(
    [
      'default options',
      'log call, × the version before',
      'that, × itself',
      'CPU, × the version before',
      'that, × itself',
    ],
    rows.map((row) => [markedTitle(row.variant), ...both(row, logCall), ...both(row, cpu)]),
  );
}
