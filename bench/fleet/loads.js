import { exponential } from './random.js';

/** Each process logs a record in two seconds, in the mean: it is the requests that count, not the bytes. */
const PERIOD_MS = 2000;
const BURST = 10;

/**
 * When a process logs next, and how much.
 * @typedef {(random: () => number, isFirst: boolean) => { afterMs: number, records: number }} Load
 * @type {Readonly<Record<import('./simulate.d.ts').Scenario['load'], Load>>}
 */
export const LOADS = {
  /** One record at a time, each process in its own time. */
  steady: (random, isFirst) => ({ afterMs: PERIOD_MS * (isFirst ? random() : 0.5 + random()), records: 1 }),
  /** Four times as many. */
  busy: (random, isFirst) => ({
    afterMs: (PERIOD_MS / 4) * (isFirst ? random() : 0.5 + random()),
    records: 1,
  }),
  /** Ten at once, now and then. */
  bursty: (random) => ({ afterMs: exponential(BURST * PERIOD_MS, random), records: BURST }),
  /** Ten at once, in all processes in the same millisecond. */
  synchronised: () => ({ afterMs: BURST * PERIOD_MS, records: BURST }),
};
