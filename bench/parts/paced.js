// At steady rates that all keep up with: what a record costs, and what a log call takes.
import { fixed, percent, spread, table, times } from '../figures.js';
import { takeTurns } from '../turns.js';
import { baselineOf, FEW_RUNS, markedTitle } from '../variants.js';
import { cpu, floorOf, logCall, measure, medianOf, ratio, rowOf, sayLoad } from './load.js';

/** Records logged in a flood beforehand, which take a moment where a warm-up at the rate would take long. */
const WARM_UP = { records: 20_000 };

/** Of a flood, and of what `seconds` are for. With fewer records the times are shorter. */
const FULL_RECORDS = 1_000_000;

/**
 * How long each variant is loaded, in seconds: longest where a goal compares the CPU of two. `few` are those that no goal
 * compares at this rate. A thousand records a second take a few percent of a core: there two variants run at the same time,
 * on two cores, and meet the same conditions.
 * @type {readonly { rate: number, atOnce: number, seconds: Readonly<Record<string, number>>, few: readonly string[] }[]}
 */
const PACES = [
  {
    rate: 1000,
    atOnce: 2,
    seconds: {
      'putlogs-pino-stream': 30,
      'pino-fluent-bit': 30,
      'putlogs-winston': 10,
      'winston-fluent-bit': 10,
      'pino-floor': 6,
      'putlogs-pino': 6,
      'putlogs-pino-in-process': 6,
      'pino-cat': 6,
    },
    few: ['putlogs-pino-in-process', 'pino-cat'],
  },
  {
    rate: 10_000,
    atOnce: 1,
    seconds: {
      'putlogs-pino-stream': 8,
      'pino-fluent-bit': 8,
      'pino-floor': 4,
      'putlogs-pino': 4,
      'putlogs-pino-in-process': 4,
      'pino-cat': 4,
      'putlogs-winston': 4,
    },
    few: ['putlogs-pino-in-process', 'pino-cat', 'putlogs-winston'],
  },
  {
    rate: 50_000,
    atOnce: 1,
    seconds: {
      'putlogs-pino-stream': 3,
      'pino-floor': 3,
      'putlogs-pino': 3,
      'putlogs-pino-in-process': 3,
      'pino-cat': 3,
      'pino-fluent-bit': 3,
      'winston-floor': 3,
      'putlogs-winston': 3,
      'putlogs-winston-format': 3,
    },
    few: ['putlogs-pino-in-process', 'pino-cat', 'pino-fluent-bit'],
  },
];

/** @typedef {{ rate: number, rows: import('./load.js').Row[] }} Pace */

/**
 * @param {{ variants: readonly import('../variants.js').Variant[], runs: number, faults: string[], records: number,
 *   rates?: readonly number[], fluentBit?: string }} options
 * @returns {Promise<Pace[]>}
 */
export async function measurePaced({ variants, records, rates, fluentBit, ...options }) {
  const paces = [];
  for (const pace of PACES) {
    const { rate, atOnce } = pace;
    if (rates !== undefined && !rates.includes(rate)) continue;
    const rows = await takeTurns(casesOf(pace, variants), options, {
      name: ({ variant }) => `${variant.name}, ${rate}/s`,
      measure: ({ variant, seconds }) => {
        const paced = Math.ceil((seconds * rate * records) / FULL_RECORDS);
        return measure(variant, { records: paced, rate, warmUp: WARM_UP, fluentBit });
      },
      say: sayLoad,
      atOnce,
    });
    paces.push({
      rate,
      rows: rows.sort((a, b) => variants.indexOf(a.variant) - variants.indexOf(b.variant)),
    });
  }
  return paces;
}

/** In the order of `seconds`, so that those that run at the same time do so for as long. */
function casesOf({ seconds, few }, variants) {
  return Object.keys(seconds).flatMap((name) =>
    variants
      // One of another checkout is loaded like ours.
      .filter((variant) => [name, baselineOf(name)].includes(variant.name))
      .map((variant) => ({
        variant,
        seconds: seconds[name],
        maxRuns: few.includes(name) ? FEW_RUNS : undefined,
      })),
  );
}

/** @param {readonly Pace[] | undefined} paces @returns {import('./load.js').Row[]} */
export const rowsAt = (paces, rate) => paces?.find((pace) => pace.rate === rate)?.rows ?? [];

/** @param {readonly Pace[]} paces */
export function pacedTables(paces) {
  return paces.map(({ rate, rows }) => `${rate}/s:\n\n${paceTable(rate, rows)}`).join('\n\n');
}

/** @param {readonly import('./load.js').Row[]} rows */
function paceTable(rate, rows) {
  const figure = ({ runs }, value, digits) => spread(runs.map(value), digits);
  return table(
    [
      '',
      'log call, µs',
      '× floor',
      'CPU, µs/record',
      'of a core',
      '× floor',
      '× Fluent Bit',
      'CPU since start, ms',
      'delivered',
      'doubled',
    ],
    rows.map((row) => [
      row.variant.name,
      figure(row, logCall, 2),
      times(ratio(row, floorOf(rows, row.variant), logCall)),
      figure(row, cpu, 1),
      percent(shareOfCore(row, rate)),
      times(ratio(row, floorOf(rows, row.variant), cpu)),
      times(ratio(row, fluentBitOf(rows, row.variant), cpu)),
      figure(row, ({ lifeCpuMs }) => lifeCpuMs, 0),
      row.variant.role === 'floor'
        ? ''
        : percent(Math.min(...row.runs.map(({ delivered, records }) => delivered / records))),
      String(Math.max(...row.runs.map(({ doubled }) => doubled))),
    ]),
  );
}

const shareOfCore = (row, rate) => (medianOf(row, cpu) * rate) / 1e6;

const fluentBitOf = (rows, { logger }) => rowOf(rows, `${logger}-fluent-bit`);

/** For docs/benchmarks.md. @param {readonly Pace[]} paces */
export function pacedSummary(paces) {
  return paces
    .map(
      ({ rate, rows }) => `At ${rate.toLocaleString('en-US')} records a second:\n\n${summaryOf(rate, rows)}`,
    )
    .join('\n\n');
}

function summaryOf(rate, rows) {
  return table(
    ['', 'log call, µs', '× floor', 'CPU of all processes, µs/record', 'of a core', '× Fluent Bit'],
    rows.map((row) => [
      markedTitle(row.variant),
      fixed(medianOf(row, logCall), 1),
      times(ratio(row, floorOf(rows, row.variant), logCall)),
      fixed(medianOf(row, cpu), 1),
      percent(shareOfCore(row, rate)),
      times(ratio(row, fluentBitOf(rows, row.variant), cpu)),
    ]),
  );
}
