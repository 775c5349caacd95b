import { distanceOf, suggestion } from '../util/suggestion.js';
import type { ConfigProblem } from './config-error.js';
import { OPTION_HINTS } from './option-hints.js';

/**
 * The error for an unknown option. It does not contain the value, which may be a secret.
 * @param hint the end of the sentence that says what is expected
 */
export function unknownOption(option: string, known: readonly string[], hint: string): ConfigProblem {
  const own = hintFor(option, known);
  const hints = own.includes('the option module') ? own : own + hint;
  return { option, expected: `a known option${hints}`, given: 'an unknown one' };
}

function hintFor(name: string, known: readonly string[]): string {
  const hint = OPTION_HINTS.get(name);
  if (hint === undefined) return suggestion(name, known);
  return known.includes(hint) ? ` (did you mean ${hint}?)` : `; ${hint}`;
}

/**
 * Whether a name is probably a known one misspelled: one or two wrong letters, words added at the end, or some words
 * left out. One word alone, such as `group`, may belong to another program.
 * @param name words separated by `_`
 */
export function isMisspellingOf(name: string, known: string): boolean {
  const isTypo = distanceOf(name, known) <= Math.min(MAX_TYPOS, name.length / 2);
  const isPart = name.includes('_') && `_${known}_`.includes(`_${name}_`);
  return isTypo || isPart || name.startsWith(`${known}_`);
}

const MAX_TYPOS = 2;
