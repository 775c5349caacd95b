import type { Fault } from './faults/faults.js';
import type { RejectedLogEventsInfo } from './operations/batch.js';
import type { Entity, RejectedEntityInfo } from './operations/entity.js';
import type { StoredEvent } from './store/store.js';

export interface StartOptions {
  /** Default: 0, any free port. */
  readonly port?: number;
  /** Address to listen on. Default: 127.0.0.1, which only this machine can reach. */
  readonly host?: string;
  /** The clock of events, in milliseconds since 1970. Default: Date.now. */
  readonly now?: () => number;
  /**
   * The clock that signatures are checked against, and that the Date header of each answer shows, by which an AWS SDK
   * corrects its own clock. Default: Date.now, whatever `now` is, since SDKs sign with the real time.
   */
  readonly signingClock?: () => number;
  /** Random numbers in [0, 1), for faults with a share. Default: Math.random. */
  readonly random?: () => number;
  /**
   * Called before each PutLogEvents is answered 200. `events` is empty when every event was rejected. An error that it
   * throws is answered as a 500.
   */
  readonly onPut?: (put: Put) => void;
  /** Called with the record of each request before it is answered. Must not throw. */
  readonly onRequest?: (request: RequestRecord) => void;
  /** false: events are only counted. Default: true. */
  readonly keepEvents?: boolean;
  /**
   * How many bytes of events are kept, in all streams together, counted as the service does. The oldest PutLogEvents are
   * discarded first. Default: Infinity.
   */
  readonly keepEventBytes?: number;
  /** How many of the newest requests are kept. Default: Infinity. */
  readonly keepRequests?: number;
}

/** The accepted events of one PutLogEvents, and what the answer says about the others. */
export interface Put {
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** Empty when all events were rejected. */
  readonly events: readonly StoredEvent[];
  /** The entity stored with the events; null when none was sent or it was rejected. */
  readonly entity: Entity | null;
  /** Absent when all events were accepted. */
  readonly rejectedLogEventsInfo?: RejectedLogEventsInfo;
  /** Absent when the entity was accepted or none was sent. */
  readonly rejectedEntityInfo?: RejectedEntityInfo;
}

/** One request to the service, without its body. */
export interface RequestRecord {
  readonly operation: string;
  /** HTTP status of the answer; 0 when there was none. */
  readonly status: number;
  /** Name of the exception in the answer. */
  readonly errorType?: string;
  /** The first 512 characters of its message. */
  readonly errorMessage?: string;
  readonly logGroupName?: string;
  readonly logStreamName?: string;
  /** PutLogEvents: the number of events sent. */
  readonly events?: number;
  /** PutLogEvents: UTF-8 bytes of the messages and 26 for each event. */
  readonly accountedBytes?: number;
  /** Bytes of the body as sent. */
  readonly wireBytes: number;
  readonly contentEncoding?: string;
  /** PutLogEvents: the entity sent. */
  readonly entity?: Entity;
  /** The kind of fault that applied. */
  readonly fault?: Fault['kind'];
  /** When the request had been read, in milliseconds since 1970. */
  readonly at: number;
}

/** A running service. */
export interface Local {
  /** Such as `http://127.0.0.1:40123`. */
  readonly endpoint: string;
  readonly port: number;
  /** Environment variables that point an AWS SDK at it, with credentials that are valid nowhere else. */
  readonly env: Readonly<Record<string, string>>;
  /** All requests so far, or the newest `keepRequests`, in the order in which they were read. */
  readonly requests: readonly RequestRecord[];
  /** The kept events, stream by stream, each in the order of arrival. Throws when `keepEvents` is false. */
  events(logGroupName: string, logStreamName?: string): StoredEvent[];
  /** The number of accepted events, including those that are no longer kept. */
  count(logGroupName: string, logStreamName?: string): number;
  /** Activates a fault; the returned function ends it. Throws a TypeError when the fault is not valid. */
  fault(fault: Fault): () => void;
  clearFaults(): void;
  /** Closes the server and every connection at once, including hanging ones. */
  close(): Promise<void>;
}
