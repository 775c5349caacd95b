import { EVENT_OVERHEAD_BYTES, MAX_MESSAGE_BYTES } from './limits.js';

/** One log event, as the service takes it. */
export interface LogEvent {
  /** Milliseconds after 1970-01-01T00:00:00Z, a non-negative integer. */
  readonly timestamp: number;
  /** Not empty, and well-formed. */
  readonly message: string;
  /** What the event counts towards the batch's limit: the message in UTF-8, and 26. */
  readonly bytes: number;
}

/**
 * Turns a record into the log events that carry it: one, several when the message is too long for one, none
 * when it is empty (the service refuses an empty message, and with it the whole batch).
 */
export function toLogEvents(timestamp: number, message: string): LogEvent[] {
  if (message.length === 0) return [];
  // A lone surrogate has no UTF-8 form. Replaced here, its size is known and its JSON holds no \ud800.
  const text = message.toWellFormed();
  const size = Buffer.byteLength(text);
  if (size <= MAX_MESSAGE_BYTES) return [logEvent(timestamp, text, size)];
  return splitMessage(text, MAX_MESSAGE_BYTES).map((part) =>
    logEvent(timestamp, part, Buffer.byteLength(part)),
  );
}

/** The timestamp of an event, from the beginning of its JSON. */
export function timestampOf(json: string): number {
  return Number.parseInt(json.slice('{"timestamp":'.length), 10);
}

function logEvent(timestamp: number, message: string, size: number): LogEvent {
  return { timestamp, message, bytes: size + EVENT_OVERHEAD_BYTES };
}

/**
 * Cuts well-formed text into parts of at most `maxBytes` of UTF-8 each (at least 4), between code points.
 * The parts joined are the text.
 */
export function splitMessage(text: string, maxBytes: number): string[] {
  const bytes = Buffer.from(text);
  const parts: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = codePointBoundary(bytes, start + maxBytes);
    parts.push(bytes.toString('utf8', start, end));
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
