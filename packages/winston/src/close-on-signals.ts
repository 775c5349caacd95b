import { closeOnSignals as closeAll, closingOf } from '@putlogs/core/main-thread';
import type { CloudWatchTransport } from './transport.js';

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
  const flush = () => transport.flush();
  const close = () => {
    transport.close();
    return flush();
  };
  return closeAll(closingOf({ flush, close }), signals);
}
