import type { Entity } from './entity.js';
import { alreadyExists, notFound, Refusal } from './refusal.js';

/** An event as it was stored. Times are milliseconds since 1970; `entity` is null where none was accepted. */
export interface StoredEvent {
  readonly timestamp: number;
  readonly message: string;
  readonly ingestionTime: number;
  readonly logStreamName: string;
  readonly entity: Entity | null;
}

/** The accepted events of one PutLogEvents, none perhaps: two arrays rather than an object for each event. */
export interface StoredBatch {
  readonly timestamps: Float64Array;
  readonly messages: readonly string[];
  readonly ingestionTime: number;
  readonly entity: Entity | null;
}

export class LogStream {
  readonly name: string;
  readonly creationTime: number;
  readonly #batches: StoredBatch[] | undefined;
  count = 0;
  firstEventTimestamp: number | undefined;
  lastEventTimestamp: number | undefined;
  lastIngestionTime: number | undefined;

  /** Without `keepEvents` it only counts them. */
  constructor(name: string, creationTime: number, keepEvents: boolean) {
    this.name = name;
    this.creationTime = creationTime;
    this.#batches = keepEvents ? [] : undefined;
  }

  append(batch: StoredBatch): void {
    const first = batch.timestamps.at(0);
    const last = batch.timestamps.at(-1);
    if (first === undefined || last === undefined) return;
    this.#batches?.push(batch);
    this.count += batch.timestamps.length;
    this.firstEventTimestamp = Math.min(first, this.firstEventTimestamp ?? first);
    this.lastEventTimestamp = Math.max(last, this.lastEventTimestamp ?? last);
    this.lastIngestionTime = batch.ingestionTime;
  }

  /** The events in the order of their arrival. */
  events(): StoredEvent[] {
    if (!this.#batches)
      throw new Refusal('InvalidOperationException', 'keepEvents is off: events are only counted.');
    return this.#batches.flatMap((batch) => expand(batch, this.name));
  }
}

/** The events of a batch, one object each. */
export function expand(
  { timestamps, messages, ingestionTime, entity }: StoredBatch,
  logStreamName: string,
): StoredEvent[] {
  return messages.map((message, index) => ({
    timestamp: timestamps[index] ?? 0,
    message,
    ingestionTime,
    logStreamName,
    entity,
  }));
}

export class LogGroup {
  readonly name: string;
  readonly creationTime: number;
  readonly logGroupClass: string;
  readonly kmsKeyId: string | undefined;
  readonly tags: Map<string, string>;
  readonly streams = new Map<string, LogStream>();
  retentionInDays: number | undefined;

  constructor(
    name: string,
    creationTime: number,
    settings: {
      readonly logGroupClass?: string | undefined;
      readonly kmsKeyId?: string | undefined;
      readonly tags?: Readonly<Record<string, string>> | undefined;
    },
  ) {
    this.name = name;
    this.creationTime = creationTime;
    this.logGroupClass = settings.logGroupClass ?? 'STANDARD';
    this.kmsKeyId = settings.kmsKeyId;
    this.tags = new Map(Object.entries(settings.tags ?? {}));
  }

  stream(name: string): LogStream {
    const stream = this.streams.get(name);
    if (!stream) throw notFound('stream');
    return stream;
  }
}

/** Groups and their streams by name: maps, so that no name (`__proto__`) is special. */
export class Store {
  readonly groups = new Map<string, LogGroup>();
  readonly #keepEvents: boolean;

  constructor(keepEvents: boolean) {
    this.#keepEvents = keepEvents;
  }

  group(name: string): LogGroup {
    const group = this.groups.get(name);
    if (!group) throw notFound('group');
    return group;
  }

  addGroup(group: LogGroup): void {
    if (this.groups.has(group.name)) throw alreadyExists('group');
    this.groups.set(group.name, group);
  }

  addStream(groupName: string, name: string, creationTime: number): void {
    const { streams } = this.group(groupName);
    if (streams.has(name)) throw alreadyExists('stream');
    streams.set(name, new LogStream(name, creationTime, this.#keepEvents));
  }

  /** The streams so named, or all of the group's; none when there is no such group or stream yet. */
  find(groupName: string, streamName?: string): LogStream[] {
    const streams = [...(this.groups.get(groupName)?.streams.values() ?? [])];
    return streamName === undefined ? streams : streams.filter(({ name }) => name === streamName);
  }
}
