/** For the application's own thread. Nothing of it loads the AWS SDK. */
import { closeOnSignals as closeAll, Reporter, systemClock } from '@awslogs/core/main-thread';

export { dropWhenBehind } from './drop-when-behind.js';

/** What `pino.transport()` returns. */
interface Transport {
  flushSync(): void;
  end(): void;
}

/** What `createStream()` returns. */
interface InProcessStream {
  end(): unknown;
  once(event: 'close', listener: () => void): unknown;
}

/**
 * On a signal that nobody else in the process handles, delivers what was logged (for `closeTimeoutMs` at most), and
 * then lets the signal end the process. A signal that the application handles is left to it.
 * @param stream what `pino.transport()` or `createStream()` returned
 * @param signals default: SIGTERM and SIGINT
 * @returns takes that back
 */
export function closeOnSignals(
  stream: Transport | InProcessStream,
  signals?: readonly NodeJS.Signals[],
): () => void {
  return closeAll(() => end(stream), signals);
}

async function end(stream: Transport | InProcessStream): Promise<void> {
  if ('flushSync' in stream) {
    try {
      // Stands still until the worker has delivered.
      stream.flushSync();
      stream.end();
    } catch (error) {
      new Reporter(() => undefined, true, systemClock).problem(
        'worker',
        `The worker thread is stuck, and what it held is lost. (${String(error)})`,
      );
    }
  } else {
    const closed = new Promise<void>((resolve) => stream.once('close', resolve));
    stream.end();
    await closed;
  }
}
