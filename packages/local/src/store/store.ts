import { alreadyExists, notFound, Refusal } from '../http/refusal.js';
import { sizeOf } from '../operations/batch.js';
import type { Entity } from '../operations/entity.js';
import type { EventKey } from './event-key.js';

/** A stored event. Times are milliseconds since 1970. `entity` is null if none was accepted. */
export interface StoredEvent {
  readonly timestamp: number;
  readonly message: string;
  readonly ingestionTime: number;
  readonly logStreamName: string;
  readonly entity: Entity | null;
}

/** An event with its key. */
export interface KeyedEvent extends StoredEvent, EventKey {}

/** The accepted events of one PutLogEvents, or none. Arrays take less memory than an object for each event. */
export interface StoredBatch {
  /** Sequence number of the first event; the others follow. */
  readonly sequence: number;
  readonly timestamps: Float64Array;
  readonly messages: readonly string[];
  readonly ingestionTime: number;
  readonly entity: Entity | null;
}

/** Limits the total size of the events of all streams by discarding the oldest batches. */
class MemoryLimiter {
  readonly #limit: number;
  readonly #held: { readonly stream: LogStream; readonly bytes: number }[] = [];
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts a batch that the stream has just stored, and discards the oldest ones above the limit. */
  add(stream: LogStream, { messages }: StoredBatch): void {
    if (this.#limit === Infinity) return;
    const bytes = messages.reduce((sum, message) => sum + sizeOf(message), 0);
    this.#held.push({ stream, bytes });
    this.#bytes += bytes;
    while (this.#bytes > this.#limit) {
      const oldest = this.#held.shift();
      if (!oldest) return;
      this.#bytes -= oldest.bytes;
      oldest.stream.discardOldest();
    }
  }
}

export class LogStream {
  readonly name: string;
  readonly creationTime: number;
  readonly #limiter: MemoryLimiter | undefined;
  readonly #batches: StoredBatch[] = [];
  count = 0;
  firstEventTimestamp: number | undefined;
  lastEventTimestamp: number | undefined;
  lastIngestionTime: number | undefined;

  /** @param limiter undefined: the stream only counts events */
  constructor(name: string, creationTime: number, limiter: MemoryLimiter | undefined) {
    this.name = name;
    this.creationTime = creationTime;
    this.#limiter = limiter;
  }

  append(batch: StoredBatch): void {
    const first = batch.timestamps.at(0);
    const last = batch.timestamps.at(-1);
    if (first === undefined || last === undefined) return;
    this.count += batch.timestamps.length;
    this.firstEventTimestamp = Math.min(first, this.firstEventTimestamp ?? first);
    this.lastEventTimestamp = Math.max(last, this.lastEventTimestamp ?? last);
    this.lastIngestionTime = batch.ingestionTime;
    if (!this.#limiter) return;
    this.#batches.push(batch);
    this.#limiter.add(this, batch);
  }

  discardOldest(): void {
    this.#batches.shift();
  }

  /** The events in the order of their arrival. */
  events(): StoredEvent[] {
    return this.#kept().flatMap((batch) => expand(batch, this.name));
  }

  /** The events with their keys, in the order of their arrival. */
  keyedEvents(): KeyedEvent[] {
    return this.#kept().flatMap((batch) =>
      expand(batch, this.name).map((event, index) => ({ ...event, sequence: batch.sequence + index })),
    );
  }

  #kept(): readonly StoredBatch[] {
    if (this.#limiter) return this.#batches;
    throw new Refusal('InvalidOperationException', 'keepEvents is off: events are only counted.');
  }
}

/** The events of a batch as objects. */
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

  /** Throws if deletion protection is enabled. */
  checkDeletable(): void {
    if (!this.deletionProtectionEnabled) return;
    throw new Refusal(
      'ValidationException',
      'The log group has deletion protection enabled. Disable it with PutLogGroupDeletionProtection first.',
    );
  }
}

/** The log groups by name. Maps are used, so that names such as `__proto__` are not special. */
export class Store {
  readonly groups = new Map<string, LogGroup>();
  readonly #limiter: MemoryLimiter | undefined;
  #nextSequence = 0;

  constructor(keepEvents: boolean, keepEventBytes: number) {
    this.#limiter = keepEvents ? new MemoryLimiter(keepEventBytes) : undefined;
  }

  /** Reserves unique sequence numbers for `count` events. @returns the first */
  takeSequence(count: number): number {
    const first = this.#nextSequence;
    this.#nextSequence += count;
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
    streams.set(name, new LogStream(name, creationTime, this.#limiter));
  }

  /** The stream with this name, or all streams of the group; none if the group or stream does not exist. */
  find(groupName: string, streamName?: string): LogStream[] {
    const streams = [...(this.groups.get(groupName)?.streams.values() ?? [])];
    return streamName === undefined ? streams : streams.filter(({ name }) => name === streamName);
  }
}
