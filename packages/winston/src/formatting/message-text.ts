import { withErrorsOf } from './append-errors.js';
import { type Info, MESSAGE, readField } from './info.js';
import { jsonOf } from './json-format.js';

/**
 * The text of a record: what the format wrote, plus what it lost of errors. JSON if the format wrote nothing, as
 * timestamp() alone does, or a value that has no text. Does not throw.
 * @param info the record, after the format
 */
export function messageOf(info: Info): string {
  const text = textOf(readField(info, MESSAGE));
  return text === undefined ? jsonOf(info) : withErrorsOf(info, text);
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  try {
    return String(value);
  } catch {
    return undefined; // toString is missing or throws
  }
}
