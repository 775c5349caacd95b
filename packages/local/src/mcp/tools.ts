import { describeGroups } from '../control/groups.js';
import type { RequestRecord } from '../local.js';
import { explain } from '../requests/explanation.js';
import type { RequestLog } from '../requests/request-log.js';
import { findEvents } from '../search/find-events.js';
import { parseSpan } from '../search/time-span.js';
import type { Store } from '../store/store.js';
import { isoTime } from '../terminal/iso-time.js';

/** Longer messages are cut, since an assistant reads little at once. */
const MAX_MESSAGE = 4_000;

/** The parts of the service that the tools read. */
export interface ToolSources {
  readonly store: Store;
  readonly requests: RequestLog;
  now(): number;
}

export interface SearchArguments {
  readonly query?: string | undefined;
  readonly filterPattern?: string | undefined;
  readonly logGroupName?: string | undefined;
  readonly logStreamName?: string | undefined;
  /** Such as `15m`. */
  readonly since?: string | undefined;
  readonly limit: number;
}

/** What an assistant can ask the service for. Nothing changes it. */
export class Tools {
  readonly #sources: ToolSources;

  constructor(sources: ToolSources) {
    this.#sources = sources;
  }

  listGroups(): unknown {
    return describeGroups(this.#sources.store);
  }

  /** The newest events that match. */
  async searchLogs({ since, limit, ...criteria }: SearchArguments): Promise<unknown> {
    const found = await findEvents(this.#sources.store, { ...criteria, startTime: this.#startOf(since) });
    const events = found
      .slice(-limit)
      .map(({ sequence, timestamp, ingestionTime: _, message, ...event }) => ({
        sequence,
        time: isoTime(timestamp),
        ...event,
        ...cut(message),
      }));
    return { total: found.length, events };
  }

  /** The newest requests that were refused, in whole or in part. */
  getRejections(limit: number): unknown {
    const { discarded, records } = this.#sources.requests;
    return records
      .map((record, index) => ({ number: discarded + index, ...summaryOf(record) }))
      .filter(({ said }) => said.length > 0)
      .slice(-limit);
  }

  /** Why a request was refused, and by which rule. @param number as in the rejections */
  explainRejection(number: number): unknown {
    const { discarded, records } = this.#sources.requests;
    const record = records[number - discarded];
    if (!record) throw new Error(`The request ${number} is not kept: see get_rejections.`);
    return { request: record, explanations: explain(record) };
  }

  #startOf(since: string | undefined): number | undefined {
    if (since === undefined) return undefined;
    const span = parseSpan(since);
    if (span === undefined) throw new Error(`since is not a span such as 15m: ${since}`);
    return Math.max(0, this.#sources.now() - span);
  }
}

/** The beginning of a message, and how long it is if that is not all. */
const cut = (message: string) =>
  message.length <= MAX_MESSAGE
    ? { message }
    : { message: message.slice(0, MAX_MESSAGE), cutFromCharacters: message.length };

const summaryOf = (record: RequestRecord) => ({
  time: isoTime(record.at),
  operation: record.operation,
  status: record.status,
  logGroupName: record.logGroupName,
  logStreamName: record.logStreamName,
  said: explain(record).map(({ words }) => words),
});
