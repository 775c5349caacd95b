import { discoverFields, type FieldValue, flatten } from './discover-fields.js';
import { Timestamp, type Value } from './value.js';

/** An event that a query reads. */
export interface QueriedEvent {
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
  readonly logStreamName: string;
  /** `account:name` of the log group. */
  readonly log: string;
  /** The service's name of the event, for GetLogRecord. */
  readonly pointer: string;
  readonly entity: object | null;
}

/** A row of a query: an event with its fields, or the result of `stats`, which has fields alone. */
export class Row {
  readonly #event: QueriedEvent | undefined;
  readonly #own: Map<string, Value>;
  #discovered: ReadonlyMap<string, FieldValue> | undefined;

  constructor(event: QueriedEvent | undefined, own: Iterable<readonly [string, Value]> = []) {
    this.#event = event;
    this.#own = new Map(own);
  }

  /** Undefined for a result of `stats`. */
  get pointer(): string | undefined {
    return this.#event?.pointer;
  }

  get timestamp(): number {
    return this.#event?.timestamp ?? 0;
  }

  get(name: string): Value {
    if (this.#own.has(name)) return this.#own.get(name);
    if (!this.#event) return undefined;
    return systemField(this.#event, name) ?? this.#discover(this.#event).get(name);
  }

  /** Defines an ephemeral field. */
  set(name: string, value: Value): void {
    this.#own.set(name, value);
  }

  #discover(event: QueriedEvent): ReadonlyMap<string, FieldValue> {
    this.#discovered ??= discoverFieldsOf(event);
    return this.#discovered;
  }
}

function systemField(event: QueriedEvent, name: string): Value {
  switch (name) {
    case '@timestamp':
      return new Timestamp(event.timestamp);
    case '@ingestionTime':
      return new Timestamp(event.ingestionTime);
    case '@message':
      return event.message;
    case '@logStream':
      return event.logStreamName;
    case '@log':
      return event.log;
    case '@ptr':
      return event.pointer;
    default:
      return undefined;
  }
}

export const SYSTEM_FIELDS = [
  '@timestamp',
  '@ingestionTime',
  '@message',
  '@logStream',
  '@log',
  '@ptr',
] as const;

/** The discovered fields of an event: those of its message and of its entity, such as `@entity.KeyAttributes.Name`. */
export function discoverFieldsOf({
  message,
  entity,
}: Pick<QueriedEvent, 'message' | 'entity'>): ReadonlyMap<string, FieldValue> {
  if (entity === null) return discoverFields(message);
  const fields = new Map(discoverFields(message));
  for (const [name, inner] of Object.entries(entity)) {
    flatten(inner, `@entity.${name.charAt(0).toUpperCase()}${name.slice(1)}`, fields);
  }
  return fields;
}
