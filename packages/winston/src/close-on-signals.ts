import {
  closeOnSignals as closeAll,
  deliverAtExit,
  systemClock,
  withTimeout,
} from '@putlogs/core/main-thread';
import type { CloudWatchTransport } from './transport.js';

/** Enough for a service that answers. If it does not, `close()` limits the wait. */
const FLUSH_MS = 250;

/**
 * Delivers what was logged when a signal arrives that nobody else in the process handles, and then lets the signal end the
 * process. Takes little more than `closeTimeoutMs` at most. A signal that the application handles itself is left to it.
 * @param signals default: SIGTERM and SIGINT
 * @returns a function that takes this back
 * @example
 * const transport = new CloudWatchTransport({ logGroupName: '/my/app' });
 * closeOnSignals(transport);
 */
export function closeOnSignals(
  transport: CloudWatchTransport,
  signals?: readonly NodeJS.Signals[],
): () => void {
  return closeAll({ deliver: () => deliver(transport), end: deliverAtExit }, signals);
}

async function deliver(transport: CloudWatchTransport): Promise<void> {
  // A second pass for what is logged meanwhile. Not until nothing is logged any more: that may never happen.
  for (let pass = 0; pass < 2; pass++) {
    if (await withTimeout(FLUSH_MS, systemClock, flushTwice(transport))) return;
    transport.close();
    await transport.flush();
  }
}

/** The first flush may take long enough for more to be logged. The second one has open connections. */
async function flushTwice(transport: CloudWatchTransport): Promise<true> {
  await transport.flush();
  await transport.flush();
  return true;
}
