import { isKeyValue } from '../identity/validate-entity.js';
import { sanitizeGroupName } from './group-name.js';
import { RecordFields } from './record-fields.js';
import { sanitizeStreamName } from './stream-name.js';

export type Value = string | undefined;

/** What the fields of a record say about its destination. */
export interface FieldRoute {
  /** The values of the fields in the templates, as segments of names: those of the log group, then those of the log stream. */
  readonly values: readonly Value[];
  readonly service: Value;
  /** Equal exactly for equal values and services. */
  readonly key: string;
}

/** The fields in the templates of the names of the log group and the log stream. */
export interface TemplateFields {
  readonly group: readonly string[];
  readonly stream: readonly string[];
}

/** Longer ones are not kept. */
const MAX_KEY_LENGTH = 1024;

/** Reads the fields on which the destination of a record depends. Most records have the same as one before. */
export class FieldRoutes {
  readonly #groupFields: number;
  readonly #hasService: boolean;
  readonly #fields: RecordFields | undefined;
  readonly #maxKept: number;
  /** By the key of the record's fields. */
  readonly #kept = new Map<string, FieldRoute>();

  /** @param maxKept for how many different sets of fields the result is remembered */
  constructor({ group, stream }: TemplateFields, serviceField: string | undefined, maxKept: number) {
    const wanted = [...group, ...stream, ...(serviceField === undefined ? [] : [serviceField])];
    this.#groupFields = group.length;
    this.#hasService = serviceField !== undefined;
    this.#fields = wanted.length === 0 ? undefined : new RecordFields(wanted);
    this.#maxKept = maxKept;
  }

  of(message: string | Buffer): FieldRoute {
    if (this.#fields === undefined) return NO_FIELDS;
    const record = typeof message === 'string' ? Buffer.from(message) : message;
    const key = this.#fields.keyOf(record);
    const kept = key === undefined ? undefined : this.#kept.get(key);
    if (kept !== undefined) return kept;
    const route = this.#routeFor(this.#fields.read(record));
    if (key !== undefined && key.length <= MAX_KEY_LENGTH) this.#keep(key, route);
    return route;
  }

  #keep(key: string, route: FieldRoute): void {
    if (this.#kept.size >= this.#maxKept) this.#kept.clear();
    this.#kept.set(key, route);
  }

  #routeFor(texts: Value[]): FieldRoute {
    const service = this.#hasService ? serviceName(texts.pop()) : undefined;
    const values = texts.map((text, i) =>
      nameSegment(text, i < this.#groupFields ? sanitizeGroupName : sanitizeStreamName),
    );
    return { values, service, key: joinKey([...values, service]) };
  }
}

const NO_FIELDS: FieldRoute = { values: [], service: undefined, key: '' };

/** No name, segment of a name or service is empty, or contains a control character. */
export function joinKey(values: readonly Value[]): string {
  return values.join('\0');
}

/**
 * A field's value as a segment of a name. It is sanitized here already, so that a destination keeps no
 * more of a record than a name may contain. Slashes are replaced, so that a value cannot imitate several segments.
 */
function nameSegment(text: Value, sanitize: (name: string) => string): Value {
  return text === undefined ? undefined : sanitize(text.replaceAll('/', '_'));
}

function serviceName(text: Value): Value {
  return isKeyValue(text) ? text.trim() : undefined;
}
