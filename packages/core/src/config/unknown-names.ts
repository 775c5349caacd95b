import leven from 'leven';
import type { ConfigProblem } from './config-error.js';
import { OPTION_HINTS } from './option-hints.js';

/** The error for an unknown option. It does not contain the value, which may be a secret. */
export function unknownOption(option: string, known: readonly string[]): ConfigProblem {
  return { option, expected: `a known option${hintFor(option, known)}`, given: 'an unknown one' };
}

function hintFor(name: string, known: readonly string[]): string {
  const hint = OPTION_HINTS.get(name);
  if (hint === undefined) return suggestion(name, known);
  return known.includes(hint) ? ` (did you mean ${hint}?)` : `; ${hint}`;
}

/** Suggests the most similar known name, as the end of a sentence. */
export function suggestion(name: string, known: readonly string[]): string {
  const [nearest] = known
    .map((candidate) => ({ candidate, distance: distanceOf(name, candidate) }))
    .filter(({ distance }) => distance <= name.length / 2)
    .sort((a, b) => a.distance - b.distance);
  return nearest === undefined ? '' : ` (did you mean ${nearest.candidate}?)`;
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

function distanceOf(a: string, b: string): number {
  return leven(a.toLowerCase(), b.toLowerCase());
}
