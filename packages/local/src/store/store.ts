import { alreadyExists, notFound, Refusal } from '../refusal/refusal.js';
import { Arrivals } from './arrivals.js';
import type { Entity } from './entity.js';
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

export class LogStream {
  readonly logGroupName: string;
  readonly name: string;
  readonly creationTime: number;
  readonly #arrivals: Arrivals | undefined;
  readonly #batches: StoredBatch[] = [];
  #lastEntity: { readonly text: string; readonly entity: Entity | null } | undefined;
  count = 0;
  firstEventTimestamp: number | undefined;
  lastEventTimestamp: number | undefined;
  lastIngestionTime: number | undefined;

  /** @param arrivals undefined: the stream only counts events */
  constructor(logGroupName: string, name: string, creationTime: number, arrivals: Arrivals | undefined) {
    this.logGroupName = logGroupName;
    this.name = name;
    this.creationTime = creationTime;
    this.#arrivals = arrivals;
  }

  append(batch: StoredBatch): void {
    const first = batch.timestamps.at(0);
    const last = batch.timestamps.at(-1);
    if (first === undefined || last === undefined) return;
    this.count += batch.timestamps.length;
    this.firstEventTimestamp = Math.min(first, this.firstEventTimestamp ?? first);
    this.lastEventTimestamp = Math.max(last, this.lastEventTimestamp ?? last);
    this.lastIngestionTime = batch.ingestionTime;
    if (!this.#arrivals) return;
    // Each request brings an entity of its own, which mostly equals the last one.
    const text = JSON.stringify(batch.entity);
    const isSame = text === this.#lastEntity?.text;
    if (!isSame) this.#lastEntity = { text, entity: batch.entity };
    const kept = { ...batch, entity: this.#lastEntity?.entity ?? null };
    this.#batches.push(kept);
    this.#arrivals.add({
      stream: this,
      batch: kept,
      entityBytes: isSame || batch.entity === null ? 0 : text.length,
    });
  }

  /** The number of events that can be read. */
  get keptCount(): number {
    return this.#batches.reduce((sum, { messages }) => sum + messages.length, 0);
  }

  discardOldest(): void {
    this.#batches.shift();
  }

  /** The events in the order of their arrival. */
  events(): StoredEvent[] {
    return this.#kept().flatMap((batch) => expand(batch, this.name));
  }

  /** The events at the wanted times, with their keys, in the order of their arrival. */
  keyedEvents(isWanted: (timestamp: number) => boolean = () => true): KeyedEvent[] {
    const { name: logStreamName } = this;
    return this.#kept().flatMap(({ timestamps, messages, ingestionTime, entity, sequence }) =>
      messages.flatMap((message, index) => {
        const timestamp = timestamps[index] ?? 0;
        if (!isWanted(timestamp)) return [];
        return { timestamp, message, ingestionTime, logStreamName, entity, sequence: sequence + index };
      }),
    );
  }

  #kept(): readonly StoredBatch[] {
    if (this.#arrivals) return this.#batches;
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
  /** Undefined if events are only counted. */
  readonly arrivals: Arrivals | undefined;
  #nextSequence = 0;

  constructor(keepEvents: boolean, keepEventBytes: number) {
    this.arrivals = keepEvents ? new Arrivals(keepEventBytes) : undefined;
  }

  /** Whether the stream, or its group, has not been deleted since. */
  has(stream: LogStream): boolean {
    return this.groups.get(stream.logGroupName)?.streams.get(stream.name) === stream;
  }

  /** The sequence number that the next event gets. */
  get nextSequence(): number {
    return this.#nextSequence;
  }

  /** Gives no number below this one any more. @throws {Error} if it is below one that was given */
  skipTo(sequence: number): void {
    if (!(Number.isSafeInteger(sequence) && sequence >= this.#nextSequence))
      throw new Error(`not a later sequence number: ${sequence}`);
    this.#nextSequence = sequence;
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

  /** Deletes a log group with its streams and events. */
  deleteGroup(name: string): void {
    const { streams } = this.group(name);
    this.groups.delete(name);
    this.arrivals?.remove(new Set(streams.values()));
  }

  /** Deletes a log stream with its events. */
  deleteStream(groupName: string, name: string): void {
    const { streams } = this.group(groupName);
    const stream = this.group(groupName).stream(name);
    streams.delete(name);
    this.arrivals?.remove(new Set([stream]));
  }

  addGroup(group: LogGroup): void {
    if (this.groups.has(group.name)) throw alreadyExists('group');
    this.groups.set(group.name, group);
  }

  addStream(groupName: string, name: string, creationTime: number): void {
    const { streams } = this.group(groupName);
    if (streams.has(name)) throw alreadyExists('stream');
    streams.set(name, new LogStream(groupName, name, creationTime, this.arrivals));
  }

  /** The stream with this name. It and its group are created if they do not exist. */
  ensureStream(groupName: string, name: string, creationTime: number): LogStream {
    if (!this.groups.has(groupName)) this.addGroup(new LogGroup(groupName, creationTime, {}));
    if (!this.group(groupName).streams.has(name)) this.addStream(groupName, name, creationTime);
    return this.group(groupName).stream(name);
  }

  /** The stream with this name, or all streams of the group; none if the group or stream does not exist. */
  find(groupName: string, streamName?: string): LogStream[] {
    const streams = [...(this.groups.get(groupName)?.streams.values() ?? [])];
    return streamName === undefined ? streams : streams.filter(({ name }) => name === streamName);
  }
}
