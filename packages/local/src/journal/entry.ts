import { isShape } from '../operations/members.js';
import type { Entity } from '../store/entity.js';

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
    // The input of an operation is checked where it is replayed.
    return isShape(entry) && isKnown(entry) ? (entry as unknown as Entry) : undefined;
  } catch {
    return undefined;
  }
}

function isKnown({
  at,
  operation,
  stream,
  discarded,
  times,
  nextSequence,
  sequence,
  logGroupName,
  logStreamName,
  entity,
  events,
}: Record<string, unknown>): boolean {
  if (Number.isSafeInteger(nextSequence)) return true;
  if (typeof at !== 'number') return false;
  if (typeof operation === 'string') return true;
  if (isShape(stream))
    return areNames(stream.logGroupName, stream.logStreamName) && isCount(discarded) && areTimes(times);
  if (!areNames(logGroupName, logStreamName) || !isEntity(entity) || !isCount(sequence)) return false;
  return Array.isArray(events) && events.every(isEvent);
}

const areNames = (...names: readonly unknown[]): boolean => names.every((name) => typeof name === 'string');

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

const areTimes = (value: unknown): boolean =>
  value === undefined ||
  (isShape(value) &&
    [value.firstEventTimestamp, value.lastEventTimestamp, value.lastIngestionTime].every(
      Number.isSafeInteger,
    ));

const isEvent = (value: unknown): boolean =>
  Array.isArray(value) && Number.isSafeInteger(value[0]) && typeof value[1] === 'string';

const isEntity = (value: unknown): boolean =>
  value === null ||
  (isShape(value) && [value.keyAttributes ?? {}, value.attributes ?? {}].every(isMapOfTexts));

const isMapOfTexts = (value: unknown): boolean =>
  isShape(value) && Object.values(value).every((text) => typeof text === 'string');
