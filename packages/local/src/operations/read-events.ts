import { Turn } from '../clock/turn.js';
import { invalidParameter } from '../refusal/refusal.js';
import {
  compareKeys,
  type EventKey,
  eventIdOf,
  FIRST_KEY,
  following,
  keyOfEventId,
  LAST_KEY,
} from '../store/event-key.js';
import { sizeOf } from '../store/event-size.js';
import type { KeyedEvent, LogGroup, LogStream } from '../store/store.js';
import { readLogGroup } from './arn.js';
import { readPattern } from './filter.js';
import type { Members } from './members.js';
import type { Operation } from './operation.js';
import { invalidToken, type PageToken, readToken, writeToken } from './page-token.js';
import {
  EVENTS_LIMIT,
  FILTER_PATTERN,
  LOG_STREAM_NAME,
  MAX_PAGE_BYTES,
  MAX_STREAM_NAMES,
  NEWEST_FIRST_SINCE,
  TIMESTAMP,
} from './rules.js';

export const getLogEvents: Operation = (members) => {
  const findGroup = readLogGroup(members);
  const streamName = members.requiredText('logStreamName', LOG_STREAM_NAME);
  const { startTime = 0, endTime = Infinity, limit } = readSpan(members);
  const fromHead = members.boolean('startFromHead') ?? false;
  members.boolean('unmask');
  const token = readToken(members, 'f', 'b');
  const forward = token ? token.kind === 'f' : fromHead;
  const from = boundaryOf(token) ?? (fromHead ? FIRST_KEY : LAST_KEY);
  return async ({ store }) => {
    members.check();
    // GetLogEvents includes startTime and excludes endTime.
    const events = inSpan(
      [findGroup(store).stream(streamName)],
      (time) => time >= startTime && time < endTime,
    );
    const found = await takePage(forward ? after(events, from) : before(events, from), limit);
    const page = forward ? found.events : found.events.toReversed();
    // After an empty page the reader keeps its boundary. In an empty stream, that is before all future events.
    const boundary = from === LAST_KEY ? FIRST_KEY : from;
    const last = page.at(-1);
    return {
      events: page.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
      nextForwardToken: tokenAt('f', last ? following(last) : boundary),
      nextBackwardToken: tokenAt('b', page[0] ?? boundary),
    };
  };
};

export const filterLogEvents: Operation = (members) => {
  const findGroup = readLogGroup(members);
  const names = members.texts('logStreamNames', 1, MAX_STREAM_NAMES, LOG_STREAM_NAME);
  const prefix = members.text('logStreamNamePrefix', LOG_STREAM_NAME);
  const pattern = members.text('filterPattern', FILTER_PATTERN) ?? '';
  const { startTime = 0, endTime = Infinity, limit } = readSpan(members);
  const fromHead = members.boolean('startFromHead') ?? true;
  // Ignored by the service since 2019.
  members.boolean('interleaved');
  members.boolean('unmask');
  const token = readToken(members, 'oldest', 'newest');
  const forward = token ? token.kind === 'oldest' : fromHead;
  const from = boundaryOf(token) ?? (forward ? FIRST_KEY : LAST_KEY);
  return async ({ store }) => {
    members.check();
    const matches = readPattern(pattern);
    if (names && prefix !== undefined) {
      throw invalidParameter('logStreamNames and logStreamNamePrefix are mutually exclusive.');
    }
    if (!fromHead && startTime < NEWEST_FIRST_SINCE) {
      throw invalidParameter('startFromHead is false: startTime must be on or after 2024-01-01T00:00:00Z.');
    }
    // FilterLogEvents includes both times.
    const events = inSpan(
      streamsOf(findGroup(store), names, prefix),
      (time) => time >= startTime && time <= endTime,
    );
    const page = await takePage(forward ? after(events, from) : before(events, from), limit, matches);
    const last = page.hasMore ? page.events.at(-1) : undefined;
    return {
      events: page.events.map(eventAnswer),
      searchedLogStreams: [],
      nextToken: last && (forward ? tokenAt('oldest', following(last)) : tokenAt('newest', last)),
    };
  };
};

const eventAnswer = ({ logStreamName, timestamp, message, ingestionTime, sequence }: KeyedEvent): object => ({
  logStreamName,
  timestamp,
  message,
  ingestionTime,
  eventId: eventIdOf({ timestamp, sequence }),
});

/** The streams with these names, all of which must exist, or with this prefix, or all streams of the group. */
function streamsOf(
  group: LogGroup,
  names: readonly string[] | undefined,
  prefix: string | undefined,
): readonly LogStream[] {
  if (names) return [...new Set(names)].map((name) => group.stream(name));
  return [...group.streams.values()].filter(({ name }) => name.startsWith(prefix ?? ''));
}

function readSpan(members: Members) {
  return {
    startTime: members.integer('startTime', TIMESTAMP),
    endTime: members.integer('endTime', TIMESTAMP),
    limit: members.integer('limit', EVENTS_LIMIT) ?? 10_000,
  };
}

/** The events of the streams in the requested time span, in order of their keys. */
const inSpan = (
  streams: readonly LogStream[],
  isInSpan: (timestamp: number) => boolean,
): readonly KeyedEvent[] => streams.flatMap((stream) => stream.keyedEvents(isInSpan)).sort(compareKeys);

/** The events at or after a boundary, from the oldest on. */
const after = (events: readonly KeyedEvent[], from: EventKey): readonly KeyedEvent[] =>
  events.filter((event) => compareKeys(event, from) >= 0);

/** The events before a boundary, from the newest on. */
const before = (events: readonly KeyedEvent[], from: EventKey): readonly KeyedEvent[] =>
  events.filter((event) => compareKeys(event, from) < 0).reverse();

interface Page {
  readonly events: readonly KeyedEvent[];
  /** Whether more events match. */
  readonly hasMore: boolean;
}

/** The first events that match and fit into a page: at most `limit` and 1 MiB. One event always fits. */
async function takePage(
  events: readonly KeyedEvent[],
  limit: number,
  matches: (message: string) => boolean = () => true,
): Promise<Page> {
  const turn = new Turn();
  const taken: KeyedEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const isMatch = matches(event.message);
    if (turn.isOver) await turn.end();
    if (!isMatch) continue;
    bytes += sizeOf(event.message);
    if (taken.length === limit || bytes > MAX_PAGE_BYTES) return { events: taken, hasMore: true };
    taken.push(event);
  }
  return { events: taken, hasMore: false };
}

const tokenAt = (kind: string, boundary: EventKey): string => writeToken({ kind, at: eventIdOf(boundary) });

/** The boundary in a token: reading forward begins at this key, and reading backward before it. */
function boundaryOf(token: PageToken | undefined): EventKey | undefined {
  if (!token) return undefined;
  const key = keyOfEventId(token.at);
  if (!key) throw invalidToken();
  return key;
}
