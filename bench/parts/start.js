// What it takes to start, and what it costs to have nothing to do.
import { fixed, median, spread, table } from '../figures.js';
import { answer, print, start } from '../processes.js';
import { markedTitle, variantNamed } from '../variants.js';

/** Of what is not among the variants of a load. */
const TITLES = { 'putlogs-pino-stream': '**@putlogs/pino**, `createStream`' };

const VARIANTS = ['pino-floor', 'putlogs-pino', 'putlogs-pino-stream', 'putlogs-winston'];

/**
 * @typedef {{ variant: string, starts: import('../children/start.js').Started[],
 *   idle: { timers: number, calls: number, cpuMs: number } }} StartRow
 */

/**
 * @param {{ runs: number }} options
 * @returns {Promise<StartRow[]>}
 */
export async function measureStart({ runs }) {
  const service = start('children/endpoint.js', {});
  try {
    const { port } = await answer(service);
    const endpoint = `http://127.0.0.1:${port}`;
    const ask = (file, variant) => answer(start(file, { variant, endpoint }));
    const rows = VARIANTS.map((variant) => ({ variant, starts: [] }));
    for (let run = 1; run <= runs; run++)
      for (const { variant, starts } of rows) starts.push(await ask('children/start.js', variant));
    print(`started ${runs} times each\n`);
    // At once: who does nothing is in nobody's way.
    return await Promise.all(
      rows.map(async (row) => ({ ...row, idle: await ask('children/idle.js', row.variant) })),
    );
  } finally {
    service.kill();
  }
}

/** @param {readonly StartRow[]} rows */
export function startTable(rows) {
  const figure = ({ starts }, name) =>
    spread(
      starts.map((started) => started[name]),
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
    ],
    rows.map((row) => [
      row.variant,
      figure(row, 'loadedMs'),
      figure(row, 'readyMs'),
      figure(row, 'deliveredMs'),
      figure(row, 'cpuMs'),
      String(sdkFiles(row)),
    ]),
  );
}

/** @param {readonly StartRow[]} rows */
export function idleTable(rows) {
  return table(
    ['idle for 5 s', 'timers', 'calls into JavaScript', 'CPU, ms'],
    rows.map(({ variant, idle }) => [variant, String(idle.timers), String(idle.calls), fixed(idle.cpuMs, 1)]),
  );
}

/** For docs/benchmarks.md. @param {readonly StartRow[]} rows */
export function startSummary(rows) {
  const figure = (row, name) => fixed(startMedian(row, name), 0);
  return table(
    ['start, ms', 'loaded', 'ready', 'first event delivered'],
    rows.map((row) => [
      TITLES[row.variant] ?? markedTitle(variantNamed(row.variant)),
      figure(row, 'loadedMs'),
      figure(row, 'readyMs'),
      row.variant === 'pino-floor' ? '' : figure(row, 'deliveredMs'),
    ]),
  );
}

/** @param {StartRow} row */
export const startMedian = ({ starts }, name) => median(starts.map((started) => started[name]));

/** Loaded on the main thread. @param {StartRow} row */
export const sdkFiles = ({ starts }) => Math.max(...starts.map(({ sdkFiles }) => sdkFiles));
