import { sizeOf } from './batch.js';
import type { Members } from './members.js';
import type { Operation } from './operation.js';
import { invalidParameter } from './refusal.js';
import {
  DESCRIBE_LIMIT,
  EVENTS_LIMIT,
  LOG_GROUP_NAME,
  LOG_STREAM_NAME,
  MAX_PAGE_BYTES,
  NEXT_TOKEN,
  ORDER_BY,
  TIMESTAMP,
} from './rules.js';
import type { LogGroup, LogStream, StoredEvent } from './store.js';

const ACCOUNT_ARN = 'arn:aws:logs:us-east-1:000000000000';

export const describeLogGroups: Operation = (members) => {
  members.refuse('logGroupNamePattern', 'logGroupIdentifiers');
  const prefix = members.text('logGroupNamePrefix', LOG_GROUP_NAME) ?? '';
  const logGroupClass = members.text('logGroupClass', {});
  const page = readPage(members);
  return ({ store }) => {
    members.check();
    const groups = [...store.groups.values()]
      .filter(({ name }) => name.startsWith(prefix))
      .filter((group) => logGroupClass === undefined || group.logGroupClass === logGroupClass)
      .sort(byName);
    const { slice, nextToken } = page(groups);
    return { logGroups: slice.map(groupAnswer), nextToken };
  };
};

const groupAnswer = (group: LogGroup): object => ({
  logGroupName: group.name,
  creationTime: group.creationTime,
  retentionInDays: group.retentionInDays,
  metricFilterCount: 0,
  arn: `${ACCOUNT_ARN}:log-group:${group.name}:*`,
  logGroupArn: `${ACCOUNT_ARN}:log-group:${group.name}`,
  storedBytes: 0,
  kmsKeyId: group.kmsKeyId,
  logGroupClass: group.logGroupClass,
});

export const describeLogStreams: Operation = (members) => {
  const groupName = members.requiredText('logGroupName', LOG_GROUP_NAME);
  const prefix = members.text('logStreamNamePrefix', LOG_STREAM_NAME) ?? '';
  const byTime = members.text('orderBy', ORDER_BY) === 'LastEventTime';
  const descending = members.boolean('descending') ?? false;
  const page = readPage(members);
  return ({ store }) => {
    members.check();
    if (byTime && prefix !== '') {
      throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
    }
    const streams = [...store.group(groupName).streams.values()]
      .filter(({ name }) => name.startsWith(prefix))
      .sort(byTime ? byLastEvent : byName);
    const { slice, nextToken } = page(descending ? streams.reverse() : streams);
    return { logStreams: slice.map((stream) => streamAnswer(groupName, stream)), nextToken };
  };
};

const streamAnswer = (groupName: string, stream: LogStream): object => ({
  logStreamName: stream.name,
  creationTime: stream.creationTime,
  firstEventTimestamp: stream.firstEventTimestamp,
  lastEventTimestamp: stream.lastEventTimestamp,
  lastIngestionTime: stream.lastIngestionTime,
  arn: `${ACCOUNT_ARN}:log-group:${groupName}:log-stream:${stream.name}`,
  storedBytes: 0,
});

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name < b.name ? -1 : 1;

const byLastEvent = (a: LogStream, b: LogStream): number =>
  (a.lastEventTimestamp ?? 0) - (b.lastEventTimestamp ?? 0);

/** Reads `limit` and `nextToken`; what is returned cuts the page they ask for. */
function readPage(members: Members) {
  const limit = members.integer('limit', DESCRIBE_LIMIT) ?? 50;
  const start = readToken(members, 'page')?.position ?? 0;
  return <T>(all: readonly T[]): { slice: readonly T[]; nextToken: string | undefined } => ({
    slice: all.slice(start, start + limit),
    nextToken: start + limit < all.length ? `page/${start + limit}` : undefined,
  });
}

export const getLogEvents: Operation = (members) => {
  members.refuse('logGroupIdentifier');
  const groupName = members.requiredText('logGroupName', LOG_GROUP_NAME);
  const streamName = members.requiredText('logStreamName', LOG_STREAM_NAME);
  const startTime = members.integer('startTime', TIMESTAMP) ?? 0;
  const endTime = members.integer('endTime', TIMESTAMP) ?? Infinity;
  const limit = members.integer('limit', EVENTS_LIMIT) ?? 10_000;
  const fromHead = members.boolean('startFromHead') ?? false;
  const token =
    readToken(members, 'f', 'b') ??
    (fromHead ? { kind: 'f', position: 0 } : { kind: 'b', position: Infinity });
  return ({ store }) => {
    members.check();
    const stream = store.group(groupName).stream(streamName);
    // GetLogEvents: startTime is included, endTime is not.
    const events = stream
      .events()
      .filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime)
      .sort(byTimestamp);
    const { forgotten } = stream;
    const position = clamp(token.position - forgotten, events.length);
    const [start, end] =
      token.kind === 'f'
        ? [position, advance(events, position, limit)]
        : [retreat(events, position, limit), position];
    return {
      events: events
        .slice(start, end)
        .map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
      nextForwardToken: `f/${forgotten + end}`,
      nextBackwardToken: `b/${forgotten + start}`,
    };
  };
};

export const filterLogEvents: Operation = (members) => {
  members.refuse('logGroupIdentifier', 'filterPattern');
  const groupName = members.requiredText('logGroupName', LOG_GROUP_NAME);
  const names = members.list('logStreamNames', 0, 100);
  const prefix = members.text('logStreamNamePrefix', LOG_STREAM_NAME) ?? '';
  const startTime = members.integer('startTime', TIMESTAMP) ?? 0;
  const endTime = members.integer('endTime', TIMESTAMP) ?? Infinity;
  const limit = members.integer('limit', EVENTS_LIMIT) ?? 10_000;
  const token = readToken(members, 'filter');
  return ({ store }) => {
    members.check();
    const streams = [...store.group(groupName).streams.values()]
      .filter(({ name }) => name.startsWith(prefix))
      .filter(({ name }) => names.length === 0 || names.includes(name));
    // FilterLogEvents: both times are included.
    const events = streams
      .flatMap((stream) => stream.events())
      .filter(({ timestamp }) => timestamp >= startTime && timestamp <= endTime)
      .sort(byTimestamp);
    const forgotten = streams.reduce((sum, stream) => sum + stream.forgotten, 0);
    const start = clamp((token?.position ?? 0) - forgotten, events.length);
    const end = advance(events, start, limit);
    return {
      events: events.slice(start, end).map(({ entity: _, ...event }, index) => ({
        ...event,
        eventId: String(forgotten + start + index).padStart(56, '0'),
      })),
      searchedLogStreams: [],
      nextToken: end < events.length ? `filter/${forgotten + end}` : undefined,
    };
  };
};

/** The sort is stable: events of one millisecond keep the order of their arrival. */
const byTimestamp = (a: StoredEvent, b: StoredEvent): number => a.timestamp - b.timestamp;

/** The end of the page that starts at `start`: at most `limit` events and 1 MiB, at least one event. */
function advance(events: readonly StoredEvent[], start: number, limit: number): number {
  let bytes = 0;
  let end = start;
  for (const event of events.slice(start, start + limit)) {
    bytes += sizeOf(event.message);
    if (bytes > MAX_PAGE_BYTES) break;
    end++;
  }
  return end;
}

/** The start of the page that ends before `end`. */
function retreat(events: readonly StoredEvent[], end: number, limit: number): number {
  const backwards = events.slice(Math.max(0, end - limit), end).reverse();
  return end - advance(backwards, 0, limit);
}

/**
 * A place among events, counted with those that are kept no longer. So a reader between two pages misses none of
 * those that are kept; where a span leaves out some of the forgotten ones, it may see others twice.
 */
interface Token {
  readonly kind: string;
  readonly position: number;
}

const clamp = (index: number, length: number): number => Math.max(0, Math.min(index, length));

/** Reads a `nextToken`: ours are a kind and a position. Throws for those of another kind of page. */
function readToken(members: Members, ...kinds: readonly string[]): Token | undefined {
  const token = members.text('nextToken', NEXT_TOKEN);
  if (token === undefined) return undefined;
  const [, kind = '', position] = /^([a-z]+)\/(\d{1,15})$/.exec(token) ?? [];
  if (!kinds.includes(kind)) throw invalidParameter('The specified nextToken is invalid.');
  return { kind, position: Number(position) };
}
