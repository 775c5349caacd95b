/**
 * What a log says is anyone's text: control characters would move the cursor, retitle the window or worse, and
 * bidirectional controls would show another order than is there.
 */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The text with everything unsafe for a terminal written as in JSON. */
export const safe = (text: string): string => text.replace(UNSAFE, (char) => SHORT[char] ?? unicode(char));

const unicode = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
