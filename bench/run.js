// Measures what a log line costs: the floors, our transports and their peers, side by side. See README.md.
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { findings, goalsTable } from './goals.js';
import { lost } from './lost.js';
import { readOptions } from './options.js';
import { cpu, measureLoad, medianOf, rowOf } from './parts/load.js';
import { loadTables } from './parts/load-tables.js';
import { lostInMemoryPart, measureMemory, memoryTable } from './parts/memory.js';
import { measurePackages, packagesTable } from './parts/packages.js';
import { idleTable, measureStart, startTable } from './parts/start.js';
import { answer, print, start } from './processes.js';
import { writeSummaries } from './summaries.js';

/** CPU per record relative to winston-cloudwatch's. */
const QUICK_LIMIT = 1.5;

const options = optionsOrExit();
const about = {
  date: new Date().toISOString(),
  node: process.version,
  cpus: cpus().length,
  cpu: cpus()[0]?.model,
};

/** In this order, whatever order they are asked for in. */
const PARTS = {
  flood: { measure: ({ rate: _, ...load }) => measureLoad(load), tables: loadTables, faults: lostInLoad },
  steady: { measure: measureSteady, tables: loadTables, faults: lostInLoad },
  memory: { measure: measureMemory, tables: memoryTable, faults: lostInMemoryPart },
  start: { measure: measureStart, tables: (rows) => `${startTable(rows)}\n\n${idleTable(rows)}` },
  packages: { measure: measurePackages, tables: packagesTable },
  stages: { measure: measureStages, tables: ({ table }) => table },
};

/** @type {import('./goals.js').Results} */
const results = {};
const faults = [];
for (const [name, { measure, tables, faults: faultsIn = () => [] }] of Object.entries(PARTS)) {
  if (!options.parts.includes(name)) continue;
  print(`\n${name}\n`);
  const begun = performance.now();
  const rows = await measure(options);
  results[name] = rows;
  faults.push(...faultsIn(rows));
  print(`\n${tables(rows)}\n\nTook ${Math.round((performance.now() - begun) / 1000)} s.\n`);
}
if (options.quick) faults.push(...slow(results.flood));
const goals = options.quick ? [] : findings(results);
if (goals.length > 0) print(`\n${goalsTable(goals)}\n`);
if (options.write) writeSummaries(results, goals, options, about);
print(`\nRuns: ${options.runs}; medians, and (min–max). Written to ${await save()}\n`);
for (const fault of faults) print(`FAILED: ${fault}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;

function optionsOrExit() {
  try {
    return readOptions();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

/** Floors and ours: at this rate all keep up, and the log call is what differs. */
function measureSteady({ variants, runs, records, rate }) {
  const chosen = variants.filter(({ role }) => role !== 'peer');
  return measureLoad({ variants: chosen, runs, records: Math.ceil(records / 4), rate });
}

/** In a process of its own, which has run nothing else. */
async function measureStages() {
  return answer(start('stages.js', {}));
}

async function save() {
  const folder = new URL('results/', import.meta.url);
  const name = `${about.date.replaceAll(':', '-')}.json`;
  await mkdir(folder, { recursive: true });
  const { runs, records, rate } = options;
  await writeFile(
    new URL(name, folder),
    JSON.stringify({ ...about, runs, records, rate, results, goals }, null, 2),
  );
  return `bench/results/${name}`;
}

function lostInLoad(rows) {
  return rows
    .filter(({ variant }) => variant.role === 'ours')
    .flatMap(({ variant, runs }) => runs.flatMap((result) => lost(variant.name, result)));
}

/** A gross loss only: a single short run is half start-up, and on a busy machine strays by a quarter. */
function slow(rows) {
  const cpuOf = (row) => medianOf(row, cpu);
  const peer = rowOf(rows, 'winston-cloudwatch');
  return rows
    .filter((row) => row.variant.role === 'ours' && cpuOf(row) > QUICK_LIMIT * cpuOf(peer))
    .map(
      ({ variant }) => `${variant.name}: more than ${QUICK_LIMIT} × the CPU per record of winston-cloudwatch`,
    );
}
