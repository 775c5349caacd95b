import type { ServerResponse } from 'node:http';
import { encodeMessage } from '../http/event-stream.js';
import type { StoredEvent } from '../store/store.js';
import type { LiveTailSession } from './live-tail-session.js';

/** "Every second, a LiveTailSessionUpdate object is sent." */
const INTERVAL_MS = 1_000;

/** Calls back at an interval. @returns ends that */
export type Every = (intervalMs: number, callback: () => void) => () => void;

/** The timer of the system. */
export const everyInterval: Every = (intervalMs, callback) => {
  const timer = setInterval(callback, intervalMs);
  return () => clearInterval(timer);
};

/** The open Live Tail sessions. */
export class LiveTail {
  /** The open sessions, and what ends each. */
  readonly #sessions = new Map<LiveTailSession, () => void>();
  readonly #now: () => number;
  readonly #every: Every;

  constructor(now: () => number, every: Every) {
    this.#now = now;
    this.#every = every;
  }

  /** Whether a session would take events. */
  get isOpen(): boolean {
    return this.#sessions.size > 0;
  }

  publish(logGroupName: string, events: readonly StoredEvent[]): void {
    for (const session of this.#sessions.keys()) session.add(logGroupName, events);
  }

  /** Sends a session to a client whose headers were sent, until it leaves or the session times out. */
  open(session: LiveTailSession, response: ServerResponse): void {
    const stop = this.#every(INTERVAL_MS, () => this.#tick(session, response));
    const end = (): void => {
      stop();
      this.#sessions.delete(session);
    };
    this.#sessions.set(session, end);
    response.once('close', end);
    for (const message of session.start()) response.write(encodeMessage(message));
  }

  /** Ends all sessions. */
  close(): void {
    for (const end of [...this.#sessions.values()]) end();
  }

  #tick(session: LiveTailSession, response: ServerResponse): void {
    // A slow client: the session buffers, and then drops, its events.
    if (response.writableNeedDrain || response.writableEnded) return;
    const timeout = session.timeout(this.#now());
    if (timeout) response.end(encodeMessage(timeout));
    else response.write(encodeMessage(session.update()));
  }
}
