import { settled } from './manual-clock.js';

const DEADLINE_MS = 60_000;

/**
 * Waits for a condition, and lets the event loop turn meanwhile.
 * @param what what is waited for, as the end of "timed out waiting for …"
 * @param turn what else is done between two looks
 * @throws after a minute, longer on a busy machine (patient-timers.cjs)
 */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  turn: () => unknown = settled,
): Promise<void> {
  const end = performance.now() + DEADLINE_MS;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`timed out waiting for ${what}`);
    await turn();
    await settled();
  }
}

/** Waits for a promise, as {@link until} does for a condition. @returns what the promise resolves to */
export async function untilResolved<T>(what: string, promise: Promise<T>, turn?: () => unknown): Promise<T> {
  let isSettled = false;
  const settling = promise.finally(() => {
    isSettled = true;
  });
  await until(what, () => isSettled, turn);
  return settling;
}
