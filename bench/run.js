// Measures what a log line costs: the floors, our transports and their peers, side by side. See README.md.
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { findings, goalsTable } from './goals.js';
import { lost } from './lost.js';
import { readOptions } from './options.js';
import { footprintTable, measureFootprint } from './parts/footprint.js';
import { cpu, measureFlood, medianOf, rowOf } from './parts/load.js';
import { loadTables } from './parts/load-tables.js';
import { lostInMemoryPart, measureMemory, memoryTable } from './parts/memory.js';
import { measurePaced, pacedTables } from './parts/paced.js';
import { measurePackages, packagesTable } from './parts/packages.js';
import { physicsTable } from './parts/physics.js';
import { measureRestart, restartTable, untoldLosses } from './parts/restart.js';
import { measureRouting, routingTable } from './parts/routing.js';
import { idleTable, measureStart, startTable } from './parts/start.js';
import { lostUnused, measureUnused, unusedTable } from './parts/unused.js';
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
  flood: { measure: measureFlood, tables: loadTables, faults: lostInLoad },
  paced: {
    measure: measurePaced,
    tables: pacedTables,
    faults: (paces) => paces.flatMap(({ rows }) => lostInLoad(rows)),
  },
  footprint: { measure: measureFootprint, tables: footprintTable, faults: lostInLoad },
  memory: { measure: measureMemory, tables: memoryTable, faults: lostInMemoryPart },
  start: { measure: measureStart, tables: (rows) => `${startTable(rows)}\n\n${idleTable(rows)}` },
  restart: { measure: measureRestart, tables: restartTable, faults: untoldLosses },
  routing: { measure: measureRouting, tables: routingTable, faults: lostInLoad },
  unused: { measure: measureUnused, tables: unusedTable, faults: lostUnused },
  packages: { measure: measurePackages, tables: packagesTable },
  stages: { measure: measureStages, tables: ({ table }) => table },
};

/** @type {import('./goals.js').Results} */
const results = {};
/** @type {string[]} */
const faults = [];
if (!options.quick && options.fluentBit === undefined)
  print('Without Fluent Bit: --fluent-bit names no binary.\n');
for (const name of Object.keys(PARTS)) if (options.parts.includes(name)) await measurePart(name);
if (options.quick && results.flood) faults.push(...slow(results.flood));
if (!options.quick && results.flood && results.stages) print(`\n${physicsTable(results)}\n`);
const goals = options.quick ? [] : findings(results);
if (goals.length > 0) print(`\n${goalsTable(goals)}\n`);
if (options.write) writeSummaries(results, goals, options, about);
print(`\nRuns: ${options.runs}; medians, and (min–max). Written to ${await save(goals)}\n`);
for (const fault of faults) print(`FAILED: ${fault}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;

/** A part that fails leaves the others alone, and what was measured before is kept. */
async function measurePart(name) {
  const { measure, tables, faults: faultsIn = () => [] } = PARTS[name];
  print(`\n${name}\n`);
  const begun = performance.now();
  try {
    const rows = await measure({ ...options, faults });
    results[name] = rows;
    faults.push(...faultsIn(rows));
    print(`\n${tables(rows)}\n`);
  } catch (error) {
    faults.push(`${name}: ${error.stack}`);
  }
  await save([]);
  print(`\nTook ${Math.round((performance.now() - begun) / 1000)} s.\n`);
}

function optionsOrExit() {
  try {
    return readOptions();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}

/** In a process of its own, which has run nothing else. */
async function measureStages({ quick }) {
  return answer(start('stages.js', { quick }));
}

async function save(goals) {
  const folder = new URL('results/', import.meta.url);
  const name = `${about.date.replaceAll(':', '-')}.json`;
  await mkdir(folder, { recursive: true });
  const { runs, records } = options;
  await writeFile(
    new URL(name, folder),
    JSON.stringify({ ...about, runs, records, results, goals, faults }, null, 2),
  );
  return `bench/results/${name}`;
}

function lostInLoad(rows) {
  return rows
    .filter(({ variant }) => variant.role === 'ours' || variant.output === 'fluent-bit')
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
