import leven from 'leven';
import type { ConfigProblem } from './config-error.js';
import { OPTION_HINTS } from './option-hints.js';

/** The problem of a name that is none of ours. Its value is never told: it may be a secret. */
export function unknownOption(option: string, known: readonly string[]): ConfigProblem {
  return { option, expected: `a known option${hintFor(option, known)}`, given: 'an unknown one' };
}

function hintFor(name: string, known: readonly string[]): string {
  const hint = OPTION_HINTS.get(name);
  if (hint === undefined) return suggestion(name, known);
  return known.includes(hint) ? `, perhaps ${hint}` : `; ${hint}`;
}

/** The nearest known name, for the end of a sentence. */
export function suggestion(name: string, known: readonly string[]): string {
  const [nearest] = known
    .map((candidate) => ({ candidate, distance: distanceOf(name, candidate) }))
    .filter(({ distance }) => distance <= name.length / 2)
    .sort((a, b) => a.distance - b.distance);
  return nearest === undefined ? '' : `, perhaps ${nearest.candidate}`;
}

/**
 * Whether a name was meant to be a known one: a slip of a letter or two, a known name with a word too many, or some of its
 * words. A single word that names of ours have too, such as `group`, can be anybody's.
 * @param name in words, with `_` between
 */
export function isMisspeltAs(name: string, known: string): boolean {
  const isSlip = distanceOf(name, known) <= Math.min(MAX_SLIPS, name.length / 2);
  const isPart = name.includes('_') && `_${known}_`.includes(`_${name}_`);
  return isSlip || isPart || name.startsWith(`${known}_`);
}

const MAX_SLIPS = 2;

function distanceOf(a: string, b: string): number {
  return leven(a.toLowerCase(), b.toLowerCase());
}
