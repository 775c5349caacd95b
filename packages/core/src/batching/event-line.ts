/** What a line tells of its event. */
export interface EventLine {
  readonly timestamp: number;
  /** Whether the time is to be corrected when the service's is known: see `headOf`. */
  readonly isProvisional: boolean;
  /** What the message takes, in UTF-8. */
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

/** What a backslash stands before, as JSON.stringify writes it; of \u only the control characters. */
const ESCAPED = new Set(Buffer.from('"\\bfnrt'));
const CONTROL = /^u00[01][0-9a-f]$/;

/** The marks of a provisional time. */
const MAX_SPACES = 2;

/**
 * Reads the JSON of an event, strictly as `JsonPayload` writes it, and so that nothing else can stand in it: it goes into a
 * request as it is. That it is UTF-8 is for the caller to check.
 * @param start where it begins @param end where it ends
 * @returns undefined when it is anything else
 */
export function readEventLine(bytes: Buffer, start: number, end: number): EventLine | undefined {
  if (!hasAt(bytes, start, HEAD) || !hasAt(bytes, end - TAIL.length, TAIL)) return undefined;
  const digits = start + HEAD.length;
  const timestamp = readNumber(bytes, digits);
  // A number with zeros in front ends elsewhere, and is none in JSON.
  const mark = digits + String(timestamp).length;
  const middle = skipSpaces(bytes, mark);
  if (timestamp === undefined || !hasAt(bytes, middle, MIDDLE)) return undefined;
  const messageBytes = lengthOf(bytes, middle + MIDDLE.length, end - TAIL.length);
  return messageBytes === undefined ? undefined : { timestamp, isProvisional: middle > mark, messageBytes };
}

function skipSpaces(bytes: Buffer, start: number): number {
  let end = start;
  while (end < start + MAX_SPACES && bytes[end] === SPACE) end++;
  return end;
}

function hasAt(bytes: Buffer, offset: number, text: Buffer): boolean {
  if (offset < 0) return false;
  for (let i = 0; i < text.length; i++) if (bytes[offset + i] !== text[i]) return false;
  return true;
}

function readNumber(bytes: Buffer, start: number): number | undefined {
  let end = start;
  let value = 0;
  for (let byte = bytes[end]; byte !== undefined && byte >= ZERO && byte <= NINE; byte = bytes[++end])
    value = value * 10 + byte - ZERO;
  return end === start || !Number.isSafeInteger(value) ? undefined : value;
}

/** How long the text is that a JSON string holds; undefined when that is none, or an empty one. */
function lengthOf(bytes: Buffer, start: number, end: number): number | undefined {
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

/** Of what stands behind a backslash; infinite when that may not stand there. */
function escapeLength(bytes: Buffer, offset: number): number {
  if (ESCAPED.has(bytes[offset] ?? 0)) return 1;
  return CONTROL.test(bytes.toString('latin1', offset, offset + 5)) ? 5 : Number.POSITIVE_INFINITY;
}
