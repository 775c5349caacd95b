import { invalidParameter } from '../refusal/refusal.js';
import { sizeOf } from '../store/event-size.js';
import { isShape, lengthConstraint, type Members, mismatch, NOT_NULL } from './members.js';
import { DAY_MS, MAX_AGE_MS, MAX_AHEAD_MS, MAX_BATCH_BYTES, MAX_EVENTS, SPAN_LIMIT_MS } from './rules.js';

/** The events of an accepted batch that the service rejects. End indexes are exclusive, the start index is inclusive. */
export interface RejectedLogEventsInfo {
  readonly tooOldLogEventEndIndex?: number;
  readonly expiredLogEventEndIndex?: number;
  readonly tooNewLogEventStartIndex?: number;
}

/** The events of one PutLogEvents, and their sizes. */
export interface Batch {
  readonly timestamps: Float64Array;
  readonly messages: readonly string[];
  /** Bytes as the service counts them: UTF-8 of the messages, plus 26 for each event. */
  readonly bytes: number;
  /** Counted bytes of the largest event. */
  readonly largest: number;
  readonly chronological: boolean;
}

/** Reads `logEvents`. Violations of the model are collected in `members`. */
export function readBatch(members: Members): Batch {
  const events = members.requiredList('logEvents', 1, MAX_EVENTS);
  const timestamps = new Float64Array(events.length);
  const messages: string[] = [];
  let bytes = 0;
  let largest = 0;
  let chronological = true;
  let previous = 0;
  for (let index = 0; index < events.length; index++) {
    const event = events[index];
    if (!isShape(event)) throw mismatch(event, 'a Structure');
    const timestamp = readTimestamp(event.timestamp, index, members);
    const message = readMessage(event.message, index, members);
    const size = sizeOf(message);
    bytes += size;
    if (size > largest) largest = size;
    if (timestamp < previous) chronological = false;
    previous = timestamp;
    timestamps[index] = timestamp;
    messages.push(message);
  }
  return { timestamps, messages, bytes, largest, chronological };
}

function readTimestamp(value: unknown, index: number, members: Members): number {
  const path = (): string => `logEvents.${index + 1}.member.timestamp`;
  if (value === undefined || value === null) {
    members.violate(null, path(), NOT_NULL);
    return 0;
  }
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw mismatch(value, 'a Long');
  if (value < 0) members.violate(String(value), path(), 'Member must have value greater than or equal to 0');
  return value;
}

function readMessage(value: unknown, index: number, members: Members): string {
  if (typeof value === 'string' && value !== '') return value;
  const path = `logEvents.${index + 1}.member.message`;
  if (value === undefined || value === null) members.violate(null, path, NOT_NULL);
  else if (value === '') members.violate('', path, lengthConstraint('greater', 1));
  else throw mismatch(value, 'a String');
  return '';
}

/** Throws if size, order or span are wrong. The service then stores no event of the batch. */
export function checkBatch(batch: Batch, now: number): void {
  if (batch.largest > MAX_BATCH_BYTES) {
    throw invalidParameter(`Log event too large: ${batch.largest} bytes exceeds limit of ${MAX_BATCH_BYTES}`);
  }
  if (batch.bytes > MAX_BATCH_BYTES) {
    throw invalidParameter(`Upload too large: ${batch.bytes} bytes exceeds limit of ${MAX_BATCH_BYTES}`);
  }
  if (!batch.chronological) {
    throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
  }
  const { timestamps } = batch;
  const first = timestamps[firstFrom(timestamps, now - MAX_AGE_MS)];
  const last = timestamps[firstFrom(timestamps, now + MAX_AHEAD_MS + 1) - 1];
  if (first !== undefined && last !== undefined && last - first >= SPAN_LIMIT_MS) {
    throw invalidParameter(
      'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    );
  }
}

/** The accepted events are `[start, end)`; `rejected` describes the others. */
export interface Admission {
  readonly start: number;
  readonly end: number;
  /** Absent when all were accepted. */
  readonly rejected?: RejectedLogEventsInfo;
}

/** Decides which events of a chronological batch a group with this retention accepts. */
export function admit(timestamps: Float64Array, retentionInDays: number | undefined, now: number): Admission {
  const old = firstFrom(timestamps, now - MAX_AGE_MS);
  const expired = retentionInDays === undefined ? 0 : firstFrom(timestamps, now - retentionInDays * DAY_MS);
  const end = firstFrom(timestamps, now + MAX_AHEAD_MS + 1);
  const start = Math.max(old, expired);
  if (start === 0 && end === timestamps.length) return { start, end };
  const rejected: RejectedLogEventsInfo = {
    ...(old > 0 && { tooOldLogEventEndIndex: old }),
    // Events that are too old for any group are not reported as expired too.
    ...(expired > old && { expiredLogEventEndIndex: expired }),
    ...(end < timestamps.length && { tooNewLogEventStartIndex: end }),
  };
  return { start, end, rejected };
}

/** The index of the first timestamp at or after `from`, by binary search; the length if there is none. */
function firstFrom(timestamps: Float64Array, from: number): number {
  let low = 0;
  let high = timestamps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timestamps[middle] ?? Infinity) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
