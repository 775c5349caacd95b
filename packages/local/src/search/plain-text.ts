// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what colours are written with.
const COLOURS = /\u001b\[[\d;]*m/g;

/** A text without the escapes that colour it, as `colorize()` of Winston and other loggers for people write them. */
export const plainText = (text: string): string =>
  text.includes('\u001b') ? text.replace(COLOURS, '') : text;
