import type { Closing } from '../host/close-on-signals.js';
import { deliverAtExit } from '../host/deliver-at-exit.js';
import { systemClock, withTimeout } from '../util/clock.js';

/** A logger's transport. It takes records after a close as well. */
interface Transport {
  /** Resolves when every record written before is settled. */
  flush(): Promise<unknown>;
  /** The same, for at most `closeTimeoutMs`. */
  close(): Promise<unknown>;
}

/** Enough for a service that answers. If it does not, `close()` limits the wait. */
const FLUSH_MS = 250;

/** How a transport that uses a `LoggerChannel` is closed when a signal ends the process. */
export function closingOf(transport: Transport): Closing {
  return { deliver: () => deliver(transport), end: deliverAtExit };
}

async function deliver(transport: Transport): Promise<void> {
  // A second pass for what is logged meanwhile. Not until nothing is logged any more: that may never happen.
  for (let pass = 0; pass < 2; pass++) {
    if (await withTimeout(FLUSH_MS, systemClock, flushTwice(transport))) return;
    await transport.close();
  }
}

/** The first flush may take long enough for more to be logged. The second one has open connections. */
async function flushTwice(transport: Transport): Promise<true> {
  await transport.flush();
  await transport.flush();
  return true;
}
