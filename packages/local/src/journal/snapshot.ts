import type { LogGroup, LogStream, Store, StoredBatch } from '../store/store.js';
import type { BatchEntry, Entry, OperationEntry, StreamTimes } from './entry.js';

/** The entries that lead to the present state, the shortest way. */
export function* snapshot(store: Store): Generator<Entry> {
  for (const group of store.groups.values()) {
    yield* groupEntries(group);
    for (const stream of group.streams.values()) {
      const where = { logGroupName: group.name, logStreamName: stream.name };
      const discarded = stream.count - stream.keptCount;
      yield { at: stream.creationTime, stream: where, discarded, times: timesOf(stream) };
    }
  }
  for (const { stream, batch } of store.arrivals?.all() ?? []) {
    yield batchEntry(stream.logGroupName, stream.name, batch);
  }
  yield { nextSequence: store.nextSequence };
}

function timesOf(stream: LogStream): StreamTimes | undefined {
  const { firstEventTimestamp, lastEventTimestamp, lastIngestionTime } = stream;
  if (firstEventTimestamp === undefined || lastEventTimestamp === undefined) return undefined;
  return { firstEventTimestamp, lastEventTimestamp, lastIngestionTime: lastIngestionTime ?? 0 };
}

/** A batch as an entry. */
export const batchEntry = (
  logGroupName: string,
  logStreamName: string,
  { ingestionTime, entity, sequence, timestamps, messages }: StoredBatch,
): BatchEntry => ({
  at: ingestionTime,
  logGroupName,
  logStreamName,
  entity,
  sequence,
  events: messages.map((message, index) => [timestamps[index] ?? 0, message]),
});

function* groupEntries(group: LogGroup): Generator<OperationEntry> {
  const { name: logGroupName, creationTime: at, logGroupClass, kmsKeyId, tags } = group;
  const { retentionInDays, deletionProtectionEnabled } = group;
  yield {
    at,
    operation: 'CreateLogGroup',
    input: {
      logGroupName,
      logGroupClass,
      kmsKeyId,
      deletionProtectionEnabled,
      ...(tags.size > 0 && { tags: Object.fromEntries(tags) }),
    },
  };
  if (retentionInDays !== undefined) {
    yield { at, operation: 'PutRetentionPolicy', input: { logGroupName, retentionInDays } };
  }
}
