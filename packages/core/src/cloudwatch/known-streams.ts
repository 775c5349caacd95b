import type { LogStreamName } from '../contracts/destination.js';

/** At this many the set starts again empty, at the price of one request for each log stream. */
const MAX_KNOWN = 10_000;

/**
 * The log streams that are known to exist. Writing to a missing one takes three requests: one that fails, the creation, and the
 * first one again. If the last new log stream was missing, the next one probably is too (tenants on their first day, for example).
 * Creating it first saves a request.
 */
export class KnownStreams {
  readonly #known = new Set<string>();
  #wasLastMissing = false;

  isProbablyMissing(name: LogStreamName): boolean {
    return this.#wasLastMissing && !this.#known.has(keyOf(name));
  }

  /** @param wasMissing whether it was created just now */
  add(name: LogStreamName, wasMissing: boolean): void {
    const key = keyOf(name);
    if (this.#known.has(key)) return;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.add(key);
    this.#wasLastMissing = wasMissing;
  }
}

/** The name of a log stream cannot contain a colon. */
function keyOf({ logGroupName, logStreamName }: LogStreamName): string {
  return `${logGroupName}:${logStreamName}`;
}
