import { isUtf8 } from 'node:buffer';
import { unreadable } from '../refusal/refusal.js';
import { safe } from '../terminal/safe-text.js';

/** The largest request of the service has 3 levels and about 50,000 values. */
const MAX_DEPTH = 100;
const MAX_VALUES = 1_000_000;

/** Parses JSON from an untrusted sender. Throws the service's refusal of a body that cannot be read. */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw unreadable('The body is not UTF-8.');
  checkLimits(bytes);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw unreadable('The body is not JSON.');
  }
}

/** JSON on one line, in which characters that control a terminal are escaped too. */
export const toJson = (value: unknown): string => safe(JSON.stringify(value));

const [QUOTE, BACKSLASH, COMMA] = Buffer.from('"\\,');
const OPENING: ReadonlySet<number | undefined> = new Set(Buffer.from('[{'));
const CLOSING: ReadonlySet<number | undefined> = new Set(Buffer.from(']}'));

/** Throws for JSON that is small when compressed, but takes minutes and gigabytes to parse. */
function checkLimits(bytes: Buffer): void {
  let depth = 0;
  let values = 1;
  let isInText = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (isInText) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) isInText = false;
    } else if (byte === QUOTE) isInText = true;
    else if (byte === COMMA) values++;
    else if (OPENING.has(byte)) {
      depth++;
      values++;
      if (depth > MAX_DEPTH) throw unreadable(`The body is nested more than ${MAX_DEPTH} deep.`);
    } else if (CLOSING.has(byte)) depth--;
    if (values > MAX_VALUES) throw unreadable(`The body holds more than ${MAX_VALUES} values.`);
  }
}
