import type { RejectedLogEventsInfo } from './batch.js';
import type { Entity, RejectedEntityInfo } from './entity.js';
import type { Fault } from './faults.js';
import type { StoredEvent } from './store.js';

export interface StartOptions {
  /** Default: 0, a free one. */
  readonly port?: number;
  /** Address to listen on. Default: 127.0.0.1, which only this machine reaches. */
  readonly host?: string;
  /** The clock of events, in milliseconds since 1970. Default: Date.now. */
  readonly now?: () => number;
  /**
   * The clock that the times of signatures are held against, and the Date of each answer, by which an AWS SDK corrects
   * its own. Default: Date.now, also where `now` is another: SDKs sign by the real time.
   */
  readonly signingClock?: () => number;
  /** From 0 up to 1, for faults that meet a share of requests. Default: Math.random. */
  readonly random?: () => number;
  /**
   * Called for each PutLogEvents that is accepted, though nothing of it may be: then `events` is empty. That is
   * before it is answered 200; what it throws is a 500.
   */
  readonly onPut?: (put: Put) => void;
  /** Called with the record of each request, before it is answered. Must not throw. */
  readonly onRequest?: (request: RequestRecord) => void;
  /** false: events are counted and then forgotten. Default: true. */
  readonly keepEvents?: boolean;
  /**
   * Bytes, as the service accounts them, of the newest events that are kept, of all streams together. Older ones are
   * forgotten, a PutLogEvents at a time. Default: Infinity.
   */
  readonly keepEventBytes?: number;
  /** How many of the newest requests are kept. Default: Infinity. */
  readonly keepRequests?: number;
}

/** What was accepted of one PutLogEvents, and what the answer says of the rest. */
export interface Put {
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** Empty where all were rejected. */
  readonly events: readonly StoredEvent[];
  /** The entity stored with the events; null where none was sent or it was rejected. */
  readonly entity: Entity | null;
  /** Absent when all events were accepted. */
  readonly rejectedLogEventsInfo?: RejectedLogEventsInfo;
  /** Absent when the entity was accepted, or none was sent. */
  readonly rejectedEntityInfo?: RejectedEntityInfo;
}

/** One request to the service, without its body. */
export interface RequestRecord {
  readonly operation: string;
  /** HTTP status of the answer; 0 where there was none. */
  readonly status: number;
  /** Name of the exception answered. */
  readonly errorType?: string;
  /** The first 512 characters of what it said. */
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
  /** The kind of fault that met it. */
  readonly fault?: Fault['kind'];
  /** When it had been read, in milliseconds since 1970. */
  readonly at: number;
}

/** A running service. */
export interface Local {
  /** Such as `http://127.0.0.1:40123`. */
  readonly endpoint: string;
  readonly port: number;
  /** Variables that point an AWS SDK at it, with credentials that open nothing elsewhere. */
  readonly env: Readonly<Record<string, string>>;
  /** Every request so far, or the newest `keepRequests`, in the order in which they were read. */
  readonly requests: readonly RequestRecord[];
  /** The events kept, stream by stream, each in the order of arrival. Throws when `keepEvents` is false. */
  events(logGroupName: string, logStreamName?: string): StoredEvent[];
  /** The number of events accepted, also of those that are kept no longer. */
  count(logGroupName: string, logStreamName?: string): number;
  /** Puts a fault in force; the function returned ends it. Throws a TypeError for one that makes no sense. */
  fault(fault: Fault): () => void;
  clearFaults(): void;
  /** Ends every connection at once, hung ones too. */
  close(): Promise<void>;
}
