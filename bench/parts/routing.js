// What it costs to choose a log stream by a field of the record.
import { fixed, spread, table, times } from '../figures.js';
import { takeTurns } from '../turns.js';
import { cpu, measure, medianOf, ratio, sayLoad } from './load.js';

const VARIANT = {
  name: 'putlogs-pino-tenants',
  module: 'putlogs-pino-tenants',
  title: '@putlogs/pino, `createStream`',
  logger: 'pino',
  role: 'ours',
};

const BY_TENANT = '{record.tenant}';

/** Unique tenants have 250 log streams (`maxLogStreams`), and then share one. */
const CASES = [
  { what: 'fixed stream', options: { logStreamName: 'bench', tenants: 10 } },
  { what: 'ten tenants', options: { logStreamName: BY_TENANT, tenants: 10 } },
  { what: 'unique tenants', options: { logStreamName: BY_TENANT, tenants: Number.MAX_SAFE_INTEGER } },
];

/** @typedef {import('./load.js').Row & { what: string }} RoutingRow */

/**
 * @param {{ runs: number, faults: string[], records: number }} options
 * @returns {Promise<RoutingRow[]>}
 */
export function measureRouting({ records, ...options }) {
  return takeTurns(
    CASES.map((case_) => ({ ...case_, variant: VARIANT })),
    options,
    {
      name: ({ what }) => what,
      measure: ({ options }) => measure(VARIANT, { records: Math.ceil(records / 4), options }),
      say: sayLoad,
    },
  );
}

/** @param {readonly RoutingRow[]} rows */
export const routingRatio = (rows, what) => ratio(caseOf(rows, what), caseOf(rows, 'fixed stream'), cpu);

const caseOf = (rows, what) => rows.find((row) => row.what === what);

/** @param {readonly RoutingRow[]} rows */
export function routingTable(rows) {
  return table(
    ['', 'CPU, µs/record', '× fixed stream'],
    rows.map((row) => [row.what, spread(row.runs.map(cpu), 2), times(routingRatio(rows, row.what))]),
  );
}

/** For docs/benchmarks.md. @param {readonly RoutingRow[]} rows */
export function routingSummary(rows) {
  return table(
    [`log stream of a record`, 'CPU of the process, µs/record', '× fixed'],
    rows.map((row) => [row.what, fixed(medianOf(row, cpu), 1), times(routingRatio(rows, row.what))]),
  );
}
