/** For the application's own thread. Nothing here loads the AWS SDK. */
import {
  type Closing,
  closeOnSignals as closeAll,
  closingOf,
  Reporter,
  systemClock,
  withTimeout,
} from '@putlogs/core/main-thread';
import type { CloudWatchStream } from './stream.js';

export { dropWhenBehind } from './drop-when-behind.js';

/** What `pino.transport()` returns. */
interface ThreadStream {
  flush?(callback: () => void): void;
  flushSync(): void;
  end(): void;
  /** Missing in the types of thread-stream. */
  readonly destroyed?: boolean;
}

/** Enough for a service that answers. If it does not, the worker limits the wait. */
const FLUSH_MS = 250;

/**
 * Delivers what was logged when a signal arrives that nobody else in the process handles, and then lets the signal end the
 * process. Takes little more than `closeTimeoutMs` at most. A signal that the application handles itself is left to it.
 * @param stream what `pino.transport()` or `createStream()` returned
 * @param signals default: SIGTERM and SIGINT
 * @returns a function that takes this back
 * @example
 * const stream = createStream({ logGroupName: '/my/app' });
 * closeOnSignals(stream);
 */
export function closeOnSignals(
  stream: ThreadStream | CloudWatchStream,
  signals?: readonly NodeJS.Signals[],
): () => void {
  return closeAll('flushSync' in stream ? closingOfThread(stream) : closingOf(stream), signals);
}

function closingOfThread(transport: ThreadStream): Closing {
  return {
    async deliver() {
      await withTimeout(FLUSH_MS, systemClock, flushed(transport));
    },
    end() {
      if (transport.destroyed) return;
      try {
        // Blocks until the worker has delivered.
        transport.flushSync();
        transport.end();
        if (transport.destroyed) reportStuck('it took too long to end');
      } catch (error) {
        reportStuck(String(error));
      }
    },
  };
}

/** The transports of older versions of Pino have no flush. */
async function flushed(transport: ThreadStream): Promise<void> {
  await new Promise<void>((resolve) => (transport.flush ? transport.flush(resolve) : resolve()));
}

function reportStuck(reason: string): void {
  new Reporter(() => undefined, true, systemClock).problem(
    'worker',
    `The worker thread is stuck, and what it held is lost. (${reason})`,
  );
}
