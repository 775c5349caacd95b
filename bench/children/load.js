// The measured process: warms one variant up, measures it once, and sends what it measured.
import { setTimeout } from 'node:timers/promises';
import { load } from '../load.js';
import { anonymousBytes, cpuMs, peakRssBytes } from '../usage.js';

/** The last report comes from another thread, and may come after what it is about. */
const REPORT_PATIENCE_MS = 2000;

/**
 * @typedef {object} Task
 * @property {string} variant its name, for a profiler
 * @property {string} module
 * @property {string} [checkout]
 * @property {object} [options] of the transport
 * @property {number} records
 * @property {number} [rate] a second; default: as fast as can be
 * @property {{ records: number, rate?: number }} warmUp
 * @property {boolean} isDiscarded nothing of it will arrive
 * @property {number} [killAt] the worker is ended before this record is logged
 * @property {string} endpoint
 * @property {number} [shipperPid]
 */

// Whoever asked is gone, and with it the endpoint that a flush would wait for.
const leave = () => process.exit();
process.on('disconnect', leave);

/** @type {Task} */
const task = JSON.parse(process.argv[2] ?? '');
/** @type {import('node:worker_threads').Worker | undefined} */
let lastWorker;
if (task.killAt !== undefined)
  process.on('worker', (worker) => {
    lastWorker = worker;
  });
const { start } = await import(`../variants/${task.module}.js`);
/** @type {import('../variants.js').Started} */
const started = await start(task.options, task.checkout);
process.send?.(await measure(task, started));
// Some packages would keep the process for ever.
if (started.end === undefined) leave();
// Ours end it, and their workers: what profiles a thread writes its file as the thread ends.
await started.end();
process.off('disconnect', leave);
process.disconnect?.();

/** @param {Task} task @param {import('../variants.js').Started} started */
async function measure({ records, rate, warmUp, isDiscarded, killAt, endpoint, shipperPid }, started) {
  const { log, reports } = started;
  const settle = (count) => started.settle(async () => isDiscarded || (await arrived(endpoint, count)));
  await load(log, records, records + warmUp.records, warmUp.rate);
  await settle(warmUp.records);
  await fetch(`${endpoint}/bodies`, { method: 'DELETE' });
  const before = await lastCounts(reports);

  let killedAt;
  const logOrKill = (n) => {
    if (n === killAt) {
      killedAt = Date.now();
      void lastWorker?.terminate();
    }
    log(n);
  };
  const cpuBefore = cpuMs(shipperPid);
  const begun = performance.now();
  const logCallMs = await load(killAt === undefined ? log : logOrKill, 0, records, rate);
  const anonymous = process.platform === 'linux' ? anonymousBytes() : Number.NaN;
  await settle(records);
  const wallMs = performance.now() - begun;
  const lifeCpuMs = cpuMs(shipperPid);
  return {
    logCallMicros: (logCallMs * 1000) / records,
    cpuMs: lifeCpuMs - cpuBefore,
    lifeCpuMs,
    wallMs,
    anonymousBytes: anonymous,
    peakRssBytes: peakRssBytes(shipperPid),
    killedAt,
    problems: reports?.problems ?? [],
    ...difference(await lastCounts(reports), before),
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

/** @param {import('../variants.js').Reports | undefined} reports */
async function lastCounts(reports) {
  if (reports === undefined) return undefined;
  const deadline = performance.now() + REPORT_PATIENCE_MS;
  while (reports.counts?.pending !== 0 && performance.now() < deadline) await setTimeout(10);
  return reports.counts;
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
