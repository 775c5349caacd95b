import { Turn } from '../clock/turn.js';
import { discoverFieldsOf, type QueriedEvent, Row, SYSTEM_FIELDS } from '../insights/row.js';
import { Timestamp, toText } from '../insights/value.js';
import { invalidParameter, Refusal } from '../refusal/refusal.js';
import { eventIdOf } from '../store/event-key.js';
import type { KeyedEvent, LogGroup, Store } from '../store/store.js';
import { ACCOUNT_ID, readLogGroup } from './arn.js';
import type { Operation } from './operation.js';
import { TIMESTAMP } from './rules.js';

const MINUTE_MS = 60_000;

/** An event as a query sees it. */
export const queriedEvent = (group: LogGroup, event: KeyedEvent): QueriedEvent => ({
  timestamp: event.timestamp,
  ingestionTime: event.ingestionTime,
  message: event.message,
  logStreamName: event.logStreamName,
  entity: event.entity,
  log: `${ACCOUNT_ID}:${group.name}`,
  // Only the rows of the result need it.
  get pointer() {
    return writePointer([group.name, event.logStreamName, eventIdOf(event)]);
  },
});

/** The group, the stream and the id of an event. */
type Pointer = readonly [group: string, stream: string, eventId: string];

const writePointer = (pointer: Pointer): string => Buffer.from(JSON.stringify(pointer)).toString('base64');

function readPointer(text: string): Pointer {
  try {
    const pointer: unknown = JSON.parse(Buffer.from(text, 'base64').toString());
    const [group, stream, id] = Array.isArray(pointer) ? pointer : [];
    if (typeof group === 'string' && typeof stream === 'string' && typeof id === 'string')
      return [group, stream, id];
  } catch {
    // Not JSON.
  }
  throw invalidParameter('The specified logRecordPointer is invalid.');
}

export const getLogRecord: Operation = (members) => {
  const text = members.requiredText('logRecordPointer', {});
  members.boolean('unmask');
  return ({ store }) => {
    members.check();
    return { logRecord: record(findEvent(store, readPointer(text))) };
  };
};

function findEvent(store: Store, [groupName, streamName, eventId]: Pointer): QueriedEvent {
  const group = store.group(groupName);
  const event = group
    .stream(streamName)
    .keyedEvents()
    .find((each) => eventIdOf(each) === eventId);
  if (event) return queriedEvent(group, event);
  throw new Refusal('ResourceNotFoundException', 'The specified log record does not exist.');
}

/** All fields of an event. Times are milliseconds since 1970. */
function record(event: QueriedEvent): Readonly<Record<string, string>> {
  const row = new Row(event);
  const names = [...SYSTEM_FIELDS, ...discoverFieldsOf(event).keys()];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = row.get(name);
      if (value === undefined) return [];
      return [[name, value instanceof Timestamp ? String(value.millis) : toText(value)]];
    }),
  );
}

export const getLogGroupFields: Operation = (members) => {
  const findGroup = readLogGroup(members);
  const time = members.integer('time', TIMESTAMP);
  return async ({ store, now }) => {
    members.check();
    const center = time === undefined ? undefined : time * 1_000;
    const from = center === undefined ? now - 15 * MINUTE_MS : center - 8 * MINUTE_MS;
    const to = center === undefined ? now : center + 8 * MINUTE_MS;
    return { logGroupFields: await percentages(eventsOf(findGroup(store), from, to)) };
  };
};

/** The events of a group between two times, both of which are included. */
export const eventsOf = (group: LogGroup, from: number, to: number): readonly KeyedEvent[] =>
  [...group.streams.values()].flatMap((stream) =>
    stream.keyedEvents((timestamp) => timestamp >= from && timestamp <= to),
  );

/** The share of events that have each field, the most frequent first. */
async function percentages(events: readonly KeyedEvent[]): Promise<readonly object[]> {
  const counts = new Map<string, number>();
  const own = SYSTEM_FIELDS.filter((name) => name !== '@ptr');
  await new Turn().forEach(events, (event) => {
    for (const name of [...own, ...discoverFieldsOf(event).keys()])
      counts.set(name, (counts.get(name) ?? 0) + 1);
  });
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => ({ name, percent: Math.round((100 * count) / events.length) }));
}
