import { parseFilterPattern } from '../../src/filter-pattern/filter-pattern.js';
import { matcherOf } from '../../src/search/matcher.js';
import { parseQuery } from '../../src/search/query.js';
import { parseSpan } from '../../src/search/time-span.js';
import type { LogEvent } from './log-event.js';
import type { View } from './view.js';

type Matches = (event: LogEvent) => boolean;

/** Which events a view wants. */
export interface EventFilter {
  readonly matches: Matches;
  /** Whether it wants all events. */
  readonly isOpen: boolean;
  /** Whether events leave it as time passes, as those of the last minute do. */
  readonly isMoving: boolean;
}

/** The parts of a view that choose events. */
export type Choice = Pick<View, 'group' | 'stream' | 'query' | 'pattern' | 'since' | 'from' | 'to'>;

/**
 * The filter of a view.
 * @param now the time of the service, which goes on
 * @throws {QueryError | FilterPatternError} if the query or the pattern cannot be read
 */
export function filterOf(choice: Choice, now: () => number): EventFilter {
  const { group, stream, query, pattern } = choice;
  const parts: Matches[] = [];
  if (group !== '') parts.push(({ logGroupName }) => logGroupName === group);
  if (group !== '' && stream !== '') parts.push(({ logStreamName }) => logStreamName === stream);
  const span = parseSpan(choice.since);
  if (span !== undefined) parts.push(({ timestamp }) => timestamp >= now() - span);
  const [start, end] = timesOf({ ...choice, since: '' }, 0);
  if (start > 0) parts.push(({ timestamp }) => timestamp >= start);
  if (end < Infinity) parts.push(({ timestamp }) => timestamp <= end);
  const parsed = parseQuery(query);
  if (parsed.length > 0) parts.push(matcherOf(parsed));
  if (pattern.trim() !== '') {
    const matchesPattern = parseFilterPattern(pattern);
    parts.push(({ message }) => matchesPattern(message));
  }
  return {
    matches: (event) => parts.every((matches) => matches(event)),
    isOpen: parts.length === 0,
    isMoving: span !== undefined,
  };
}

/** The first and the last time that a view wants, in milliseconds since 1970. */
export function timesOf(
  { since, from, to }: Pick<Choice, 'since' | 'from' | 'to'>,
  now: number,
): [number, number] {
  const span = parseSpan(since);
  if (span !== undefined) return [now - span, Infinity];
  return [from === '' ? 0 : Date.parse(from) || 0, to === '' ? Infinity : Date.parse(to) || Infinity];
}
