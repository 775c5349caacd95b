import { parseFilterPattern } from '../filter-pattern/filter-pattern.js';
import { FilterPatternError } from '../filter-pattern/filter-pattern-error.js';
import { invalidParameter } from '../refusal/refusal.js';

/** Parses a filter pattern. Throws the service's refusal of one that is invalid. */
export function readPattern(pattern: string): (message: string) => boolean {
  try {
    return parseFilterPattern(pattern);
  } catch (error) {
    throw error instanceof FilterPatternError ? invalidParameter(error.message) : error;
  }
}
