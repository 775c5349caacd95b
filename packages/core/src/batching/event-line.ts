/** What the line of an event says about it. */
export interface EventLine {
  readonly timestamp: number;
  /** Whether the timestamp must be checked again once the service's clock is known: see `TimeSource`. */
  readonly isProvisional: boolean;
  /** The size of the message in UTF-8. */
  readonly messageBytes: number;
}

const HEAD = Buffer.from('{"timestamp":');
const MIDDLE = Buffer.from(',"message":"');
const TAIL = Buffer.from('"}');

const ZERO = 0x30;
const NINE = 0x39;
const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** What JSON.stringify writes after a backslash. After \u it writes control characters only. */
const ESCAPED = new Set(Buffer.from('"\\bfnrt'));
const CONTROL = /^u00[01][0-9a-f]$/;

/** Up to two spaces after the timestamp state its source. */
const MAX_SPACES = 2;

/**
 * Reads the JSON of an event from a file. It accepts only what `JsonPayload` writes, since the bytes go into a request
 * unchanged. The caller must check that they are valid UTF-8.
 * @param start the offset of the first byte
 * @param end the offset after the last byte
 * @returns undefined for anything else
 */
export function readEventLine(bytes: Buffer, start: number, end: number): EventLine | undefined {
  if (!hasAt(bytes, start, HEAD) || !hasAt(bytes, end - TAIL.length, TAIL)) return undefined;
  const digits = start + HEAD.length;
  const timestamp = readNumber(bytes, digits);
  // A number with leading zeros is not valid JSON, and is longer than this, so that the next check fails.
  const afterDigits = digits + String(timestamp).length;
  const middle = skipSpaces(bytes, afterDigits);
  if (timestamp === undefined || !hasAt(bytes, middle, MIDDLE)) return undefined;
  const messageBytes = unescapedLength(bytes, middle + MIDDLE.length, end - TAIL.length);
  return messageBytes === undefined
    ? undefined
    : { timestamp, isProvisional: middle > afterDigits, messageBytes };
}

function skipSpaces(bytes: Buffer, start: number): number {
  let offset = start;
  while (offset < start + MAX_SPACES && bytes[offset] === SPACE) offset++;
  return offset;
}

function hasAt(bytes: Buffer, offset: number, text: Buffer): boolean {
  if (offset < 0) return false;
  for (let i = 0; i < text.length; i++) if (bytes[offset + i] !== text[i]) return false;
  return true;
}

function readNumber(bytes: Buffer, start: number): number | undefined {
  let offset = start;
  let value = 0;
  for (let byte = bytes[offset]; byte !== undefined && byte >= ZERO && byte <= NINE; byte = bytes[++offset])
    value = value * 10 + byte - ZERO;
  return offset === start || !Number.isSafeInteger(value) ? undefined : value;
}

/** The length of the text in a JSON string, or undefined when the string is invalid or empty. */
function unescapedLength(bytes: Buffer, start: number, end: number): number | undefined {
  let length = 0;
  for (let i = start; i < end; i++, length++) {
    const byte = bytes[i] ?? QUOTE;
    if (byte === QUOTE || byte < SPACE) return undefined;
    if (byte !== BACKSLASH) continue;
    i += escapeLength(bytes, i + 1);
    if (i >= end) return undefined;
  }
  return length === 0 ? undefined : length;
}

/** The length of an escape sequence after its backslash, or infinity when it is invalid. */
function escapeLength(bytes: Buffer, offset: number): number {
  if (ESCAPED.has(bytes[offset] ?? 0)) return 1;
  return CONTROL.test(bytes.toString('latin1', offset, offset + 5)) ? 5 : Number.POSITIVE_INFINITY;
}
