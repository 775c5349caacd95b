import { isUtf8 } from 'node:buffer';
import { inspect } from 'node:util';
import { EVENT_OVERHEAD_BYTES, MAX_MESSAGE_BYTES } from './limits.js';

/**
 * Where the time of an event comes from: from the host's clock at the log call, or from the record, as far as the host's
 * clock could tell that the service takes it. It is settled when the service's clock was known.
 */
export type TimeSource = 'host' | 'record' | 'settled';

export interface EventTime {
  /** Milliseconds after 1970-01-01T00:00:00Z, a non-negative integer. */
  readonly timestamp: number;
  readonly source: TimeSource;
}

/** One log event, as the service takes it. */
export interface LogEvent extends EventTime {
  /** In UTF-8, not empty. It may be a view of memory that is used anew once the record is taken over. */
  readonly message: Buffer;
  /** What the event counts towards the batch's limit: the message in UTF-8, and 26. */
  readonly bytes: number;
}

/**
 * Turns a record into the log events that carry it: one, several when the message is too long for one, none
 * when it is empty (the service refuses an empty message, and with it the whole batch).
 */
export function toLogEvents(
  timestamp: number,
  message: string | Buffer,
  source: TimeSource = 'settled',
): LogEvent[] {
  const text = toUtf8(message);
  if (text.length === 0) return [];
  if (text.length <= MAX_MESSAGE_BYTES) return [logEvent(timestamp, source, text)];
  return splitMessage(text, MAX_MESSAGE_BYTES).map((part) => logEvent(timestamp, source, part));
}

/** What is no text, and should not have come, is shown as Node's console would. */
export function toText(message: unknown): string | Buffer {
  if (typeof message === 'string' || Buffer.isBuffer(message)) return message;
  try {
    return inspect(message);
  } catch {
    return typeof message;
  }
}

/** What has no UTF-8 form, a lone surrogate or bytes of something else, becomes U+FFFD. */
function toUtf8(message: string | Buffer): Buffer {
  if (typeof message === 'string') return Buffer.from(message);
  return isUtf8(message) ? message : Buffer.from(message.toString());
}

/**
 * Spaces behind a timestamp, which JSON allows, tell its source wherever the event goes: into a sorted batch, a part of
 * one, a file that another process reads.
 */
const MARKS: Readonly<Record<TimeSource, string>> = { settled: '', host: ' ', record: '  ' };

/** The JSON of an event, up to its message. */
export function headOf({ timestamp, source }: EventTime): string {
  return `{"timestamp":${timestamp}${MARKS[source]},"message":`;
}

const HEAD = /^\{"timestamp":(\d+)( {0,2}),"message":/;

/** The time of an event, from its JSON. */
export function timeOf(json: string): EventTime {
  const mark = HEAD.exec(json)?.[2];
  const source = mark === MARKS.host ? 'host' : mark === MARKS.record ? 'record' : 'settled';
  return { timestamp: timestampOf(json), source };
}

/** The JSON of an event with another time, which is settled. */
export function withTimestamp(json: string, timestamp: number): string {
  return json.replace(HEAD, headOf({ timestamp, source: 'settled' }));
}

/** The timestamp of an event, from the beginning of its JSON. */
export function timestampOf(json: string): number {
  return Number.parseInt(json.slice('{"timestamp":'.length), 10);
}

function logEvent(timestamp: number, source: TimeSource, message: Buffer): LogEvent {
  return { timestamp, source, message, bytes: message.length + EVENT_OVERHEAD_BYTES };
}

/**
 * Cuts text in UTF-8 into parts of at most `maxBytes` each (at least 4), between code points. The parts joined are the
 * text.
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

/** The last offset, not after `offset`, at which a code point ends. */
function codePointBoundary(bytes: Buffer, offset: number): number {
  if (offset >= bytes.length) return bytes.length;
  let end = offset;
  // 10xxxxxx continues a code point: https://www.rfc-editor.org/rfc/rfc3629#section-3
  while (((bytes[end] ?? 0) & 0b1100_0000) === 0b1000_0000) end--;
  return end;
}
