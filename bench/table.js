import { markdownTable } from 'markdown-table';

/**
 * @typedef {import('./run.js').Result} Result
 * @typedef {import('./variants.js').Variant} Variant
 * @typedef {{ variant: Variant, runs: Result[] }} Row
 */

/** @param {number[]} values */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * The median of a figure over the runs of a variant.
 * @param {Row | undefined} row
 * @param {(result: Result) => number} figure
 */
export const medianOf = (row, figure) => (row ? median(row.runs.map(figure)) : Number.NaN);

/**
 * What a log line costs the application.
 * @param {Row[]} rows
 */
export function costTable(rows) {
  const floorOf = ({ logger }) =>
    rows.find(({ variant }) => variant.logger === logger && variant.role === 'floor');
  const peer = rows.find(({ variant }) => variant.name === 'winston-cloudwatch');
  const ratio = (row, other, figure) => times(medianOf(row, figure) / medianOf(other, figure));
  return table(
    ['', 'log call, µs', '× floor', 'CPU, µs', '× floor', '× winston-cloudwatch', 'peak RSS, MB'],
    rows.map((row) => [
      row.variant.name,
      spread(row, logCall, 2),
      ratio(row, floorOf(row.variant), logCall),
      spread(row, cpu, 2),
      ratio(row, floorOf(row.variant), cpu),
      ratio(row, peer, cpu),
      spread(row, ({ peakRssBytes }) => peakRssBytes / 1e6, 0),
    ]),
  );
}

/**
 * What became of the records, and how they travelled.
 * @param {Row[]} rows
 */
export function deliveryTable(rows) {
  const sent = rows.filter(({ variant }) => variant.role !== 'floor');
  const whole = (row, figure) => count(medianOf(row, figure));
  return table(
    ['', 'records', 'wall, s', 'records/s', 'requests', 'batch fill', 'wire bytes/record'].concat(FATES),
    sent.map((row) => [
      row.variant.name,
      whole(row, ({ records }) => records),
      spread(row, ({ wallMs }) => wallMs / 1000, 2),
      whole(row, ({ recordsPerSecond }) => recordsPerSecond),
      whole(row, ({ requests }) => requests),
      `${fixed(medianOf(row, batchFill) * 100, 1)} %`,
      fixed(
        medianOf(row, ({ wireBytes, events }) => wireBytes / events),
        1,
      ),
      // Of all runs, the worst: a median would hide a loss.
      count(Math.min(...row.runs.map(({ delivered }) => delivered))),
      count(Math.max(...row.runs.map(({ doubled }) => doubled))),
      count(Math.max(...row.runs.map(({ refused }) => refused))),
    ]),
  );
}

const FATES = ['delivered', 'doubled', 'refused'];

const logCall = ({ logCallMicros }) => logCallMicros;
export const cpu = ({ cpuMicros }) => cpuMicros;
const batchFill = ({ accountedBytes, requests }) => accountedBytes / requests / 1_048_576;

/** `median (min–max)`, of a single run the figure alone */
function spread({ runs }, figure, digits) {
  const values = runs.map(figure);
  if (values.length === 1) return fixed(values[0], digits);
  const range = [Math.min(...values), Math.max(...values)].map((value) => fixed(value, digits)).join('–');
  return `${fixed(median(values), digits)} (${range})`;
}

const fixed = (value, digits) => value.toFixed(digits);
const times = (value) => (Number.isNaN(value) ? '' : `${fixed(value, 2)} ×`);
const count = (value) => Math.round(value).toLocaleString('en-US');

/** The first column names what stands in the others. */
function table(head, rows) {
  return markdownTable([head, ...rows], { align: head.map((_, column) => (column === 0 ? 'l' : 'r')) });
}
