import { Members } from '../operations/members.js';
import { OPERATIONS } from '../operations/operations.js';
import { QueryStore } from '../store/query-store.js';
import type { Store } from '../store/store.js';
import { type BatchEntry, type Entry, isKept, type OperationEntry, type StreamEntry } from './entry.js';

const queries = new QueryStore();

/** Does again what an entry tells of. @returns false if it does not fit what was before it */
export function replay(store: Store, entry: Entry): boolean {
  try {
    if ('operation' in entry) replayOperation(store, entry);
    else if ('stream' in entry) replayStream(store, entry);
    else if ('nextSequence' in entry) store.skipTo(entry.nextSequence);
    else replayBatch(store, entry);
    return true;
  } catch {
    return false;
  }
}

function replayOperation(store: Store, { at, operation, input }: OperationEntry): void {
  const act = isKept(operation) ? OPERATIONS.get(operation) : undefined;
  if (!act) throw new Error(`unknown operation: ${operation}`);
  act(new Members(input), {})({ store, queries, now: at });
}

function replayStream(store: Store, { at, stream: where, discarded, times }: StreamEntry): void {
  const stream = store.ensureStream(where.logGroupName, where.logStreamName, at);
  stream.count += discarded;
  Object.assign(stream, times);
}

function replayBatch(store: Store, entry: BatchEntry): void {
  const { at, logGroupName, logStreamName, entity, sequence, events } = entry;
  store.skipTo(sequence);
  store.ensureStream(logGroupName, logStreamName, at).append({
    sequence: store.takeSequence(events.length),
    timestamps: Float64Array.from(events, ([timestamp]) => timestamp),
    messages: events.map(([, message]) => message),
    ingestionTime: at,
    entity,
  });
}
