// The measured process: one variant with the packages of this checkout, and twice with those of another one, in turns. A turn is
// so short that it is seldom interrupted, and the median leaves those out: a busy machine hardly matters.
import { median } from '../figures.js';
import { cpuMs } from '../usage.js';

/** Of a turn, ended by a flush. */
const SLICE_RECORDS = 2000;

/** Until V8 has compiled what it will compile. */
const WARM_UP_ROUNDS = 15;

/** Each is measured first, second and last equally often. */
const ORDERS = [
  ['before', 'now', 'again'],
  ['now', 'again', 'before'],
  ['again', 'before', 'now'],
];

/**
 * @typedef {object} Task
 * @property {string} module
 * @property {object} [options] of the transport
 * @property {string} baseline the other checkout
 * @property {number} rounds
 *
 * What a record cost. @typedef {{ logCallMicros: number, cpuMicros: number }} Cost
 * @typedef {{ before: Cost, now: Cost, again: Cost, lost: number }} Slices
 */

// Whoever asked is gone, and with it the endpoint that a flush would wait for.
process.on('disconnect', () => process.exit());

/** @type {Task} */
const { module, options, baseline, rounds } = JSON.parse(process.argv[2] ?? '');
const { start } = await import(`../variants/${module}.js`);
const started = {
  before: await start(options, baseline),
  now: await start(options),
  again: await start(options, baseline),
};
const costs = { before: [], now: [], again: [] };
for (let round = 0; round < WARM_UP_ROUNDS + rounds; round++)
  for (const name of ORDERS[round % ORDERS.length]) {
    const cost = await slice(started[name]);
    if (round >= WARM_UP_ROUNDS) costs[name].push(cost);
  }
process.send?.({
  ...Object.fromEntries(Object.entries(costs).map(([name, all]) => [name, medianCost(all)])),
  lost: Object.values(started).reduce((sum, { reports }) => sum + lostBy(reports), 0),
});
process.exit();

/** @param {import('../variants.js').Started} started @returns {Promise<Cost>} */
async function slice({ log, settle }) {
  const cpuBefore = cpuMs();
  const begun = performance.now();
  for (let n = 0; n < SLICE_RECORDS; n++) log(n);
  const logCallMs = performance.now() - begun;
  await settle(async () => undefined);
  return {
    logCallMicros: (logCallMs * 1000) / SLICE_RECORDS,
    cpuMicros: ((cpuMs() - cpuBefore) * 1000) / SLICE_RECORDS,
  };
}

/** @param {readonly Cost[]} costs @returns {Cost} */
function medianCost(costs) {
  return {
    logCallMicros: median(costs.map(({ logCallMicros }) => logCallMicros)),
    cpuMicros: median(costs.map(({ cpuMicros }) => cpuMicros)),
  };
}

/** @param {import('../variants.js').Reports} reports */
function lostBy({ counts, problems }) {
  return problems.length + (counts.accepted - counts.delivered - counts.pending);
}
