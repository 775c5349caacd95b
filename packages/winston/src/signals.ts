import { closeOnSignals as closeAll } from '@awslogs/core/main-thread';
import type { CloudWatchTransport } from './transport.js';

/**
 * On a signal that nobody else in the process handles, delivers what was logged (for `closeTimeoutMs` at most), and
 * then lets the signal end the process. A signal that the application handles is left to it.
 * @param signals default: SIGTERM and SIGINT
 * @returns takes that back
 */
export function closeOnSignals(
  transport: CloudWatchTransport,
  signals?: readonly NodeJS.Signals[],
): () => void {
  return closeAll(() => {
    transport.close();
    return transport.flush();
  }, signals);
}
