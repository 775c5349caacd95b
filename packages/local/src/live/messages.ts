import type { ActiveFault } from '../faults/faults.js';
import type { RequestRecord } from '../local.js';
import type { Entity } from '../store/entity.js';

/**
 * The messages of GET /_putlogs/live, a stream of server-sent events. This file holds types only, and is shared with the
 * page.
 */
export interface LiveMessages {
  readonly hello: HelloMessage;
  readonly state: StateMessage;
  readonly events: EventsMessage;
  readonly requests: RequestsMessage;
}

/** The first message of a connection. */
interface HelloMessage {
  /** Random for each start. When it changes, all that came before is void. */
  readonly instance: string;
  readonly version: string;
  /** The time of the service, in milliseconds since 1970. */
  readonly now: number;
}

/** What can change without a request. It is sent at the start, and when it has changed. */
export interface StateMessage {
  readonly clockOffsetMs: number;
  readonly faults: readonly ActiveFault[];
  /** Whether faults of CHAOS are active. */
  readonly isChaos: boolean;
  /** False: events are only counted. */
  readonly keepsEvents: boolean;
  /** The maximum size of the kept events; absent if there is none. */
  readonly keepEventBytes?: number;
  /** How many events have been discarded, and the first that is kept, if any. */
  readonly discardedEvents: number;
  readonly firstSequence?: number;
  readonly discardedRequests: number;
}

/** Events of one PutLogEvents. A large batch takes several messages. */
interface EventsMessage {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly ingestionTime: number;
  readonly entity: Entity | null;
  /** The number of events that the stream has had so far, including those that are no longer kept. */
  readonly count: number;
  /** The sequence number of the first event; the others follow. */
  readonly sequence: number;
  readonly events: readonly (readonly [timestamp: number, message: string])[];
}

interface RequestsMessage {
  /** The number of the first request; the others follow. */
  readonly first: number;
  readonly records: readonly RequestRecord[];
}
