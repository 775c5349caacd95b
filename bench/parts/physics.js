// What physics allows: the least that a record costs anybody who sends it to CloudWatch Logs, and ours beside it.
import { fixed, table, times } from '../figures.js';
import { cpu, medianOf, rowOf } from './load.js';

/** Stages that nobody can leave out. */
export const NEEDED = {
  pass: 'one pass over the bytes: text → UTF-8',
  gzip: 'a full batch: gzip alone, level 1',
  sdk: 'a full batch: the SDK signs and sends it, gzipped',
};

const OURS = ['putlogs-pino-stream', 'putlogs-pino-in-process', 'putlogs-pino'];

/** @param {import('../goals.js').Results} results of the parts flood and stages */
export function physicsTable({ flood, stages }) {
  const floor = medianOf(rowOf(flood, 'pino-floor'), cpu);
  const needed = Object.values(NEEDED).map((name) => ({ name, micros: microsOf(stages, name) }));
  const least = needed.reduce((sum, { micros }) => sum + micros, floor);
  const ours = OURS.map((name) => ({ name, micros: medianOf(rowOf(flood, name), cpu) })).filter(
    ({ micros }) => !Number.isNaN(micros),
  );
  return table(
    ['in a flood, through Pino', 'CPU, µs/record', '× what physics allows'],
    [
      { name: 'pino-floor', micros: floor },
      ...needed,
      { name: '**what physics allows**: the sum', micros: least },
      ...ours.map(({ name, micros }) => ({ name: `**${name}**`, micros, ratio: micros / least })),
    ].map(({ name, micros, ratio }) => [name, fixed(micros, 2), times(ratio)]),
  );
}

function microsOf({ rows }, name) {
  const { micros, records } = rows.find(({ stage }) => stage === name);
  return micros / records;
}
