import type { Counts } from '../reporting/counts.js';
import type { DestinationName } from './destination.js';

/** Keeps the events that the service refuses for good. */
export interface DeadLetters {
  /** @param events the JSON of each event */
  add(reason: keyof Counts['rejected'], name: DestinationName, events: readonly string[]): void;
}
