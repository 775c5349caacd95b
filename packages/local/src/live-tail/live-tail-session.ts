import { randomUUID } from 'node:crypto';
import type { StreamMessage } from '../http/event-stream.js';
import type { StoredEvent } from '../store/store.js';

/** "Can include as many as 500 log events", "buffers up to … 5000 log events", "kept open for three hours". */
const MAX_RESULTS = 500;
const MAX_BUFFERED = 5_000;
const TIMEOUT_MS = 3 * 3_600_000;

/** What a session includes. */
export interface LiveTailFilter {
  /** ARNs by the names of the log groups. */
  readonly groups: ReadonlyMap<string, string>;
  readonly streamNames: readonly string[] | undefined;
  readonly streamPrefixes: readonly string[] | undefined;
  readonly pattern: string | undefined;
  readonly matches: (message: string) => boolean;
}

interface Result {
  readonly logStreamName: string;
  readonly logGroupIdentifier: string;
  readonly message: string;
  readonly timestamp: number;
  readonly ingestionTime: number;
}

/** A Live Tail session: what it sends at its start, and then every second. */
export class LiveTailSession {
  readonly #filter: LiveTailFilter;
  readonly #startedAt: number;
  #buffered: Result[] = [];

  constructor(filter: LiveTailFilter, startedAt: number) {
    this.#filter = filter;
    this.#startedAt = startedAt;
  }

  /** Takes the events that it includes. */
  add(logGroupName: string, events: readonly StoredEvent[]): void {
    const logGroupIdentifier = this.#filter.groups.get(logGroupName);
    if (logGroupIdentifier === undefined) return;
    for (const { logStreamName, message, timestamp, ingestionTime } of events) {
      if (!this.#hasStream(logStreamName) || !this.#filter.matches(message)) continue;
      this.#buffered.push({ logStreamName, logGroupIdentifier, message, timestamp, ingestionTime });
    }
    if (this.#buffered.length > MAX_BUFFERED) this.#buffered = this.#buffered.slice(-MAX_BUFFERED);
  }

  #hasStream(name: string): boolean {
    const { streamNames, streamPrefixes } = this.#filter;
    if (streamNames) return streamNames.includes(name);
    return streamPrefixes?.some((prefix) => name.startsWith(prefix)) ?? true;
  }

  /** The SDKs expect the first of these, since the protocol has no other place for members outside the stream. */
  start(): readonly StreamMessage[] {
    const { groups, streamNames = [], streamPrefixes = [], pattern = '' } = this.#filter;
    const content = {
      requestId: randomUUID(),
      sessionId: randomUUID(),
      logGroupIdentifiers: [...groups.values()],
      logStreamNames: streamNames,
      logStreamNamePrefixes: streamPrefixes,
      logEventFilterPattern: pattern,
    };
    return [
      { kind: 'event', type: 'initial-response', content: {} },
      { kind: 'event', type: 'sessionStart', content },
    ];
  }

  /** What has arrived since the last call; a sample of it if that is too much. */
  update(): StreamMessage {
    const all = this.#buffered;
    this.#buffered = [];
    const sampled = all.length > MAX_RESULTS;
    const step = sampled ? all.length / MAX_RESULTS : 1;
    const sessionResults = Array.from(
      { length: Math.min(all.length, MAX_RESULTS) },
      (_, index) => all[Math.floor(index * step)],
    );
    return {
      kind: 'event',
      type: 'sessionUpdate',
      content: { sessionMetadata: { sampled }, sessionResults },
    };
  }

  /** The end of a session that has been open for too long; undefined before. */
  timeout(now: number): StreamMessage | undefined {
    if (now - this.#startedAt < TIMEOUT_MS) return undefined;
    const message = 'The session has timed out: it has been open for three hours.';
    return { kind: 'exception', type: 'SessionTimeoutException', content: { message } };
  }
}
