import type { RejectedLogEventsInfo } from './batch.js';
import type { Entity, RejectedEntityInfo } from './entity.js';
import type { Members } from './members.js';
import type { Store, StoredBatch } from './store.js';

/** What a request says of itself, noted while it is read, so that it is known of refused requests too. */
interface Note {
  /** Number of events. */
  events?: number;
  /** UTF-8 bytes of the messages and 26 for each event. */
  accountedBytes?: number;
  entity?: Entity;
}

/** What an operation works on. */
export interface Context {
  readonly store: Store;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Hears what was accepted. */
  readonly onPut?: ((put: AcceptedBatch) => void) | undefined;
}

/** A PutLogEvents that is answered 200. Its batch is empty where all events were rejected. */
export interface AcceptedBatch {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly batch: StoredBatch;
  readonly rejectedLogEventsInfo?: RejectedLogEventsInfo;
  readonly rejectedEntityInfo?: RejectedEntityInfo;
}

/** Does what was read, and returns the answer. `entityError` is a fault's: the entity is rejected for it. */
export type Act = (context: Context, entityError?: string) => object;

/** Reads a request. Faults come between this and the act: a request that meets one is noted like any other. */
export type Operation = (members: Members, note: Note) => Act;
