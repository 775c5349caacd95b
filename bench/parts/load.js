// Floors, ours and peers side by side under a load: the parts flood and steady.
import { count, fixed, median, megabytes, percent, spread, table, times } from '../figures.js';
import { print, runAgainstEndpoint } from '../processes.js';
import { markedTitle } from '../variants.js';

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
export const rate = ({ recordsPerSecond }) => recordsPerSecond;
export const fill = ({ fill }) => fill;
export const wireShare = ({ wireBytes, bodyBytes }) => wireBytes / bodyBytes;

/** @param {readonly Row[]} rows */
export const rowOf = (rows, name) => rows.find(({ variant }) => variant.name === name);

/** @param {readonly Row[]} rows */
export const floorOf = (rows, { logger }) =>
  rows.find(({ variant }) => variant.logger === logger && variant.role === 'floor');

/** The medians of two variants, one divided by the other. */
export const ratio = (row, other, figure) => medianOf(row, figure) / medianOf(other, figure);

/** @param {readonly Row[]} rows */
export function loadTables(rows) {
  return `${costTable(rows)}\n\n${deliveryTable(rows)}`;
}

/** What a log line costs the application. */
function costTable(rows) {
  const peer = rowOf(rows, 'winston-cloudwatch');
  const spreadOf = ({ runs }, figure, digits) => spread(runs.map(figure), digits);
  return table(
    ['', 'log call, µs', '× floor', 'CPU, µs', '× floor', '× winston-cloudwatch', 'peak RSS, MB'],
    rows.map((row) => [
      row.variant.name,
      spreadOf(row, logCall, 2),
      times(ratio(row, floorOf(rows, row.variant), logCall)),
      spreadOf(row, cpu, 2),
      times(ratio(row, floorOf(rows, row.variant), cpu)),
      times(ratio(row, peer, cpu)),
      spreadOf(row, ({ peakRssBytes }) => peakRssBytes / 1e6, 0),
    ]),
  );
}

/** What became of the records, and how they travelled. */
function deliveryTable(rows) {
  const head = ['', 'records', 'wall, s', 'records/s', 'requests', 'batch fill', 'bytes/record', 'of JSON'];
  return table(
    [...head, 'delivered', 'dropped', 'doubled', 'refused'],
    rows
      .filter(({ variant }) => variant.role !== 'floor')
      .map((row) => [
        row.variant.name,
        count(medianOf(row, ({ records }) => records)),
        spread(
          row.runs.map(({ wallMs }) => wallMs / 1000),
          2,
        ),
        count(medianOf(row, rate)),
        count(medianOf(row, ({ requests }) => requests)),
        percent(medianOf(row, fill)),
        fixed(
          medianOf(row, ({ wireBytes, events }) => wireBytes / events),
          1,
        ),
        percent(medianOf(row, wireShare)),
        // Of all runs, the worst: a median would hide a loss.
        count(Math.min(...row.runs.map(({ delivered }) => delivered))),
        ...['dropped', 'doubled', 'refused'].map((fate) =>
          count(Math.max(...row.runs.map((run) => run[fate]))),
        ),
      ]),
  );
}

/** The README's. @param {readonly Row[]} rows */
export function steadySummary(rows) {
  return table(
    ['', 'log call, µs', '× floor', 'CPU of the process, µs/record', '× floor'],
    rows.map((row) => [
      markedTitle(row.variant),
      fixed(medianOf(row, logCall), 1),
      times(ratio(row, floorOf(rows, row.variant), logCall)),
      fixed(medianOf(row, cpu), 1),
      times(ratio(row, floorOf(rows, row.variant), cpu)),
    ]),
  );
}

/** The README's. @param {readonly Row[]} rows */
export function floodSummary(rows) {
  const peer = rowOf(rows, 'winston-cloudwatch');
  return table(
    [
      '',
      'log call, µs',
      '× floor',
      'CPU of the process, µs/record',
      '× winston-cloudwatch',
      'records/s',
      'peak RSS, MB',
      'bytes sent/record',
    ],
    rows.map((row) => [
      markedTitle(row.variant),
      fixed(medianOf(row, logCall), 1),
      times(ratio(row, floorOf(rows, row.variant), logCall)),
      fixed(medianOf(row, cpu), 1),
      times(ratio(row, peer, cpu)),
      row.variant.role === 'floor' ? '' : count(medianOf(row, rate)),
      megabytes(medianOf(row, ({ peakRssBytes }) => peakRssBytes)),
      row.variant.role === 'floor'
        ? ''
        : fixed(
            medianOf(row, ({ wireBytes, events }) => wireBytes / events),
            0,
          ),
    ]),
  );
}
