// The process that has nothing to do: one record was logged and delivered, and nothing has come since.
import { createHook } from 'node:async_hooks';
import { setTimeout } from 'node:timers/promises';

/** Longer than any timer that was set. */
const QUIET_AFTER_MS = 12_000;
const WATCHED_MS = 5000;

/** The timers of this thread that are set. process.getActiveResourcesInfo() leaves out those that are unref'd. */
const timers = new Set();
/** How often something called into JavaScript. Not turns of the event loop: V8 tidies up in some, once, after 8 seconds. */
let calls = 0;
createHook({
  init(id, type) {
    if (type === 'Timeout' || type === 'Immediate') timers.add(id);
  },
  before: () => calls++,
  destroy: (id) => timers.delete(id),
}).enable();

const { module, options } = JSON.parse(process.argv[2] ?? '');
const { start } = await import(`../variants/${module}.js`);
const { log, settle } = await start(options);
log(0);
await settle(() => Promise.resolve());
await setTimeout(QUIET_AFTER_MS);

const callsOfAWait = await callsIn(0);
const before = [...timers];
const cpu = process.cpuUsage();
const calledMeanwhile = (await callsIn(WATCHED_MS)) - callsOfAWait;
const { user, system } = process.cpuUsage(cpu);
process.send?.({
  // One that rang meanwhile is a call.
  timers: before.filter((id) => timers.has(id)).length,
  calls: calledMeanwhile,
  cpuMs: (user + system) / 1000,
});
process.exit();

async function callsIn(ms) {
  const already = calls;
  await setTimeout(ms);
  return calls - already;
}
