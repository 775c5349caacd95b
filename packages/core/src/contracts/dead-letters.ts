import type { Counts } from '../reporting/counts.js';
import type { DestinationName } from './destination.js';
/** Takes the events that the service refuses for good. */
export interface DeadLetters {
  add(reason: keyof Counts['rejected'], address: DestinationName, events: readonly string[]): void;
}
