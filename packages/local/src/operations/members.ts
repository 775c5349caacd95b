import { invalidParameter, type Refusal, unreadable } from '../refusal/refusal.js';
import type { MapRule, NumberRule, TextRule } from './rules.js';

type Shape = Readonly<Record<string, unknown>>;

/**
 * The service was seen to list only ten violations:
 * https://github.com/fluent-plugins-nursery/fluent-plugin-cloudwatch-logs/issues/140
 */
const MAX_LISTED = 10;

/** The maximum length of a value in a message, so that megabytes are not echoed. */
const MAX_SHOWN = 1_024;

/**
 * Reads the members of a request as awsJson1_1 and the Smithy model define them: `null` means absent, and unknown members
 * are ignored. A wrong JSON type throws a SerializationException at once, since the service deserialises before it
 * validates. Violations of constraints are collected, and `check` throws them as one InvalidParameterException.
 */
export class Members {
  readonly #shape: Shape;
  readonly #path: string;
  readonly #violations: string[];

  constructor(value: unknown, path = '', violations: string[] = []) {
    if (!isShape(value)) throw mismatch(value, 'a Structure');
    this.#shape = value;
    this.#path = path;
    this.#violations = violations;
  }

  /** Throws the service's error if there are violations. */
  check(): void {
    const count = this.#violations.length;
    if (count === 0) return;
    const errors = count === 1 ? '1 validation error' : `${count} validation errors`;
    throw invalidParameter(`${errors} detected: ${this.#violations.join('; ')}`);
  }

  /** Whether there are no violations so far. */
  get valid(): boolean {
    return this.#violations.length === 0;
  }

  /** Adds a violation. @param shown the value as text; null is shown without quotes */
  violate(shown: string | null, path: string, constraint: string): void {
    if (this.#violations.length === MAX_LISTED) return;
    const value = shown === null ? 'null' : `'${shown.slice(0, MAX_SHOWN)}'`;
    this.#violations.push(`Value ${value} at '${path}' failed to satisfy constraint: ${constraint}`);
  }

  /** A string, unchecked; undefined if it is not a string. */
  peek(name: string): string | undefined {
    const value = this.#shape[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** A list of strings, unchecked; undefined if it is not one. */
  peekTexts(name: string): readonly string[] | undefined {
    const value = this.#shape[name];
    return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : undefined;
  }

  /** Whether the member is there. */
  has(name: string): boolean {
    return (this.#shape[name] ?? undefined) !== undefined;
  }

  text(name: string, rule: TextRule): string | undefined {
    const value = this.#shape[name] ?? undefined;
    if (value === undefined) return undefined;
    if (typeof value !== 'string') throw mismatch(value, 'a String');
    for (const constraint of constraintsOf(rule)) {
      if (!constraint.holds(value)) this.violate(value, this.#path + name, constraint.description);
    }
    return value;
  }

  /** Like `text`, but absence is a violation, and returns '' until `check` throws. */
  requiredText(name: string, rule: TextRule): string {
    const value = this.text(name, rule);
    if (value === undefined) this.violate(null, this.#path + name, NOT_NULL);
    return value ?? '';
  }

  integer(name: string, rule: NumberRule): number | undefined {
    const value = this.#shape[name] ?? undefined;
    if (value === undefined) return undefined;
    if (!Number.isSafeInteger(value)) throw mismatch(value, 'a Long');
    const number = Number(value);
    const { min = -Infinity, max = Infinity, oneOf } = rule;
    const path = this.#path + name;
    if (number < min)
      this.violate(String(number), path, `Member must have value greater than or equal to ${min}`);
    if (number > max)
      this.violate(String(number), path, `Member must have value less than or equal to ${max}`);
    if (oneOf && !oneOf.includes(number)) this.violate(String(number), path, enumConstraint(oneOf));
    return number;
  }

  requiredInteger(name: string, rule: NumberRule): number {
    const value = this.integer(name, rule);
    if (value === undefined) this.violate(null, this.#path + name, NOT_NULL);
    return value ?? 0;
  }

  requiredBoolean(name: string): boolean {
    const value = this.boolean(name);
    if (value === undefined) this.violate(null, this.#path + name, NOT_NULL);
    return value ?? false;
  }

  boolean(name: string): boolean | undefined {
    const value = this.#shape[name] ?? undefined;
    if (value !== undefined && typeof value !== 'boolean') throw mismatch(value, 'a Boolean');
    return value;
  }

  /** A list whose members are not checked. */
  list(name: string, min: number, max: number): readonly unknown[] | undefined {
    const value = this.#shape[name] ?? undefined;
    const path = this.#path + name;
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw mismatch(value, 'a List');
    if (value.length < min) this.violate('[]', path, lengthConstraint('greater', min));
    if (value.length > max) this.violate(`[${value.length} members]`, path, lengthConstraint('less', max));
    return value;
  }

  /** Like `list`, but absence is a violation. */
  requiredList(name: string, min: number, max: number): readonly unknown[] {
    const value = this.list(name, min, max);
    if (!value) this.violate(null, this.#path + name, NOT_NULL);
    return value ?? [];
  }

  /** A list of strings. */
  texts(name: string, min: number, max: number, rule: TextRule): readonly string[] | undefined {
    const values = this.list(name, min, max);
    if (!values) return undefined;
    const constraints = constraintsOf(rule);
    if (!values.every((value) => isText(value) && constraints.every(({ holds }) => holds(value)))) {
      this.violate(
        formatList(values),
        this.#path + name,
        `Member must satisfy constraint: [${descriptionsOf(constraints)}]`,
      );
    }
    return values as readonly string[];
  }

  /** Like `texts`, but absence is a violation. */
  requiredTexts(name: string, min: number, max: number, rule: TextRule): readonly string[] {
    const values = this.texts(name, min, max, rule);
    if (!values) this.violate(null, this.#path + name, NOT_NULL);
    return values ?? [];
  }

  map(name: string, rule: MapRule): Readonly<Record<string, string>> | undefined {
    const value = this.#shape[name] ?? undefined;
    if (value === undefined) return undefined;
    if (!isShape(value)) throw mismatch(value, 'a Map');
    const entries = Object.entries(value);
    const broken = (constraint: string): void =>
      this.violate(formatMap(entries), this.#path + name, constraint);
    if (entries.length < rule.min) broken(lengthConstraint('greater', rule.min));
    if (entries.length > rule.max) broken(lengthConstraint('less', rule.max));
    const keys = constraintsOf(rule.key);
    const values = constraintsOf(rule.value);
    if (!entries.every(([key]) => keys.every(({ holds }) => holds(key)))) {
      broken(`Map keys must satisfy constraint: [${descriptionsOf(keys)}]`);
    }
    if (!entries.every(([, text]) => isText(text) && values.every(({ holds }) => holds(text)))) {
      broken(`Map value must satisfy constraint: [${descriptionsOf(values)}]`);
    }
    return value as Readonly<Record<string, string>>;
  }

  requiredMap(name: string, rule: MapRule): Readonly<Record<string, string>> {
    const value = this.map(name, rule);
    if (!value) this.violate(null, this.#path + name, NOT_NULL);
    return value ?? {};
  }

  /** A list of structures. @param read reads the members of one of them */
  structures<T>(
    name: string,
    min: number,
    max: number,
    read: (members: Members) => T,
  ): readonly T[] | undefined {
    const values = this.list(name, min, max);
    return values?.map((value, index) =>
      read(new Members(value, `${this.#path}${name}.${index + 1}.member.`, this.#violations)),
    );
  }

  structure(name: string): Members | undefined {
    const value = this.#shape[name] ?? undefined;
    if (value === undefined) return undefined;
    return new Members(value, `${this.#path}${name}.`, this.#violations);
  }
}

export const NOT_NULL = 'Member must not be null';

export const lengthConstraint = (than: 'greater' | 'less', length: number): string =>
  `Member must have length ${than} than or equal to ${length}`;

export const isShape = (value: unknown): value is Shape =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The service's message: https://github.com/aws/aws-sdk-js-v3/issues/4080 */
export function mismatch(value: unknown, wanted: string): Refusal {
  if (Array.isArray(value)) return unreadable('Start of list found where not expected.');
  if (isShape(value)) return unreadable('Start of structure or map found where not expected.');
  const found = value === null ? 'NULL_VALUE' : `${(typeof value).toUpperCase()}_VALUE`;
  return unreadable(`${found} can not be converted to ${wanted}`);
}

interface Constraint {
  readonly description: string;
  readonly holds: (text: string) => boolean;
}

/** The constraints of each rule, created once, since every request uses the same rules. */
const constraintCache = new WeakMap<TextRule, readonly Constraint[]>();

function constraintsOf(rule: TextRule): readonly Constraint[] {
  const constraints = constraintCache.get(rule) ?? createConstraints(rule);
  constraintCache.set(rule, constraints);
  return constraints;
}

function createConstraints({ min, max, pattern, oneOf }: TextRule): readonly Constraint[] {
  const constraints: Constraint[] = [];
  if (max !== undefined)
    constraints.push({ description: lengthConstraint('less', max), holds: (text) => text.length <= max });
  if (min !== undefined)
    constraints.push({ description: lengthConstraint('greater', min), holds: (text) => text.length >= min });
  if (pattern !== undefined) {
    const whole = new RegExp(`^(?:${pattern})$`, 'u');
    constraints.push({
      description: `Member must satisfy regular expression pattern: ${pattern}`,
      holds: (text) => whole.test(text),
    });
  }
  if (oneOf) constraints.push({ description: enumConstraint(oneOf), holds: (text) => oneOf.includes(text) });
  return constraints;
}

const enumConstraint = (values: readonly (string | number)[]): string =>
  `Member must satisfy enum value set: [${values.join(', ')}]`;

const descriptionsOf = (constraints: readonly Constraint[]): string =>
  constraints.map(({ description }) => description).join(', ');

/** False for null, which violates the constraint. Throws for other JSON types, which cannot be deserialised. */
function isText(value: unknown): value is string {
  if (typeof value !== 'string' && value !== null) throw mismatch(value, 'a String');
  return value !== null;
}

const formatList = (values: readonly unknown[]): string =>
  `[${values.slice(0, 100).map(formatValue).join(', ')}]`;

/** Not by `String`, which calls a `toString` that the sender may have given. */
const formatValue = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const formatMap = (entries: readonly (readonly [string, unknown])[]): string =>
  `{${entries
    .slice(0, 100)
    .map(([key, value]) => `${key}=${formatValue(value)}`)
    .join(', ')}}`;
