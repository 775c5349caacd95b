import { sizeOf } from './batch.js';
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
  /** How many of them are kept no longer. */
  forgotten = 0;
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
    this.forgotten += this.#batches.shift()?.messages.length ?? 0;
  }

  /** The events in the order of their arrival. */
  events(): StoredEvent[] {
    if (!this.#memory)
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
  readonly #memory: Memory | undefined;

  constructor(keepEvents: boolean, keepEventBytes: number) {
    this.#memory = keepEvents ? new Memory(keepEventBytes) : undefined;
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
