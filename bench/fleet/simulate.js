import { seededRandom } from '@putlogs/local';
import { VirtualClock } from './clock.js';
import { LOADS } from './loads.js';
import { Meter } from './meter.js';
import { Process } from './process.js';
import { QUOTAS, VirtualService } from './service.js';

/**
 * @typedef {import('./simulate.d.ts').Scenario} Scenario
 * @typedef {import('./simulate.d.ts').Seen} Seen
 */

/** After the load's end what waits is waited for, for so long. */
const PATIENCE_S = 600;

/** Runs a fleet through a scenario. @param {Scenario} scenario @returns {Promise<Seen>} */
export async function simulate(scenario) {
  const { processes, flushIntervalMs, isNew = false, hasJitter = true, seed } = scenario;
  const clock = new VirtualClock();
  const meter = new Meter(clock);
  const service = new VirtualService(scenario.quotas ?? QUOTAS, { clock, random: seededRandom(seed), meter });
  // A pause without jitter is as long as one with it is in the mean.
  const world = { service, clock, random: hasJitter ? seededRandom(seed + 1) : () => 0.5 };
  const fleet = Array.from({ length: processes }, (_, n) => new Process(`${n}`, flushIntervalMs, world));
  if (!isNew) for (const { address } of fleet) service.has(address);

  const load = startLoad(fleet, LOADS[scenario.load], clock, seededRandom(seed + 2));
  await live(scenario, { clock, service, meter });
  load.stop();
  const counts = await drained(fleet, clock);
  return {
    seconds: meter.seconds.slice(0, scenario.seconds),
    delay: { p50: meter.delay(0.5), p99: meter.delay(0.99) },
    recovery: meter.recovery,
    ...counts,
  };
}

async function live({ seconds, outage }, { clock, service, meter }) {
  if (outage === undefined) return clock.advance(seconds * 1000);
  await clock.advance(outage.from * 1000);
  service.isDown = true;
  await clock.advance((outage.to - outage.from) * 1000);
  service.isDown = false;
  meter.watch();
  await clock.advance((seconds - outage.to) * 1000);
}

function startLoad(fleet, load, clock, random) {
  let isOver = false;
  const next = (process, isFirst) => {
    const { afterMs, records } = load(random, isFirst);
    clock.after(afterMs, () => {
      if (isOver) return;
      for (let i = 0; i < records; i++) process.log('request completed');
      next(process, false);
    });
  };
  for (const process of fleet) next(process, true);
  return {
    stop() {
      isOver = true;
    },
  };
}

async function drained(fleet, clock) {
  for (let waited = 0; waited < PATIENCE_S && total(fleet).pending > 0; waited++) await clock.advance(1000);
  return total(fleet);
}

function total(fleet) {
  const sums = { accepted: 0, delivered: 0, dropped: 0, pending: 0 };
  for (const { counts } of fleet) {
    sums.accepted += counts.accepted;
    sums.delivered += counts.delivered;
    sums.dropped += Object.values(counts.dropped).reduce((sum, n) => sum + n, 0);
    sums.pending += counts.pending;
  }
  return sums;
}
