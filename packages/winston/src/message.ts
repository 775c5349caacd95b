import { withErrorsOf } from './errors.js';
import { type Info, MESSAGE } from './info.js';
import { jsonOf } from './json.js';

/**
 * The text of a record: what the format made of it, with the message and the stack of its errors where the
 * format dropped them, as Winston's json does. Where it made no text, as timestamp() alone makes none, JSON.
 * @param info the record as the format left it
 * @param original the record as the logger gave it: a transport's own format works on a copy, which is no Error
 */
export function messageOf(info: Info, original: Info): string {
  return withErrorsOf(original, String(info[MESSAGE] ?? jsonOf(info)));
}
