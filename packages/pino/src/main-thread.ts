/** For the application's own thread. Nothing of it loads the AWS SDK. */
import {
  type Closing,
  closeOnSignals as closeAll,
  Reporter,
  systemClock,
  withTimeout,
} from '@putlogs/core/main-thread';

export { dropWhenBehind } from './drop-when-behind.js';

/** What `pino.transport()` returns. */
interface Transport {
  flush?(callback: () => void): void;
  flushSync(): void;
  end(): void;
  readonly destroyed: boolean;
}

/** What `createStream()` returns. */
interface InProcessStream {
  flush(callback: () => void): void;
  end(): unknown;
  once(event: 'close', listener: () => void): unknown;
}

/** A service that answers takes less; where none does, the pipeline's own close knows how long to wait. */
const FLUSH_MS = 250;

/**
 * On a signal that nobody else in the process handles, delivers what was logged (for `closeTimeoutMs` or little more at
 * most), and then lets the signal end the process. A signal that the application handles is left to it.
 * @param stream what `pino.transport()` or `createStream()` returned
 * @param signals default: SIGTERM and SIGINT
 * @returns takes that back
 */
export function closeOnSignals(
  stream: Transport | InProcessStream,
  signals?: readonly NodeJS.Signals[],
): () => void {
  return closeAll('flushSync' in stream ? closingOf(stream) : closingInProcess(stream), signals);
}

function closingOf(transport: Transport): Closing {
  return {
    async deliver() {
      await withTimeout(FLUSH_MS, systemClock, flushed(transport));
    },
    end() {
      if (transport.destroyed) return;
      try {
        // Stands still until the worker has delivered.
        transport.flushSync();
        transport.end();
        if (transport.destroyed) reportStuck('it took too long to end');
      } catch (error) {
        reportStuck(String(error));
      }
    },
  };
}

function closingInProcess(stream: InProcessStream): Closing {
  return {
    async deliver() {
      if (await withTimeout(FLUSH_MS, systemClock, flushed(stream))) return;
      const closed = new Promise<void>((resolve) => stream.once('close', resolve));
      stream.end();
      await closed;
    },
  };
}

/** Pino's older transports have no flush. */
async function flushed(stream: Transport | InProcessStream): Promise<true> {
  await new Promise<void>((resolve) => (stream.flush ? stream.flush(resolve) : resolve()));
  return true;
}

function reportStuck(reason: string): void {
  new Reporter(() => undefined, true, systemClock).problem(
    'worker',
    `The worker thread is stuck, and what it held is lost. (${reason})`,
  );
}
