// What it takes to start, and what it costs to have nothing to do.
import { fixed, median, spread, table, times } from '../figures.js';
import { answer, print, start } from '../processes.js';
import { takeTurns } from '../turns.js';
import { baselineOf, markedTitle } from '../variants.js';

const MEASURED = [
  'pino-floor',
  'putlogs-pino-stream',
  'putlogs-pino-in-process',
  'putlogs-pino',
  'putlogs-winston',
];

/**
 * @typedef {{ variant: import('../variants.js').Variant, runs: import('../children/start.js').Started[],
 *   idle?: { timers: number, calls: number, cpuMs: number } }} StartRow
 */

/**
 * @param {{ variants: readonly import('../variants.js').Variant[],
 *   baseline: readonly import('../variants.js').Variant[], runs: number, faults: string[] }} options
 * @returns {Promise<StartRow[]>}
 */
export async function measureStart({ variants, baseline, ...options }) {
  const service = start('children/endpoint.js', {});
  try {
    const { port } = await answer(service);
    const endpoint = `http://127.0.0.1:${port}`;
    const ask = (file, { module, options, checkout }) =>
      answer(start(file, { module, options, checkout, endpoint }));
    const names = [...MEASURED, ...MEASURED.map(baselineOf)];
    const cases = [...new Set([...variants, ...baseline])]
      .filter(({ name }) => names.includes(name))
      .map((variant) => ({ variant }));
    const rows = await takeTurns(cases, options, {
      name: ({ variant }) => variant.name,
      measure: ({ variant }) => ask('children/start.js', variant),
      say: ({ deliveredMs }) => `delivered after ${fixed(deliveredMs, 0)} ms`,
    });
    print('watching idle processes\n');
    // At once: who does nothing is in nobody's way.
    return await Promise.all(
      rows.map(async (row) =>
        row.variant.checkout === undefined
          ? { ...row, idle: await ask('children/idle.js', row.variant) }
          : row,
      ),
    );
  } finally {
    service.kill();
  }
}

/** @param {readonly StartRow[]} rows */
export function startTable(rows) {
  const figure = ({ runs }, name) =>
    spread(
      runs.map((started) => started[name]),
      0,
    );
  return table(
    [
      '',
      'loaded, ms',
      'ready, ms',
      'first event delivered, ms',
      'CPU until then, ms',
      'files of the AWS SDK',
      'delivered, × baseline',
    ],
    rows.map((row) => [
      row.variant.name,
      figure(row, 'loadedMs'),
      figure(row, 'readyMs'),
      figure(row, 'deliveredMs'),
      figure(row, 'cpuMs'),
      String(sdkFiles(row)),
      times(ofBaseline(rows, row)),
    ]),
  );
}

/** @param {readonly StartRow[]} rows */
export function idleTable(rows) {
  return table(
    ['idle for 5 s', 'timers', 'calls into JavaScript', 'CPU, ms'],
    rows
      .filter(({ idle }) => idle !== undefined)
      .map(({ variant, idle }) => [
        variant.name,
        String(idle.timers),
        String(idle.calls),
        fixed(idle.cpuMs, 1),
      ]),
  );
}

/** For docs/benchmarks.md. @param {readonly StartRow[]} rows */
export function startSummary(rows) {
  const figure = (row, name) => fixed(startMedian(row, name), 0);
  return table(
    ['start, ms', 'loaded', 'ready', 'first event delivered'],
    rows
      .filter(({ variant }) => variant.checkout === undefined)
      .map((row) => [
        markedTitle(row.variant),
        figure(row, 'loadedMs'),
        figure(row, 'readyMs'),
        row.variant.role === 'floor' ? '' : figure(row, 'deliveredMs'),
      ]),
  );
}

/** @param {StartRow} row */
export const startMedian = ({ runs }, name) => median(runs.map((started) => started[name]));

/** Loaded on the main thread. @param {StartRow} row */
export const sdkFiles = ({ runs }) => Math.max(...runs.map(({ sdkFiles }) => sdkFiles));

/**
 * Until the first event is delivered, divided by the baseline's; NaN where that was not measured.
 * @param {readonly StartRow[]} rows @param {StartRow} row
 */
export function ofBaseline(rows, row) {
  const baseline = rows.find(({ variant }) => variant.name === baselineOf(row.variant.name));
  return baseline === undefined
    ? Number.NaN
    : startMedian(row, 'deliveredMs') / startMedian(baseline, 'deliveredMs');
}
