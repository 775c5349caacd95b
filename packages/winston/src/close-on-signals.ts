import { closeOnSignals as closeAll, systemClock, withTimeout } from '@putlogs/core/main-thread';
import { deliverHeld } from './at-exit.js';
import type { CloudWatchTransport } from './transport.js';

/** A service that answers takes less; where none does, `close()` knows how long to wait. */
const FLUSH_MS = 250;

/**
 * On a signal that nobody else in the process handles, delivers what was logged (for `closeTimeoutMs` or little more at
 * most), and then lets the signal end the process. A signal that the application handles is left to it.
 * @param signals default: SIGTERM and SIGINT
 * @returns takes that back
 */
export function closeOnSignals(
  transport: CloudWatchTransport,
  signals?: readonly NodeJS.Signals[],
): () => void {
  return closeAll({ deliver: () => deliver(transport), end: deliverHeld }, signals);
}

async function deliver(transport: CloudWatchTransport): Promise<void> {
  // Twice, for what is logged meanwhile. Not until nothing is, which may be never.
  for (let pass = 0; pass < 2; pass++) {
    if (await withTimeout(FLUSH_MS, systemClock, flushTwice(transport))) return;
    transport.close();
    await transport.flush();
  }
}

/** The first flush may take long enough for more to be logged; the second has its connections. */
async function flushTwice(transport: CloudWatchTransport): Promise<true> {
  await transport.flush();
  await transport.flush();
  return true;
}
