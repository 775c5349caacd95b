// What the figures ought to be: each a ratio within one run on one machine, or a difference.
import { count, fixed, median, megabytes, percent, table, times } from './figures.js';
import { addedBytes, peakRss } from './parts/footprint.js';
import { cpu, fill, logCall, medianOf, ratio, rowOf, throughput, wireShare } from './parts/load.js';
import { aboveFloor, droppedIn, peakOf } from './parts/memory.js';
import { rowsAt } from './parts/paced.js';
import { pauseOf, toldExactly } from './parts/restart.js';
import { routingRatio } from './parts/routing.js';
import { ofBaseline, sdkFiles, startMedian } from './parts/start.js';
import { unusedRatio } from './parts/unused.js';

/**
 * What was measured, by part. @typedef {{
 *   flood?: import('./parts/load.js').Row[], paced?: import('./parts/paced.js').Pace[],
 *   footprint?: import('./parts/load.js').Row[], memory?: import('./parts/memory.js').MemoryRow[],
 *   start?: import('./parts/start.js').StartRow[], restart?: import('./parts/load.js').Row[],
 *   routing?: import('./parts/routing.js').RoutingRow[], unused?: import('./parts/unused.js').UnusedRow[], packages?: import('./parts/packages.js').PackageRow[],
 *   stages?: { rows: { stage: string, records: number, micros: number }[], table: string },
 * }} Results
 *
 * A goal looks at a part, and says nothing where what it is about was not measured.
 * @typedef {{ value: string, isMet: boolean }} Finding
 * @typedef {{ part: keyof Results, what: string, limit: string,
 *   look: (rows: any[]) => Finding | undefined }} Goal
 */

const MIB = 1024 * 1024;
const MAX_BUFFER_BYTES = 64 * MIB;
const ROOM_BYTES = 60e6;
const ROOM_WITH_SPOOL_BYTES = 100e6;
/** A peak of four times the records is "the same" up to here. */
const SAME = 1.1;

const VARIANTS = ['putlogs-pino', 'putlogs-winston'];

const megabytesAndTenths = (bytes) => `${fixed(bytes / 1e6, 1)} MB`;

const STREAM = 'putlogs-pino-stream';
const FLUENT_BIT = 'pino-fluent-bit';

/** @type {readonly Goal[]} */
const GOALS = [
  atRate(1000, STREAM, FLUENT_BIT, 'CPU', cpu, 1),
  atRate(10_000, STREAM, FLUENT_BIT, 'CPU', cpu, 0.7),
  inFlood(STREAM, FLUENT_BIT, 'CPU', cpu, 0.75),
  atRate(1000, 'putlogs-winston', 'winston-fluent-bit', 'CPU', cpu, 0.9),
  ...[1000, 10_000, 50_000].map((rate) => atRate(rate, STREAM, 'pino-floor', 'log call', logCall, 0.7)),
  inFlood(STREAM, 'pino-floor', 'log call', logCall, 0.85),
  atRate(50_000, STREAM, 'pino-floor', 'CPU', cpu, 1.25),
  ...[
    [STREAM, 22],
    ['putlogs-winston', 26],
  ].map(([name, limit]) => ({
    part: 'footprint',
    what: `${name}: peak RSS added to the logger on stdout, 100 records/s`,
    limit: `≤ ${limit} MB`,
    look: (rows) => {
      const row = rowOf(rows, name);
      return (
        row && found(addedBytes(rows, row, peakRss), megabytesAndTenths, (bytes) => bytes <= limit * 1e6)
      );
    },
  })),
  ...[STREAM, 'putlogs-pino', 'putlogs-winston'].map((name) => ({
    part: 'start',
    what: `${name}: from import to the first event delivered, × baseline`,
    limit: '≤ 0.75 ×',
    look: (rows) => {
      const row = rowOf(rows, name);
      return row && found(ofBaseline(rows, row), times, (value) => value <= 0.75);
    },
  })),
  ...[STREAM, 'putlogs-winston'].map((name) => ({
    part: 'restart',
    what: `${name}: worker killed at 5,000 records/s`,
    limit: 'flows again within 1,000 ms, loss told exactly',
    look: (rows) => {
      const row = rowOf(rows, name);
      if (row === undefined) return undefined;
      const [exact, all] = [toldExactly(row), row.runs.length];
      return {
        value: `${fixed(pauseOf(row), 0)} ms, exactly in ${exact} of ${all}`,
        isMet: pauseOf(row) <= 1000 && exact === all,
      };
    },
  })),
  ...[
    ['ten tenants', 1.3],
    ['unique tenants', 3],
  ].map(([what, limit]) => ({
    part: 'routing',
    what: `log stream by a field, ${what}: CPU, × fixed stream`,
    limit: `≤ ${fixed(limit, 2)} ×`,
    look: (rows) => found(routingRatio(rows, what), times, (value) => value <= limit),
  })),
  ...[
    ['log call', logCall],
    ['CPU', cpu],
  ].map(([what, figure]) => ({
    part: 'unused',
    what: `default options: ${what}, × baseline`,
    limit: '≤ 1.03 × for each variant',
    look: (rows) =>
      found(Math.max(...rows.map((row) => unusedRatio(row, figure))), times, (value) => value <= 1.03),
  })),
  atRate(50_000, 'putlogs-pino', 'pino-floor', 'log call', logCall, 1.08),
  inFlood('putlogs-pino', 'pino-floor', 'log call', logCall, 1.15),
  inFlood('putlogs-pino', 'pino-floor', 'CPU', cpu, 1.4),
  atRate(50_000, 'putlogs-winston', 'winston-floor', 'log call', logCall, 1.05),
  inFlood('putlogs-winston', 'winston-floor', 'log call', logCall, 1.25),
  atRate(50_000, 'putlogs-winston', 'winston-floor', 'CPU', cpu, 2.2),
  inFlood('putlogs-winston', 'winston-floor', 'CPU', cpu, 2.2),
  atRate(50_000, 'putlogs-winston-format', 'winston-floor', 'log call', logCall, 0.85),
  inFlood('putlogs-winston-format', 'winston-floor', 'log call', logCall, 0.85),
  {
    part: 'flood',
    what: 'putlogs-pino: records delivered a second',
    limit: '≥ 200,000',
    look: (rows) =>
      found(medianOf(rowOf(rows, 'putlogs-pino'), throughput), count, (value) => value >= 200_000),
  },
  ...[...VARIANTS, 'putlogs-winston-format'].map((name) => ({
    part: 'flood',
    what: `${name}: records delivered a second, × winston-cloudwatch`,
    limit: '≥ 3 ×',
    look: (rows) =>
      found(
        ratio(rowOf(rows, name), rowOf(rows, 'winston-cloudwatch'), throughput),
        times,
        (value) => value >= 3,
      ),
  })),
  ...VARIANTS.map((name) => ({
    part: 'flood',
    what: `${name}: batch fill`,
    limit: '≥ 98 %',
    look: (rows) => found(medianOf(rowOf(rows, name), fill), percent, (value) => value >= 0.98),
  })),
  ...VARIANTS.map((name) => ({
    part: 'flood',
    what: `${name}: bytes sent, of the JSON`,
    limit: '≤ 25 %',
    look: (rows) => found(medianOf(rowOf(rows, name), wireShare), percent, (value) => value <= 0.25),
  })),
  ...VARIANTS.map((name) => ({
    part: 'memory',
    what: `${name}: peak RSS, steady`,
    limit: 'floor + 60 MB, nothing dropped',
    look: (rows) => roomy(rows, name, false, 'steady', ROOM_BYTES, isWhole),
  })),
  ...VARIANTS.flatMap((name) =>
    ['flood', 'long flood'].flatMap((load) => [
      {
        part: 'memory',
        what: `${name}, spool: peak RSS, ${load}`,
        limit: 'floor + 100 MB, all delivered',
        look: (rows) => roomy(rows, name, true, load, ROOM_WITH_SPOOL_BYTES, isWhole),
      },
      {
        part: 'memory',
        what: `${name}: peak RSS, ${load}`,
        limit: 'floor + maxBufferBytes + 60 MB, drops reported',
        look: (rows) => roomy(rows, name, false, load, MAX_BUFFER_BYTES + ROOM_BYTES, isWholeOrTold),
      },
    ]),
  ),
  ...VARIANTS.flatMap((name) =>
    [true, false].map((hasSpool) => ({
      part: 'memory',
      what: `${name}${hasSpool ? ', spool' : ''}: peak RSS, long flood, × flood`,
      limit: `≤ ${SAME} ×`,
      look: (rows) => {
        const [long, short] = ['long flood', 'flood'].map((load) => caseOf(rows, name, hasSpool, load));
        return long && short && found(peakOf(long) / peakOf(short), times, (value) => value <= SAME);
      },
    })),
  ),
  ...VARIANTS.map((name) => ({
    part: 'start',
    what: `${name}: ready; first event delivered; files of the AWS SDK on the main thread`,
    limit: 'measured; measured; 0',
    look: (rows) => {
      const row = rowOf(rows, name);
      if (row === undefined) return undefined;
      const [ready, delivered] = ['readyMs', 'deliveredMs'].map((moment) =>
        fixed(startMedian(row, moment), 0),
      );
      return {
        value: `${ready} ms; ${delivered} ms; ${sdkFiles(row)}`,
        isMet: sdkFiles(row) === 0,
      };
    },
  })),
  {
    part: 'start',
    what: 'idle: timers; calls into JavaScript in 5 s, in-process',
    limit: '0; 0',
    look: (rows) => {
      const idle = rowOf(rows, 'putlogs-pino-in-process')?.idle;
      return idle && { value: `${idle.timers}; ${idle.calls}`, isMet: idle.timers + idle.calls === 0 };
    },
  },
  ...['@putlogs/pino', '@putlogs/winston'].flatMap((name) => [
    lessThanPeers(name, 'MB added', ({ addedBytes }) => addedBytes / 1e6, 1),
    lessThanPeers(name, 'packages added', ({ addedPackages }) => addedPackages, 0),
    lessThanPeers(name, 'time to load, ms', ({ importMs }) => median(importMs), 0),
  ]),
];

/** @returns {Goal} */
function atRate(rate, name, other, what, figure, limit) {
  return {
    part: 'paced',
    what: `${name}: ${what} at ${count(rate)}/s, × ${other}`,
    limit: `≤ ${fixed(limit, 2)} ×`,
    look: (paces) => ofOther(rowsAt(paces, rate), name, other, figure, limit),
  };
}

/** @returns {Goal} */
function inFlood(name, other, what, figure, limit) {
  return {
    part: 'flood',
    what: `${name}: ${what} in a flood, × ${other}`,
    limit: `≤ ${fixed(limit, 2)} ×`,
    look: (rows) => ofOther(rows, name, other, figure, limit),
  };
}

/** The medians of two variants, one divided by the other. @returns {Finding | undefined} */
function ofOther(rows, name, other, figure, limit) {
  return found(ratio(rowOf(rows, name), rowOf(rows, other), figure), times, (value) => value <= limit);
}

/** @returns {Goal} */
function lessThanPeers(name, what, figure, digits) {
  return {
    part: 'packages',
    what: `${name}: ${what}`,
    limit: "less than its logger's peer",
    look(rows) {
      const ours = rows.find((row) => row.name === name);
      const peer = rows.find(({ role, logger }) => role === 'peer' && logger === ours.logger);
      const [our, their] = [ours, peer].map(figure);
      return { value: `${fixed(our, digits)}, ${fixed(their, digits)}`, isMet: our < their };
    },
  };
}

/** @returns {Finding | undefined} */
function found(value, format, isMet) {
  return Number.isNaN(value) ? undefined : { value: format(value), isMet: isMet(value) };
}

/** @returns {Finding | undefined} */
function roomy(rows, name, hasSpool, load, roomBytes, isRight) {
  const row = caseOf(rows, name, hasSpool, load);
  if (row === undefined) return undefined;
  const dropped = droppedIn(row);
  const format = (bytes) =>
    `floor + ${megabytes(bytes)} MB${dropped > 0 ? `, ${count(dropped)} dropped` : ''}`;
  return (
    row && found(aboveFloor(rows, row), format, (bytes) => bytes <= roomBytes && row.runs.every(isRight))
  );
}

const isWhole = ({ dropped }) => dropped === 0;
const isWholeOrTold = ({ dropped, problems }) => dropped === 0 || problems.includes('buffer-full');

function caseOf(rows, name, hasSpool, load) {
  return rows.find((row) => row.variant.name === name && row.hasSpool === hasSpool && row.load === load);
}

/** Those of the parts that were measured. @param {Results} results */
export function findings(results) {
  return GOALS.flatMap(({ part, what, limit, look }) => {
    const finding = results[part] && look(results[part]);
    return finding ? [{ what, limit, ...finding }] : [];
  });
}

export function goalsTable(findings) {
  return table(
    ['', 'goal', 'measured', 'met'],
    findings.map(({ what, limit, value, isMet }) => [what, limit, value, isMet ? 'yes' : '**no**']),
  );
}
