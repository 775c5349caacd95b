// The measured process: warms one variant up, measures it once, and sends what it measured to run.js.
import { load } from './load.js';

const WARM_UP_RECORDS = 20_000;

/** @typedef {{ variant: string, records: number, rate?: number, endpoint: string }} Task */

/** @type {Task} */
const task = JSON.parse(process.argv[2] ?? '');
process.send?.(await measure(task));
// Some packages would keep the process for ever.
process.exit();

/** @param {Task} task */
async function measure({ variant, records, rate, endpoint }) {
  const { start } = await import(`./variants/${variant}.js`);
  /** @type {import('./variants.js').Started} */
  const { log, settle } = start();
  const warmUp = Math.min(WARM_UP_RECORDS, records);
  await load(log, records, records + warmUp, rate);
  await settle(() => arrived(endpoint, warmUp));
  await fetch(`${endpoint}/bodies`, { method: 'DELETE' });

  const cpu = process.cpuUsage();
  const begun = performance.now();
  const logCallMs = await load(log, 0, records, rate);
  await settle(() => arrived(endpoint, records));
  const wallMs = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpu);
  return {
    logCallMicros: (logCallMs * 1000) / records,
    cpuMicros: (user + system) / records,
    wallMs,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
}

/**
 * Resolves when the endpoint has so many records, or has waited long enough.
 * @param {string} endpoint
 * @param {number} records
 */
async function arrived(endpoint, records) {
  await fetch(`${endpoint}/arrived?records=${records}`);
}
