import { unquote } from './comparison.js';
import { readRegex } from './regex.js';
import { Scanner } from './scanner.js';

/**
 * A term or a phrase with its sign. "Terms that include characters other than alphanumeric or underscore must be placed
 * inside double quotes".
 */
const TERM = /[?-]?(?:[\p{L}\p{N}_]+|"(?:[^"\\]|\\.)*")(?=\s|$)/suy;

/** The pattern of unstructured messages: terms, `"phrases"`, `?optional`, `-excluded`; or one `%regex%` alone. */
export function parseTerms(pattern: string): (message: string) => boolean {
  const scanner = new Scanner(pattern);
  const regex = readRegex(scanner);
  if (regex) {
    if (!scanner.isAtEnd) throw scanner.error('a regular expression stands alone, unless in { } or [ ]');
    return (message) => regex.test(message);
  }
  const included: string[] = [];
  const optional: string[] = [];
  const excluded: string[] = [];
  while (!scanner.isAtEnd) {
    const term = readTerm(scanner);
    if (term.startsWith('?')) optional.push(content(term.slice(1)));
    else if (term.startsWith('-')) excluded.push(content(term.slice(1)));
    else included.push(content(term));
  }
  // "You can't combine the question mark with other filter patterns": beside other terms it has no effect.
  const isAny = optional.length > 0 && included.length === 0 && excluded.length === 0;
  if (isAny) return (message) => optional.some((term) => message.includes(term));
  return (message) =>
    included.every((term) => message.includes(term)) && !excluded.some((term) => message.includes(term));
}

function readTerm(scanner: Scanner): string {
  const term = scanner.match(TERM);
  if (term !== undefined) return term;
  throw scanner.error('a term that is not of letters, digits and _ alone needs double quotes');
}

/** A phrase of spaces alone matches everything. */
function content(term: string): string {
  if (!term.startsWith('"')) return term;
  const phrase = unquote(term);
  return phrase.trim() === '' ? '' : phrase;
}
