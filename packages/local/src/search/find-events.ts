import { Turn } from '../clock/turn.js';
import { parseFilterPattern } from '../filter-pattern/filter-pattern.js';
import { compareKeys } from '../store/event-key.js';
import { expand, type KeyedEvent, type Store } from '../store/store.js';
import { matcherOf } from './matcher.js';
import { parseQuery } from './query.js';

/** Which events are wanted. Names are exact; both times are included, in milliseconds since 1970. */
export interface SearchCriteria {
  readonly query?: string | undefined;
  readonly filterPattern?: string | undefined;
  readonly logGroupName?: string | undefined;
  readonly logStreamName?: string | undefined;
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
}

/** An event that was found. */
export interface FoundEvent extends KeyedEvent {
  readonly logGroupName: string;
}

/**
 * The kept events that match, in order of time.
 * @throws {QueryError | FilterPatternError} if the query or the pattern cannot be read
 */
export async function findEvents(store: Store, criteria: SearchCriteria): Promise<readonly FoundEvent[]> {
  const { startTime = 0, endTime = Infinity, logGroupName, logStreamName } = criteria;
  const matchesQuery = matcherOf(parseQuery(criteria.query ?? ''));
  const matchesPattern = parseFilterPattern(criteria.filterPattern ?? '');
  const found: FoundEvent[] = [];
  const turn = new Turn();
  for (const { stream, batch } of [...(store.arrivals?.all() ?? [])]) {
    if (logGroupName !== undefined && stream.logGroupName !== logGroupName) continue;
    if (logStreamName !== undefined && stream.name !== logStreamName) continue;
    if (!store.has(stream)) continue;
    for (const [index, event] of expand(batch, stream.name).entries()) {
      if (event.timestamp < startTime || event.timestamp > endTime) continue;
      const candidate = { ...event, sequence: batch.sequence + index, logGroupName: stream.logGroupName };
      if (matchesQuery(candidate) && matchesPattern(candidate.message)) found.push(candidate);
      if (turn.isOver) await turn.end();
    }
  }
  return found.sort(compareKeys);
}
