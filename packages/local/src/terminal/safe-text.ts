/**
 * A log can contain text from anybody. Control characters could move the cursor or change the title of the window, and
 * bidirectional controls could change the order in which text is shown.
 */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Escapes, as in JSON, everything that is unsafe to print on a terminal. */
export const safe = (text: string): string => text.replace(UNSAFE, (char) => SHORT[char] ?? unicode(char));

const unicode = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
