import { types } from 'node:util';
import { hiddenFields, isEnumerable, textsOf } from './error-text.js';
import { errorsIn, isCollection, isError } from './find-errors.js';
import { type Info, readField } from './info.js';

/**
 * Adds to a format's text what formats lose of errors: name, message and stack, also of their causes and `errors`. Adds
 * nothing else, so what a format masked or removed does not come back.
 * @param record the record, after the format
 */
export function withErrorsOf(record: Info, text: string): string {
  const errors = errorsIn(record);
  if (errors.length === 0) return text;
  try {
    const written = parseObject(text);
    if (written === undefined) return withStacks(text, errors);
    return completeRecord(record, written) ? JSON.stringify(written) : text;
  } catch {
    return text; // a getter or Proxy of the application throws
  }
}

/** An object that JSON wrote and that is to be completed. */
type Written = Record<string, unknown>;

/** A record may be nested deeper than the call stack allows. */
const MAX_DEPTH = 100;

/** @returns whether something was added */
function completeRecord(record: Info, written: Written): boolean {
  if (hasToJson(record) || masksMessages(record, written)) return false;
  const isCompleted = isError(record) && isTextLeftOut(record, written);
  if (isCompleted) {
    const { name: _, ...fields } = hiddenFields(record); // the record may have its own field `name`
    add(written, fields);
  }
  const areFieldsCompleted = completeFields(record, written, 0);
  return completeEnclosed(record, written) || areFieldsCompleted || isCompleted;
}

/** A format may write the record's fields into a field of its own, as logstash() writes `@fields`. */
function completeEnclosed(record: Info, written: Written): boolean {
  let isChanged = false;
  for (const [key, enclosed] of Object.entries(written)) {
    if (key in record || !isWritten(enclosed) || !isWrittenByJson(record, enclosed)) continue;
    if (!masksMessages(record, enclosed) && completeFields(record, enclosed, 0)) isChanged = true;
  }
  return isChanged;
}

/** If a format masked the record's message, the messages of its errors may contain the same secret. */
function masksMessages(record: Info, written: Written): boolean {
  const message = readField(record, 'message');
  return (
    typeof message === 'string' && typeof written.message === 'string' && !written.message.includes(message)
  );
}

/** An error or Proxy that throws does not affect the other errors. */
function complete(value: unknown, written: unknown, depth: number): boolean {
  try {
    return completeValue(value, written, depth);
  } catch {
    return false;
  }
}

function completeValue(value: unknown, written: unknown, depth: number): boolean {
  if (depth > MAX_DEPTH || !isObject(value) || !isObject(written) || hasToJson(value)) return false;
  if (Array.isArray(value) || Array.isArray(written)) return completeItems(value, written, depth);
  if (isCollection(value)) return completeEntries(value, written);
  const isCompleted = isError(value) && isWrittenByJson(value, written) && isTextLeftOut(value, written);
  if (isCompleted) add(written, hiddenFields(value));
  return completeFields(value, written, depth) || isCompleted;
}

function hasToJson(value: object): boolean {
  return typeof readField(value, 'toJSON') === 'function';
}

function completeFields(value: object, written: object, depth: number): boolean {
  let isChanged = false;
  for (const [key, field] of Object.entries(written)) {
    // Fields that are not enumerable have just been added.
    if (!isObject(field) || !isEnumerable(value, key)) continue;
    if (complete(readField(value, key), field, depth + 1)) isChanged = true;
  }
  return isChanged;
}

/** If the lengths differ, a format has removed items, and it is unknown which. */
function completeItems(value: object, written: object, depth: number): boolean {
  if (!Array.isArray(value) || !Array.isArray(written) || value.length !== written.length) return false;
  return written.filter((item, i) => complete(value[i], item, depth + 1)).length > 0;
}

/** JSON writes a Map or a Set as `{}`. Its errors are added by their keys, or else by their positions. */
function completeEntries(value: Map<unknown, unknown> | Set<unknown>, written: object): boolean {
  if (Object.keys(written).length > 0) return false;
  let position = 0;
  for (const [key, entry] of value.entries()) {
    const name = types.isMap(value) && typeof key === 'string' ? key : String(position);
    if (isError(entry)) define(written, name, hiddenFields(entry));
    position++;
  }
  return Object.keys(written).length > 0;
}

/** Whether every field was written from the value, so that a format has added none of its own. */
function isWrittenByJson(value: object, written: object): boolean {
  return Object.keys(written).every((key) => isEnumerable(value, key));
}

/**
 * Whether message and stack are missing only because JSON leaves them out, and not because a format masked them. The
 * record may have its own field `name`.
 */
function isTextLeftOut(error: Error, written: object): boolean {
  return (['name', 'message', 'stack'] as const).every((key) => {
    if (isEnumerable(error, key)) return Reflect.get(written, key) === readField(error, key);
    return key === 'name' || !Object.hasOwn(written, key);
  });
}

function add(written: object, fields: object): void {
  for (const [key, value] of Object.entries(fields)) {
    if (!Object.hasOwn(written, key)) define(written, key, value);
  }
}

/** Works for the key `__proto__` too. */
function define(written: object, key: string, value: unknown): void {
  Object.defineProperty(written, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Appends the missing stacks to a text that is not JSON. */
function withStacks(text: string, errors: readonly Error[]): string {
  const seen = new Set<Error>();
  const stacks = errors.flatMap((error) => textsOf(error, text, seen));
  return [text, ...stacks.filter(({ mark }) => !text.includes(mark)).map((stack) => stack.text)].join('\n');
}

function parseObject(text: string): Written | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isWritten(value) ? value : undefined;
  } catch {
    return undefined; // another format that starts with a brace
  }
}

function isWritten(value: unknown): value is Written {
  return isObject(value) && !Array.isArray(value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
