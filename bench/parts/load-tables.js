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

/**
 * What each README says, by its path; undefined if one of the figures was not measured.
 * @param {readonly import('./load.js').Row[]} rows
 */
export function costSentences(rows) {
  const micros = (name, figure) => `${fixed(medianOf(rowOf(rows, name), figure), 1)} µs`;
  const costs = (name) => ({ call: micros(name, logCall), cpu: micros(name, cpu) });
  const pino = costs('putlogs-pino-stream');
  const pinoFloor = `(${costs('pino-floor').call} without a transport)`;
  const winston = costs('putlogs-winston');
  const winstonFloor = `(${costs('winston-floor').call} without a transport, ${costs('putlogs-winston-format').call} with \`jsonFormat\`)`;
  const peer = `${costs('winston-cloudwatch').cpu} with winston-cloudwatch.`;
  const sentences = {
    'README.md': `At full speed, a log call takes ${pino.call} with Pino ${pinoFloor},
and ${winston.call} with Winston ${winstonFloor}.
All threads together spend ${pino.cpu} of CPU per record with Pino, ${winston.cpu} with Winston,
and ${peer}`,
    'packages/pino/README.md': `At full speed, a log call takes ${pino.call} ${pinoFloor}.
All threads together spend ${pino.cpu} of CPU per record.`,
    'packages/winston/README.md': `At full speed, a log call takes ${winston.call} ${winstonFloor}.
All threads together spend ${winston.cpu} of CPU per record, and ${peer}`,
  };
  return Object.values(sentences).some((text) => text.includes('NaN')) ? undefined : sentences;
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
