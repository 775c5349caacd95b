import { isUtf8 } from 'node:buffer';
import { inspect } from 'node:util';
import { EVENT_OVERHEAD_BYTES, MAX_MESSAGE_BYTES } from './limits.js';

/**
 * Where the timestamp of an event comes from. While the service's clock is unknown the timestamp is provisional: `host` is the
 * host's time of the log call; `record` is the record's own time, which is within the service's limits by the host's clock. Once
 * the service's clock is known, timestamps are `final`.
 */
export type TimeSource = 'host' | 'record' | 'final';

export interface EventTime {
  /** Milliseconds since 1970-01-01T00:00:00Z, a non-negative integer. */
  readonly timestamp: number;
  readonly source: TimeSource;
}

/** A log event of PutLogEvents. */
export interface LogEvent extends EventTime {
  /** UTF-8, not empty. It may be a view of the caller's memory, which is valid only until the event is added to a batch. */
  readonly message: Buffer;
  /** The accounted bytes: the size of the message in UTF-8, plus 26. */
  readonly bytes: number;
}

/**
 * Turns a record into log events: usually one, several if the message is too long for one, and none if it is empty. The service
 * refuses a whole batch that contains an empty message.
 */
export function toLogEvents(
  timestamp: number,
  message: string | Buffer,
  source: TimeSource = 'final',
): LogEvent[] {
  const text = toUtf8(message);
  if (text.length === 0) return [];
  if (text.length <= MAX_MESSAGE_BYTES) return [logEvent(timestamp, source, text)];
  return splitMessage(text, MAX_MESSAGE_BYTES).map((part) => logEvent(timestamp, source, part));
}

/** Formats a value that is not text as `console.log` would, since the caller may be plain JavaScript. */
export function toText(message: unknown): string | Buffer {
  if (typeof message === 'string' || Buffer.isBuffer(message)) return message;
  try {
    return inspect(message);
  } catch {
    return typeof message;
  }
}

/** Lone surrogates and invalid bytes become U+FFFD. */
export function toUtf8(message: string | Buffer): Buffer {
  if (typeof message === 'string') return Buffer.from(message);
  return isUtf8(message) ? message : Buffer.from(message.toString());
}

/**
 * Spaces after a timestamp, which JSON allows, state its source. The mark stays with the event when its batch is sorted, divided
 * or read from disk by another process.
 */
const SOURCE_MARKS: Readonly<Record<TimeSource, string>> = { final: '', host: ' ', record: '  ' };

/** The JSON of an event before its message. */
export function headOf({ timestamp, source }: EventTime): string {
  return `{"timestamp":${timestamp}${SOURCE_MARKS[source]},"message":`;
}

const HEAD = /^\{"timestamp":(\d+)( {0,2}),"message":/;

/** Reads the timestamp of an event and its source from the event's JSON. */
export function timeOf(json: string): EventTime {
  const mark = HEAD.exec(json)?.[2];
  const source = mark === SOURCE_MARKS.host ? 'host' : mark === SOURCE_MARKS.record ? 'record' : 'final';
  return { timestamp: timestampOf(json), source };
}

/** Replaces the timestamp in the JSON of an event with a final one. */
export function withTimestamp(json: string, timestamp: number): string {
  return json.replace(HEAD, headOf({ timestamp, source: 'final' }));
}

/** Reads the timestamp of an event from the start of its JSON. */
export function timestampOf(json: string): number {
  return Number.parseInt(json.slice('{"timestamp":'.length), 10);
}

function logEvent(timestamp: number, source: TimeSource, message: Buffer): LogEvent {
  return { timestamp, source, message, bytes: message.length + EVENT_OVERHEAD_BYTES };
}

/**
 * Cuts UTF-8 text into parts between code points. Joined, the parts are the text.
 * @param maxBytes the size of the largest part; at least 4, the size of the largest code point
 */
export function splitMessage(text: Buffer, maxBytes: number): Buffer[] {
  const parts: Buffer[] = [];
  for (let start = 0; start < text.length; ) {
    const end = codePointBoundary(text, start + maxBytes);
    parts.push(text.subarray(start, end));
    start = end;
  }
  return parts;
}

/** The last boundary between code points of UTF-8 text at or before `offset`. */
export function codePointBoundary(bytes: Buffer, offset: number): number {
  if (offset >= bytes.length) return bytes.length;
  let end = offset;
  // A byte 10xxxxxx continues a code point: https://www.rfc-editor.org/rfc/rfc3629#section-3
  while (((bytes[end] ?? 0) & 0b1100_0000) === 0b1000_0000) end--;
  return end;
}
