import type { LogStreamName } from './client.js';

/** So many are remembered. More begin anew, at the price of a request for each. */
const MAX_KNOWN = 10_000;

/**
 * The log streams that are known to exist. To write to one that does not takes three requests: one that finds nothing, the
 * creation, and the first again. Where the last new one was missing, as with tenants on their first day, the next probably is
 * as well, and creating it first spares a request.
 */
export class KnownStreams {
  readonly #known = new Set<string>();
  #isNextMissing = false;

  isProbablyMissing(name: LogStreamName): boolean {
    return this.#isNextMissing && !this.#known.has(keyOf(name));
  }

  /** @param wasMissing whether it was created just now */
  add(name: LogStreamName, wasMissing: boolean): void {
    const key = keyOf(name);
    if (this.#known.has(key)) return;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.add(key);
    this.#isNextMissing = wasMissing;
  }
}

/** No log stream's name holds a colon. */
function keyOf({ logGroupName, logStreamName }: LogStreamName): string {
  return `${logGroupName}:${logStreamName}`;
}
