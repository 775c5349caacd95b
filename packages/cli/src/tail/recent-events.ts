import { keyOf, type TailEvent } from './tail-event.js';

/** Events may become visible out of order: each pass looks back this far, and leaves out what was shown. */
const LOOK_BACK_MS = 60_000;

/** Now and then further, for events that come late. */
const LONG_LOOK_BACK_MS = 15 * 60_000;
const LONG_LOOK_EVERY = 5;

/** Old events are forgotten when this many are known, and again at twice as many as are left. */
const FORGET_AT = 10_000;

/** Events that are the same in all that is known of them. */
interface Seen {
  readonly timestamp: number;
  /** How many were shown. */
  shown: number;
  /** How many came in this pass. */
  pass: number;
  inPass: number;
}

/** The events that a further pass may read again, so that it shows none twice. */
export class RecentEvents {
  readonly #seen = new Map<string, Seen>();
  #since = 0;
  #newest = 0;
  #pass = 0;
  #forgetAt = FORGET_AT;

  /** Begins a pass over the events since this time, or what an earlier pass may have missed of them. @returns its beginning */
  nextPass(since: number): number {
    this.#since = since;
    this.#pass++;
    return this.#start(this.#pass % LONG_LOOK_EVERY === 0 ? LONG_LOOK_BACK_MS : LOOK_BACK_MS);
  }

  /** @returns whether the event was shown. Of equal events, as many are shown as a pass has. */
  isRepeated(event: TailEvent): boolean {
    const { timestamp } = event;
    const key = keyOf(event);
    const seen = this.#seen.get(key) ?? { timestamp, shown: 0, pass: 0, inPass: 0 };
    if (seen.pass !== this.#pass) Object.assign(seen, { pass: this.#pass, inPass: 0 });
    seen.inPass++;
    const isRepeated = seen.inPass <= seen.shown;
    seen.shown = Math.max(seen.shown, seen.inPass);
    this.#seen.set(key, seen);
    this.#newest = Math.max(this.#newest, timestamp);
    if (this.#seen.size >= this.#forgetAt) this.#forgetOld();
    return isRepeated;
  }

  /** The service takes events of the next two hours: one of them does not hide those of now. */
  #start(lookBackMs: number): number {
    return Math.max(this.#since, Math.min(this.#newest, Date.now()) - lookBackMs);
  }

  #forgetOld(): void {
    const start = this.#start(LONG_LOOK_BACK_MS);
    for (const [key, { timestamp }] of this.#seen) if (timestamp < start) this.#seen.delete(key);
    this.#forgetAt = Math.max(FORGET_AT, 2 * this.#seen.size);
  }
}
