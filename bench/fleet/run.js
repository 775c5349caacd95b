// Fleets of processes on a virtual clock, against a virtual service with an account's quotas. See docs/fleet.md.
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { positive, print } from '../processes.js';
import { write } from './page.js';
import { recoveryPlot, sweepPlot } from './plots.js';
import { DEPLOYMENTS, LOADED, OUTAGES, SWEEP } from './scenarios.js';
import { QUOTAS } from './service.js';
import { deploymentTable, loadTable, outageTable, sweepTable } from './tables.js';

/** As many simulations at once. */
const LANES = 2;

/** Most of what they hold lives as long as a batch; that of 20,000 in an outage, as long as the outage. */
const MEMORY = { maxYoungGenerationSizeMb: 512, maxOldGenerationSizeMb: 12_000 };

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    scale: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const seed = positive(values.seed, 'seed') ?? 1;
const scale = positive(values.scale, 'scale') ?? 1;

const loaded = await runAll(LOADED);
const outages = await runAll(OUTAGES);
const deployments = await runAll(DEPLOYMENTS);
const sweep = await runAll(SWEEP);
const tables = {
  loads: loadTable(loaded),
  outages: outageTable(outages),
  deployments: deploymentTable(deployments),
  sweep: sweepTable(sweep),
};
for (const [name, table] of Object.entries(tables)) print(`\n${name}\n\n${table}\n`);
if (values.write) {
  const largest = outages.filter(({ scenario }) => scenario.processes === outages.at(-1)?.scenario.processes);
  await write(tables, { recovery: recoveryPlot(largest), interval: sweepPlot(sweep) });
}

/** @returns {Promise<import('./figures.js').Run[]>} */
async function runAll(scenarios) {
  const waiting = scenarios.map((scenario, i) => ({ scenario: scaled(scenario), i }));
  const runs = [];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      runs[next.i] = await run(next.scenario);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return runs;
}

/** In a heap of its own. */
async function run(scenario) {
  const begun = performance.now();
  const worker = new Worker(new URL('worker.js', import.meta.url), {
    workerData: scenario,
    resourceLimits: MEMORY,
  });
  const [seen] = await once(worker, 'message');
  print(`${Math.round((performance.now() - begun) / 1000)} s: ${JSON.stringify(scenario)}\n`);
  return { scenario, seen };
}

/** A part of the processes, on the same part of the quota. */
function scaled(scenario) {
  const quotas = Object.fromEntries(
    Object.entries(QUOTAS).map(([call, perSecond]) => [call, perSecond / scale]),
  );
  return { ...scenario, processes: Math.ceil(scenario.processes / scale), quotas, seed };
}
