// The measured process: warms one variant up, measures it once, and sends what it measured.
import { setTimeout } from 'node:timers/promises';
import { load } from '../load.js';

const WARM_UP_RECORDS = 50_000;

/** The last report comes from another thread, and may come after what it is about. */
const REPORT_PATIENCE_MS = 2000;

/**
 * @typedef {{ variant: string, records: number, rate?: number, endpoint: string, options?: object }} Task
 *   `options` are those of the transport
 */

// Whoever asked is gone, and with it the endpoint that a flush would wait for.
const leave = () => process.exit();
process.on('disconnect', leave);

/** @type {Task} */
const task = JSON.parse(process.argv[2] ?? '');
const { start } = await import(`../variants/${task.variant}.js`);
/** @type {import('../variants.js').Started} */
const started = await start(task.options);
process.send?.(await measure(task, started));
// Some packages would keep the process for ever.
if (started.end === undefined) leave();
// Ours end it, and their workers: what profiles a thread writes its file as the thread ends.
await started.end();
process.off('disconnect', leave);
process.disconnect?.();

/** @param {Task} task @param {import('../variants.js').Started} started */
async function measure({ records, rate, endpoint }, { log, settle, told }) {
  const warmUp = Math.min(WARM_UP_RECORDS, records);
  await load(log, records, records + warmUp, rate);
  await settle(() => arrived(endpoint, warmUp));
  await fetch(`${endpoint}/bodies`, { method: 'DELETE' });
  const before = await lastCounts(told);

  const cpu = process.cpuUsage();
  const begun = performance.now();
  const logCallMs = await load(log, 0, records, rate);
  await settle(() => arrived(endpoint, records));
  const wallMs = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpu);
  return {
    logCallMicros: (logCallMs * 1000) / records,
    cpuMs: (user + system) / 1000,
    wallMs,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    problems: told?.problems ?? [],
    ...difference(await lastCounts(told), before),
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

/** @param {import('../variants.js').Told | undefined} told */
async function lastCounts(told) {
  if (told === undefined) return undefined;
  const deadline = performance.now() + REPORT_PATIENCE_MS;
  while (told.counts?.pending !== 0 && performance.now() < deadline) await setTimeout(10);
  return told.counts;
}

/** What our transports say themselves of what was measured. */
function difference(after, before) {
  if (after === undefined || before === undefined) return { accepted: 0, dropped: 0 };
  return {
    accepted: after.accepted - before.accepted,
    dropped: droppedIn(after) - droppedIn(before),
  };
}

function droppedIn({ dropped }) {
  return Object.values(dropped).reduce((sum, events) => sum + events, 0);
}
