import type { Entity } from '../operations/entity.js';
import { isShape } from '../operations/members.js';

/** A request that changed log groups or streams. */
export interface OperationEntry {
  /** The time of the service, in milliseconds since 1970. */
  readonly at: number;
  readonly operation: string;
  readonly input: unknown;
}

/** A log stream as it was when the journal was rewritten. */
export interface StreamEntry {
  readonly at: number;
  readonly stream: { readonly logGroupName: string; readonly logStreamName: string };
  /** The number of its events that are not in the journal. */
  readonly discarded: number;
  /** Of all its events, also of those that are not in the journal; absent if it had none. */
  readonly times?: StreamTimes | undefined;
}

export interface StreamTimes {
  readonly firstEventTimestamp: number;
  readonly lastEventTimestamp: number;
  readonly lastIngestionTime: number;
}

/** The events that a request, or a line of standard input, brought. */
export interface BatchEntry {
  readonly at: number;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly entity: Entity | null;
  /** The sequence number of the first event. */
  readonly sequence: number;
  readonly events: readonly (readonly [timestamp: number, message: string])[];
}

/** The sequence number that the next event gets, since no number is used twice. */
interface SequenceEntry {
  readonly nextSequence: number;
}

/** A line of the journal. */
export type Entry = OperationEntry | StreamEntry | BatchEntry | SequenceEntry;

const OPERATIONS_THAT_CHANGE = /^(Create|Delete|Put|Tag|Untag)(?!LogEvents$)/;

/** Whether an operation may change log groups or streams. Events have entries of their own. */
export const isKept = (operation: string): boolean => OPERATIONS_THAT_CHANGE.test(operation);

/** The entry in a line; undefined if it is damaged, as the last one may be after a kill. */
export function readEntry(line: string): Entry | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    // What is inside is as this package wrote it, and checked where it is replayed.
    return isShape(entry) && isKnown(entry) ? (entry as unknown as Entry) : undefined;
  } catch {
    return undefined;
  }
}

function isKnown({
  at,
  operation,
  stream,
  nextSequence,
  logGroupName,
  logStreamName,
  events,
}: Record<string, unknown>): boolean {
  if (Number.isSafeInteger(nextSequence)) return true;
  if (typeof at !== 'number') return false;
  if (typeof operation === 'string') return true;
  if (isShape(stream)) return areNames(stream.logGroupName, stream.logStreamName);
  return areNames(logGroupName, logStreamName) && Array.isArray(events) && events.every(Array.isArray);
}

const areNames = (...names: readonly unknown[]): boolean => names.every((name) => typeof name === 'string');
