import type { Batch } from '../batching/batch.js';
import type { Entity } from '../identity/entity.js';
import type { Outcome } from './outcome.js';

/** Where events go, and who wrote them. */
export interface DestinationName {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly entity: Entity | undefined;
}

/** Sends batches to one target, with one entity. */
export interface Destination {
  /** For events of this time. */
  nameAt(timestamp: number): DestinationName;
  /**
   * Tries once to deliver a batch. Never rejects.
   * @param entityIsGood whether it is known that what is wrong with the batch is not the entity
   */
  send(batch: Batch, entityIsGood: boolean): Promise<Outcome>;
}
