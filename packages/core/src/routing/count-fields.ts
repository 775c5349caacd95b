import { endOfString, skipSpace } from './top-level-values.js';

const QUOTE = 0x22;
const COLON = 0x3a;
const OPENING_BRACE = 0x7b;

/** What stands between values: space, and `,:[]{}`. */
const BETWEEN = new Set(Buffer.from(' \t\r\n,:[]{}'));

/**
 * Counts the fields of a JSON object as CloudWatch Logs Insights does: it flattens nested objects and arrays, so that each text,
 * number, true, false and null is one.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
 * @param max the counting ends with the first field beyond it
 * @returns 0 for text that is not a JSON object. Malformed text further in goes unnoticed
 */
export function countFields(json: Buffer, max: number): number {
  if (json[0] !== OPENING_BRACE) return 0;
  let count = 0;
  for (let at = 1; at < json.length && count <= max; ) {
    const byte = json[at] as number; // within bounds
    if (byte === QUOTE) {
      at = skipSpace(json, endOfString(json, at));
      if (json[at] !== COLON) count++; // else it is a name
    } else if (BETWEEN.has(byte)) at++;
    else {
      count++;
      while (at < json.length && !BETWEEN.has(json[at] as number)) at++;
    }
  }
  return count;
}
