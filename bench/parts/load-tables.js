// How the figures of a load are shown.
import { count, fixed, megabytes, percent, spread, table, times } from '../figures.js';
import { markedTitle } from '../variants.js';
import {
  cpu,
  droppedShare,
  fill,
  floorOf,
  logCall,
  medianOf,
  ratio,
  rowOf,
  throughput,
  wireShare,
} from './load.js';

/** @param {readonly import('./load.js').Row[]} rows */
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
        count(medianOf(row, throughput)),
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

/** For the README; undefined if one of its figures was not measured. @param {readonly import('./load.js').Row[]} rows */
export function costSentence(rows) {
  const of = (name, figure) => fixed(medianOf(rowOf(rows, name), figure), 1);
  const sentence = [
    `In a flood, a log call takes ${of('putlogs-pino-stream', logCall)} µs with Pino (${of('pino-floor', logCall)} µs without a transport),`,
    `and ${of('putlogs-winston', logCall)} µs with Winston (${of('winston-floor', logCall)} µs without a transport, ${of('putlogs-winston-format', logCall)} µs with \`jsonFormat\`).`,
    `All threads together spend ${of('putlogs-pino-stream', cpu)} µs of CPU per record with Pino, ${of('putlogs-winston', cpu)} µs with Winston,`,
    `and ${of('winston-cloudwatch', cpu)} µs with winston-cloudwatch.`,
  ].join('\n');
  return sentence.includes('NaN') ? undefined : sentence;
}

/** For docs/benchmarks.md. @param {readonly import('./load.js').Row[]} rows */
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
      'dropped',
      'peak RSS, MB',
      'bytes sent/record',
    ],
    rows.map((row) => [
      markedTitle(row.variant),
      fixed(medianOf(row, logCall), 1),
      times(ratio(row, floorOf(rows, row.variant), logCall)),
      fixed(medianOf(row, cpu), 1),
      times(ratio(row, peer, cpu)),
      row.variant.role === 'floor' ? '' : count(medianOf(row, throughput)),
      row.variant.role === 'ours' ? percent(medianOf(row, droppedShare)) : '',
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
