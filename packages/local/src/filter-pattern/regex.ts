import { LinearRegex } from '../regex/linear-regex.js';
import type { Scanner } from './scanner.js';

/**
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html, "Supported regular expressions":
 * letters, digits, some symbols and operators. There are no groups, and no other escapes.
 */
const SUPPORTED = /^(?:[A-Za-z0-9:_#=@/;,^$?[\]{}|*+.-]|\\[dDsSwW]|\\x[0-9A-Fa-f]{2}|\\[^A-Za-z0-9])*$/;

/** "There is a limit of 2 regex for each filter pattern" of a JSON or delimited pattern. */
const MAX_REGEXES = 2;

/** Reads `%regex%`, if it comes next. */
export function readRegex(scanner: Scanner): LinearRegex | undefined {
  const found = scanner.match(/%[^%]*%/y);
  if (found === undefined) return undefined;
  const source = found.slice(1, -1);
  if (source === '' || !SUPPORTED.test(source)) {
    throw scanner.error(`%${source}% has a character that the service does not support`);
  }
  try {
    return new LinearRegex(source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw scanner.error(`%${source}% is not a regular expression: ${reason}`);
  }
}

/** Counts the regular expressions of one pattern. */
export class RegexCount {
  #count = 0;

  add(scanner: Scanner): void {
    if (++this.#count > MAX_REGEXES) throw scanner.error(`more than ${MAX_REGEXES} regular expressions`);
  }
}
