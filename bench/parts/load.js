// Floors, ours and peers side by side under a load: in a flood, and what other parts measure with.
import { count, fixed, median } from '../figures.js';
import { runAgainstEndpoint } from '../processes.js';
import { takeTurns } from '../turns.js';

/**
 * One run of one variant: what the measured process saw, what our transport said, and what the endpoint got.
 * @typedef {{
 *   records: number, recordsPerSecond: number,
 *   logCallMicros: number, cpuMicros: number, cpuMs: number, lifeCpuMs: number, wallMs: number,
 *   anonymousBytes: number, peakRssBytes: number, killedAt?: number,
 *   accepted: number, dropped: number, problems: string[],
 *   requests: number, events: number, fill: number, wireBytes: number, bodyBytes: number,
 *   delivered: number, doubled: number, refused: number, markedAt: number | null,
 * }} Result
 *
 * @typedef {{ variant: import('../variants.js').Variant, runs: Result[] }} Row
 *
 * @typedef {object} Load
 * @property {number} records
 * @property {number} [rate] a second; default: as fast as the event loop turns
 * @property {{ records: number, rate?: number }} [warmUp] default: 50,000 records at the same rate
 * @property {object} [options] of the transport
 * @property {number} [killAt] the worker is ended before this record is logged
 * @property {string} [fluentBit] path of its binary
 */

const WARM_UP_RECORDS = 50_000;

/**
 * @param {{ variants: readonly import('../variants.js').Variant[], runs: number, faults: string[], records: number,
 *   fluentBit?: string }} options
 * @returns {Promise<Row[]>}
 */
export function measureFlood({ variants, records, fluentBit, ...options }) {
  // Those that write to stdout for nobody are compared in the part `footprint`.
  const cases = variants
    .filter(({ output }) => output !== 'null')
    .map((variant) => ({ variant, maxRuns: variant.maxRuns }));
  return takeTurns(cases, options, {
    name: ({ variant }) => variant.name,
    measure: ({ variant }) =>
      measure(variant, { records: Math.min(records, variant.maxRecords ?? records), fluentBit }),
    say: sayLoad,
  });
}

/** @param {Result} result */
export function sayLoad({ logCallMicros, cpuMicros, dropped }) {
  const loss = dropped > 0 ? `, ${count(dropped)} dropped` : '';
  return `${fixed(logCallMicros, 2)} µs log call, ${fixed(cpuMicros, 2)} µs CPU${loss}`;
}

/**
 * @param {import('../variants.js').Variant} variant
 * @param {Load} load
 * @returns {Promise<Result>}
 */
export async function measure(variant, { fluentBit, options, ...load }) {
  const { records, rate } = load;
  const isDiscarded = variant.role === 'floor';
  const task = {
    warmUp: { records: Math.min(WARM_UP_RECORDS, records), rate },
    ...load,
    options: { ...variant.options, ...options },
    variant: variant.name,
    module: variant.module,
    checkout: variant.checkout,
    isDiscarded,
  };
  const { output } = variant;
  const { seen, got } = await runAgainstEndpoint('children/load.js', task, { output, fluentBit });
  const { cpuMs, wallMs } = seen;
  // What was dropped was not sent: spread over all records, its absence would flatter.
  const done = isDiscarded ? records : got.delivered;
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
export const floorOf = (rows, { logger }) => rowOf(rows, `${logger}-floor`);

/** The medians of two variants, one divided by the other. */
export const ratio = (row, other, figure) => medianOf(row, figure) / medianOf(other, figure);
