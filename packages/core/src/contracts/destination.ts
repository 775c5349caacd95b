import type { Batch } from '../batching/batch.js';
import type { Entity } from '../identity/entity.js';
import type { FailedOutcome, Outcome } from './outcome.js';

export interface LogStreamName {
  readonly logGroupName: string;
  readonly logStreamName: string;
}

/** Where events go, and the entity that wrote them. */
export interface DestinationName extends LogStreamName {
  readonly entity: Entity | undefined;
}

/** A log group, a log stream (one per UTC day if its name holds the date) and an entity, to which batches are sent. */
export interface Destination {
  /** The name for events with this timestamp. */
  nameAt(timestamp: number): DestinationName;
  /**
   * Makes one attempt to deliver a batch. Never rejects.
   * @param entityIsGood true when the entity is known not to be the reason for an earlier refusal
   */
  send(batch: Batch, entityIsGood: boolean): Promise<Outcome>;
  /** Says, for a report, what a failure means for the events that wait, and what the user can do. */
  explain(outcome: FailedOutcome): string;
}
