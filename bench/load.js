import { setImmediate, setTimeout } from 'node:timers/promises';

/** Records logged in one go, before the event loop gets a turn. */
const BURST = 500;

/**
 * Logs the records from `from` up to `to`: as fast as the loop turns, or `rate` a second.
 * @param {(n: number) => void} log
 * @param {number} from
 * @param {number} to
 * @param {number | undefined} rate
 * @returns {Promise<number>} the milliseconds spent in log calls
 */
export async function load(log, from, to, rate) {
  const begun = performance.now();
  let spent = 0;
  let n = from;
  while (n < to) {
    const due =
      rate === undefined ? n + BURST : from + Math.floor(((performance.now() - begun) / 1000) * rate);
    const end = Math.min(due, to);
    const start = performance.now();
    while (n < end) log(n++);
    spent += performance.now() - start;
    await (rate === undefined ? setImmediate() : setTimeout(1));
  }
  return spent;
}
