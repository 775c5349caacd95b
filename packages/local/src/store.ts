import { sizeOf } from './batch.js';
import type { Entity } from './entity.js';
import type { EventKey } from './event-key.js';
import { alreadyExists, notFound, Refusal } from './refusal.js';

/** An event as it was stored. Times are milliseconds since 1970; `entity` is null where none was accepted. */
export interface StoredEvent {
  readonly timestamp: number;
  readonly message: string;
  readonly ingestionTime: number;
  readonly logStreamName: string;
  readonly entity: Entity | null;
}

/** An event and where it stands among all. */
export interface KeyedEvent extends StoredEvent, EventKey {}

/** The accepted events of one PutLogEvents, none perhaps: two arrays rather than an object for each event. */
export interface StoredBatch {
  /** The place of its first event in the order of arrival; the others follow. */
  readonly sequence: number;
  readonly timestamps: Float64Array;
  readonly messages: readonly string[];
  readonly ingestionTime: number;
  readonly entity: Entity | null;
}

/** Holds what all streams together keep to a number of bytes: the oldest batches make room. */
class Memory {
  readonly #limit: number;
  readonly #held: { readonly stream: LogStream; readonly bytes: number }[] = [];
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts the batch that the stream has just kept. */
  hold(stream: LogStream, { messages }: StoredBatch): void {
    if (this.#limit === Infinity) return;
    const bytes = messages.reduce((sum, message) => sum + sizeOf(message), 0);
    this.#held.push({ stream, bytes });
    this.#bytes += bytes;
    while (this.#bytes > this.#limit) {
      const oldest = this.#held.shift();
      if (!oldest) return;
      this.#bytes -= oldest.bytes;
      oldest.stream.forgetOldest();
    }
  }
}

export class LogStream {
  readonly name: string;
  readonly creationTime: number;
  readonly #memory: Memory | undefined;
  readonly #batches: StoredBatch[] = [];
  count = 0;
  firstEventTimestamp: number | undefined;
  lastEventTimestamp: number | undefined;
  lastIngestionTime: number | undefined;

  /** Without a memory it only counts events. */
  constructor(name: string, creationTime: number, memory: Memory | undefined) {
    this.name = name;
    this.creationTime = creationTime;
    this.#memory = memory;
  }

  append(batch: StoredBatch): void {
    const first = batch.timestamps.at(0);
    const last = batch.timestamps.at(-1);
    if (first === undefined || last === undefined) return;
    this.count += batch.timestamps.length;
    this.firstEventTimestamp = Math.min(first, this.firstEventTimestamp ?? first);
    this.lastEventTimestamp = Math.max(last, this.lastEventTimestamp ?? last);
    this.lastIngestionTime = batch.ingestionTime;
    if (!this.#memory) return;
    this.#batches.push(batch);
    this.#memory.hold(this, batch);
  }

  forgetOldest(): void {
    this.#batches.shift();
  }

  /** The events in the order of their arrival. */
  events(): StoredEvent[] {
    return this.#kept().flatMap((batch) => expand(batch, this.name));
  }

  /** The same with their keys. */
  keyedEvents(): KeyedEvent[] {
    return this.#kept().flatMap((batch) =>
      expand(batch, this.name).map((event, index) => ({ ...event, sequence: batch.sequence + index })),
    );
  }

  #kept(): readonly StoredBatch[] {
    if (this.#memory) return this.#batches;
    throw new Refusal('InvalidOperationException', 'keepEvents is off: events are only counted.');
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
  deletionProtectionEnabled: boolean;

  constructor(
    name: string,
    creationTime: number,
    settings: {
      readonly logGroupClass?: string | undefined;
      readonly kmsKeyId?: string | undefined;
      readonly deletionProtectionEnabled?: boolean | undefined;
      readonly tags?: Readonly<Record<string, string>> | undefined;
    },
  ) {
    this.name = name;
    this.creationTime = creationTime;
    this.logGroupClass = settings.logGroupClass ?? 'STANDARD';
    this.kmsKeyId = settings.kmsKeyId;
    this.deletionProtectionEnabled = settings.deletionProtectionEnabled ?? false;
    this.tags = new Map(Object.entries(settings.tags ?? {}));
  }

  stream(name: string): LogStream {
    const stream = this.streams.get(name);
    if (!stream) throw notFound('stream');
    return stream;
  }

  /** Throws where deletion protection is on. */
  checkDeletable(): void {
    if (!this.deletionProtectionEnabled) return;
    throw new Refusal(
      'ValidationException',
      'The log group has deletion protection enabled. Disable it with PutLogGroupDeletionProtection first.',
    );
  }
}

/** Groups and their streams by name: maps, so that no name (`__proto__`) is special. */
export class Store {
  readonly groups = new Map<string, LogGroup>();
  readonly #memory: Memory | undefined;
  #arrived = 0;

  constructor(keepEvents: boolean, keepEventBytes: number) {
    this.#memory = keepEvents ? new Memory(keepEventBytes) : undefined;
  }

  /** Places in the order of arrival for so many events; returns the first. No place is given twice. */
  takeSequence(count: number): number {
    const first = this.#arrived;
    this.#arrived += count;
    return first;
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
    streams.set(name, new LogStream(name, creationTime, this.#memory));
  }

  /** The streams so named, or all of the group's; none when there is no such group or stream yet. */
  find(groupName: string, streamName?: string): LogStream[] {
    const streams = [...(this.groups.get(groupName)?.streams.values() ?? [])];
    return streamName === undefined ? streams : streams.filter(({ name }) => name === streamName);
  }
}
