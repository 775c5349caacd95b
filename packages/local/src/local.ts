import type { Fault } from './faults/faults.js';
import type { RejectedLogEventsInfo } from './operations/batch.js';
import type { RejectedEntityInfo } from './operations/entity.js';
import type { Entity } from './store/entity.js';
import type { StoredEvent } from './store/store.js';

/** Options of the local service. */
export interface StartOptions {
  /** The port to listen on. Default: 0, any free port. */
  readonly port?: number;
  /** The address to listen on. Default: 127.0.0.1, which only this machine can reach. */
  readonly host?: string;
  /** The clock of events, in milliseconds since 1970. Default: Date.now. */
  readonly now?: () => number;
  /**
   * The clock that signatures are checked against, in milliseconds since 1970. It also sets the Date header of each
   * answer, with which an AWS SDK corrects its own clock. Default: Date.now, even if `now` is set, since SDKs sign with
   * the real time.
   */
  readonly signingClock?: () => number;
  /** The timer of Live Tail sessions: calls back at an interval. @returns ends that. Default: setInterval. */
  readonly every?: (intervalMs: number, callback: () => void) => () => void;
  /**
   * An identity-based policy of IAM, which then decides what is allowed: Effect, Action or NotAction, Resource or
   * NotResource, with wildcards. Default: everything is allowed. `start` rejects with a TypeError if it is invalid.
   */
  readonly policy?: object;
  /**
   * How many requests per second are allowed, by operation; above that, the answer is a ThrottlingException. Those of
   * the service are `QUOTAS`. Default: any number.
   */
  readonly quotas?: Readonly<Record<string, number>>;
  /** Random numbers in [0, 1), for faults with a share. Default: Math.random. */
  readonly random?: () => number;
  /**
   * Called before each PutLogEvents is answered with 200, also if every event was rejected. If it throws, the answer is
   * a 500.
   */
  readonly onPut?: (put: Put) => void;
  /** Called with the record of each request before it is answered. Must not throw. */
  readonly onRequest?: (request: RequestRecord) => void;
  /** Whether events are kept; otherwise they are only counted. Default: true. */
  readonly keepEvents?: boolean;
  /**
   * The maximum size of the kept events of all streams, in bytes as the service counts them, and 400 for each
   * PutLogEvents. Above it, the oldest PutLogEvents are discarded. Default: Infinity.
   */
  readonly keepEventBytes?: number;
  /** The maximum number of kept requests. Above it, the oldest are discarded. Default: Infinity. */
  readonly keepRequests?: number;
}

/** The accepted events of one PutLogEvents, and what the answer says about the others. */
export interface Put {
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** Empty if all events were rejected. */
  readonly events: readonly StoredEvent[];
  /** The entity stored with the events; null if none was sent or it was rejected. */
  readonly entity: Entity | null;
  /** Absent if all events were accepted. */
  readonly rejectedLogEventsInfo?: RejectedLogEventsInfo;
  /** Absent if the entity was accepted or none was sent. */
  readonly rejectedEntityInfo?: RejectedEntityInfo;
}

/** One request to the service, without its body. */
export interface RequestRecord {
  readonly operation: string;
  /** The HTTP status of the answer; 0 if there was none. */
  readonly status: number;
  /** The name of the exception in the answer. */
  readonly errorType?: string;
  /** The first 512 characters of its message. */
  readonly errorMessage?: string;
  readonly logGroupName?: string;
  readonly logStreamName?: string;
  /** PutLogEvents: the number of events sent. */
  readonly events?: number;
  /** PutLogEvents: UTF-8 bytes of the messages and 26 for each event. */
  readonly accountedBytes?: number;
  /** The size of the body as sent, in bytes. */
  readonly wireBytes: number;
  readonly contentEncoding?: string;
  /** The size of the body before it was compressed; absent if it was not compressed, or could not be read. */
  readonly bodyBytes?: number;
  /** PutLogEvents: which events were rejected; absent if none were. */
  readonly rejectedLogEventsInfo?: RejectedLogEventsInfo;
  /** PutLogEvents: why the entity was rejected; absent if it was not. */
  readonly rejectedEntityInfo?: RejectedEntityInfo;
  /** PutLogEvents: the entity sent. */
  readonly entity?: Entity;
  /** The kind of fault that applied. */
  readonly fault?: Fault['kind'];
  /** The time when the request had been read, in milliseconds since 1970. */
  readonly at: number;
}

/** A running service. */
export interface Local {
  /** The URL of the service, such as `http://127.0.0.1:40123`. */
  readonly endpoint: string;
  readonly port: number;
  /** Environment variables that point an AWS SDK at the service, with credentials that are valid nowhere else. */
  readonly env: Readonly<Record<string, string>>;
  /** All requests so far, or the newest `keepRequests`, in the order in which they were answered. */
  readonly requests: readonly RequestRecord[];
  /**
   * The kept events of a group or stream: stream by stream, each in order of arrival. Empty if the group or stream does
   * not exist. Throws if `keepEvents` is false.
   */
  events(logGroupName: string, logStreamName?: string): StoredEvent[];
  /** The number of accepted events, including those that are no longer kept. */
  count(logGroupName: string, logStreamName?: string): number;
  /** Adds a fault. @returns removes it @throws {TypeError} if the fault is invalid */
  fault(fault: Fault): () => void;
  /** Removes all faults. */
  clearFaults(): void;
  /** Closes the service and all connections at once, including hanging ones. */
  close(): Promise<void>;
}
