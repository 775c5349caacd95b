import { settled } from './manual-clock.js';

const DEADLINE_MS = 60_000;

/** Turns the event loop until it is so. Fails with the name of what did not come, instead of hanging. */
export async function until(what: string, isSo: () => boolean, turn: () => unknown = settled): Promise<void> {
  const end = performance.now() + DEADLINE_MS;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`it did not come: ${what}`);
    await turn();
    await settled();
  }
}
