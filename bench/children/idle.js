// The process that has nothing to do: one record was logged and delivered, and nothing has come since.
import { createHook } from 'node:async_hooks';
import { setTimeout } from 'node:timers/promises';

/** Longer than any timer that was set: Node turns the loop once more at the time of one that was cleared. */
const QUIET_AFTER_MS = 12_000;
const WATCHED_MS = 5000;

/** The timers of this thread that are set. process.getActiveResourcesInfo() leaves out those that are unref'd. */
const timers = new Set();
createHook({
  init(id, type) {
    if (type === 'Timeout' || type === 'Immediate') timers.add(id);
  },
  destroy: (id) => timers.delete(id),
}).enable();

const { variant } = JSON.parse(process.argv[2] ?? '');
const { start } = await import(`../variants/${variant}.js`);
const { log, settle } = start();
log(0);
await settle(() => Promise.resolve());
await setTimeout(QUIET_AFTER_MS);

const before = [...timers];
const cpu = process.cpuUsage();
const { loopCount } = performance.nodeTiming.uvMetricsInfo;
await setTimeout(WATCHED_MS);
const { user, system } = process.cpuUsage(cpu);
process.send?.({
  // A timer that rang meanwhile turned the event loop.
  timers: before.filter((id) => timers.has(id)).length,
  // But for the turn in which this wait ended.
  turns: performance.nodeTiming.uvMetricsInfo.loopCount - loopCount - 1,
  cpuMs: (user + system) / 1000,
});
process.exit();
