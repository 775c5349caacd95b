// Floors, ours and peers side by side under a load: the parts flood and steady.
import { count, fixed, median } from '../figures.js';
import { print, runAgainstEndpoint } from '../processes.js';

/**
 * One run of one variant: what the measured process saw, what our transport said, and what the endpoint got.
 * @typedef {{
 *   records: number, recordsPerSecond: number,
 *   logCallMicros: number, cpuMicros: number, wallMs: number, peakRssBytes: number,
 *   accepted: number, dropped: number, problems: string[],
 *   requests: number, events: number, fill: number, wireBytes: number, bodyBytes: number,
 *   delivered: number, doubled: number, refused: number,
 * }} Result
 *
 * @typedef {{ variant: import('../variants.js').Variant, runs: Result[] }} Row
 */

/**
 * Interleaved, so that what slows the machine for a while does not slow one variant alone.
 * @param {{ variants: readonly import('../variants.js').Variant[], runs: number, records: number, rate?: number }} load
 * @returns {Promise<Row[]>}
 */
export async function measureLoad({ variants, runs, records, rate }) {
  const rows = variants.map((variant) => ({ variant, runs: [] }));
  for (let run = 1; run <= runs; run++) {
    for (const { variant, runs: results } of rows) {
      const result = await measure(variant, { records, rate });
      results.push(result);
      const { logCallMicros, cpuMicros, dropped } = result;
      const loss = dropped > 0 ? `, ${count(dropped)} dropped` : '';
      print(
        `${run}/${runs} ${variant.name}: ${fixed(logCallMicros, 2)} µs log call, ${fixed(cpuMicros, 2)} µs CPU${loss}\n`,
      );
    }
  }
  return rows;
}

/**
 * @param {import('../variants.js').Variant} variant
 * @returns {Promise<Result>}
 */
export async function measure({ name, role, maxRecords = Infinity }, { records: asked, rate, options }) {
  const records = Math.min(asked, maxRecords);
  const { seen, got } = await runAgainstEndpoint('children/load.js', {
    variant: name,
    records,
    rate,
    options,
  });
  const { cpuMs, wallMs } = seen;
  // What was dropped was not sent: spread over all records, its absence would flatter.
  const done = role === 'floor' ? records : got.delivered;
  return {
    records,
    recordsPerSecond: (got.delivered / wallMs) * 1000,
    cpuMicros: (cpuMs * 1000) / done,
    ...seen,
    ...got,
  };
}

/**
 * The median of a figure over the runs of a variant, NaN when it was not measured.
 * @param {Row | undefined} row
 * @param {(result: Result) => number} figure
 */
export const medianOf = (row, figure) => (row ? median(row.runs.map(figure)) : Number.NaN);

export const logCall = ({ logCallMicros }) => logCallMicros;
export const cpu = ({ cpuMicros }) => cpuMicros;
export const throughput = ({ recordsPerSecond }) => recordsPerSecond;
export const fill = ({ fill }) => fill;
export const wireShare = ({ wireBytes, bodyBytes }) => wireBytes / bodyBytes;

export const droppedShare = ({ dropped, records }) => dropped / records;

/** @param {readonly Row[]} rows */
export const rowOf = (rows, name) => rows.find(({ variant }) => variant.name === name);

/** @param {readonly Row[]} rows */
export const floorOf = (rows, { logger }) =>
  rows.find(({ variant }) => variant.logger === logger && variant.role === 'floor');

/** The medians of two variants, one divided by the other. */
export const ratio = (row, other, figure) => medianOf(row, figure) / medianOf(other, figure);
