import type { Entity } from '../store/entity.js';
import type { QueryStore } from '../store/query-store.js';
import type { Store, StoredBatch } from '../store/store.js';
import type { RejectedLogEventsInfo } from './batch.js';
import type { RejectedEntityInfo } from './entity.js';
import type { Members } from './members.js';

/** Details of a request, recorded while it is read, so that they are also known of refused requests. */
interface RequestDetails {
  /** Number of events. */
  events?: number;
  /** UTF-8 bytes of the messages and 26 for each event. */
  accountedBytes?: number;
  entity?: Entity;
  rejectedLogEventsInfo?: RejectedLogEventsInfo;
  rejectedEntityInfo?: RejectedEntityInfo;
}

/** The state that an operation works on. */
export interface Context {
  readonly store: Store;
  readonly queries: QueryStore;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Called with what was accepted. */
  readonly onPut?: ((put: AcceptedBatch) => void) | undefined;
}

/** A PutLogEvents that is answered with 200. Its batch is empty if all events were rejected. */
export interface AcceptedBatch {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly batch: StoredBatch;
  readonly rejectedLogEventsInfo?: RejectedLogEventsInfo;
  readonly rejectedEntityInfo?: RejectedEntityInfo;
}

/**
 * Executes a request and returns the answer. What changes something does so in one turn of the event loop.
 * @param entityError set by a fault to reject the entity
 */
export type Act = (context: Context, entityError?: string) => object | Promise<object>;

/**
 * Reads a request. Faults are applied afterwards, so that the record of a request is the same with and without a fault.
 */
export type Operation = (members: Members, details: RequestDetails) => Act;
