// Measures what a log line costs: the floors, our transports and their peers, side by side. See README.md.
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { answer, positive, print, start } from './processes.js';
import { costTable, cpu, deliveryTable, medianOf } from './table.js';
import { VARIANTS } from './variants.js';

/**
 * One run of one variant: what the measured process saw, and what the endpoint got.
 * @typedef {{
 *   records: number,
 *   logCallMicros: number, cpuMicros: number, wallMs: number, recordsPerSecond: number, peakRssBytes: number,
 *   requests: number, events: number, accountedBytes: number, wireBytes: number,
 *   delivered: number, doubled: number, refused: number,
 * }} Result
 */

const RUN_TIMEOUT_MS = 300_000;

/** What CI runs: what it asserts, and no more. */
const QUICK = ['awslogs-pino', 'awslogs-winston', 'winston-cloudwatch'];

/** CPU per record relative to winston-cloudwatch's. */
const QUICK_LIMIT = 1.5;

const options = readOptions();
const rows = await measureAll(options);
print(`\n${costTable(rows)}\n\n${deliveryTable(rows)}\n\n`);
print(`Runs: ${options.runs}; medians, and (min–max). Load: ${loadOf(options)}.\n`);
print(`Written to ${await save(options, rows)}\n`);
const faults = [...lost(rows), ...(options.quick ? slow(rows) : [])];
for (const fault of faults) print(`FAILED: ${fault}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;

function readOptions() {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string' },
      records: { type: 'string' },
      rate: { type: 'string' },
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const { quick } = values;
  const names = values.only?.split(',') ?? (quick ? QUICK : VARIANTS.map(({ name }) => name));
  const unknown = names.filter((name) => !VARIANTS.some((variant) => variant.name === name));
  if (unknown.length > 0) throw new Error(`--only does not know ${unknown.join(', ')}`);
  return {
    quick,
    runs: positive(values.runs, 'runs') ?? (quick ? 1 : 5),
    records: positive(values.records, 'records') ?? (quick ? 20_000 : 100_000),
    rate: positive(values.rate, 'rate'),
    variants: VARIANTS.filter(({ name }) => names.includes(name)),
  };
}

/**
 * Interleaved, so that what slows the machine for a while does not slow one variant alone.
 * @returns {Promise<import('./table.js').Row[]>}
 */
async function measureAll({ variants, runs, records, rate }) {
  const rows = variants.map((variant) => ({ variant, runs: [] }));
  for (let run = 1; run <= runs; run++) {
    for (const row of rows) {
      const task = {
        variant: row.variant.name,
        records: Math.min(records, row.variant.maxRecords ?? records),
        rate,
      };
      const result = await measure(task);
      row.runs.push(result);
      const { logCallMicros, cpuMicros } = result;
      print(
        `${run}/${runs} ${task.variant}: ${logCallMicros.toFixed(2)} µs log call, ${cpuMicros.toFixed(2)} µs CPU\n`,
      );
    }
  }
  return rows;
}

/**
 * One run, in a process of its own, against an endpoint in a process of its own.
 * @returns {Promise<Result>}
 */
async function measure(task) {
  const service = start('endpoint.js', {}, RUN_TIMEOUT_MS);
  const { port } = await answer(service);
  const child = start('child.js', { ...task, endpoint: `http://127.0.0.1:${port}` }, RUN_TIMEOUT_MS);
  const seen = await answer(child);
  service.send({ records: task.records });
  const got = await answer(service);
  service.kill();
  return { records: task.records, recordsPerSecond: (got.delivered / seen.wallMs) * 1000, ...seen, ...got };
}

async function save({ quick, runs, records, rate }, rows) {
  const about = {
    date: new Date().toISOString(),
    node: process.version,
    cpus: cpus().length,
    cpu: cpus()[0]?.model,
  };
  const folder = new URL('results/', import.meta.url);
  const name = `${about.date.replaceAll(':', '-')}.json`;
  await mkdir(folder, { recursive: true });
  await writeFile(
    new URL(name, folder),
    JSON.stringify({ ...about, quick, runs, records, rate, rows }, null, 2),
  );
  return `bench/results/${name}`;
}

/** Each record of ours must have arrived, once. */
function lost(rows) {
  return rows
    .filter(({ variant }) => variant.role === 'ours')
    .flatMap(({ variant, runs }) => runs.filter(isIncomplete).map((result) => loss(variant, result)));
}

function isIncomplete({ records, delivered, doubled, refused }) {
  return delivered < records || doubled + refused > 0;
}

function loss({ name }, { records, delivered, doubled, refused }) {
  return `${name}: of ${records} records ${records - delivered} are missing, ${doubled} doubled, ${refused} refused`;
}

/** A gross loss only: a single short run is half start-up, and on a busy machine strays by a quarter. */
function slow(rows) {
  const cpuOf = (row) => medianOf(row, cpu);
  const peer = rows.find(({ variant }) => variant.name === 'winston-cloudwatch');
  return rows
    .filter((row) => row.variant.role === 'ours' && cpuOf(row) > QUICK_LIMIT * cpuOf(peer))
    .map(
      ({ variant }) => `${variant.name}: more than ${QUICK_LIMIT} × the CPU per record of winston-cloudwatch`,
    );
}

function loadOf({ rate }) {
  return rate === undefined ? 'as fast as the event loop turns' : `${rate} records a second`;
}
