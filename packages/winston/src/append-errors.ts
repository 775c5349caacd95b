import { types } from 'node:util';
import { hiddenFields, isEnumerable, textsOf } from './error-text.js';
import { errorsIn, isCollection, isError } from './find-errors.js';
import { type Info, readField } from './info.js';

/**
 * The text that a format made of a record, with what formats lose of errors: name, message, stack, and the same of their
 * causes and `errors`. Nothing else is added, so that what a format masked or removed does not come back.
 * @param record as the format left it
 */
export function withErrorsOf(record: Info, text: string): string {
  const errors = errorsIn(record);
  if (errors.length === 0) return text;
  try {
    const written = parseObject(text);
    if (written === undefined) return withStacks(text, errors);
    return completeRecord(record, written) ? JSON.stringify(written) : text;
  } catch {
    return text; // a getter or a Proxy of the application's that throws
  }
}

/** What JSON made of an object, to be completed. */
type Written = Record<string, unknown>;

/** A record may be nested deeper than the stack allows. */
const MAX_DEPTH = 100;

/** @returns whether something was added */
function completeRecord(record: Info, written: Written): boolean {
  if (saysHowItIsWritten(record) || masksMessages(record, written)) return false;
  const isCompleted = isError(record) && isTextLeftOut(record, written);
  if (isCompleted) {
    const { name: _, ...fields } = hiddenFields(record); // the record may have a name of its own
    add(written, fields);
  }
  const areFieldsCompleted = completeFields(record, written, 0);
  return completeEnclosed(record, written) || areFieldsCompleted || isCompleted;
}

/** A format may write the fields of the record into one of its own, as logstash() writes them into `@fields`. */
function completeEnclosed(record: Info, written: Written): boolean {
  let isChanged = false;
  for (const [key, enclosed] of Object.entries(written)) {
    if (key in record || !isPersisted(enclosed) || !isWrittenByJson(record, enclosed)) continue;
    if (!masksMessages(record, enclosed) && completeFields(record, enclosed, 0)) isChanged = true;
  }
  return isChanged;
}

/** The messages of errors, which the format has not seen, may hold what it masked in that of the record. */
function masksMessages(record: Info, written: Written): boolean {
  const message = readField(record, 'message');
  return (
    typeof message === 'string' && typeof written.message === 'string' && !written.message.includes(message)
  );
}

/** What one error or Proxy throws costs no other error what is added to it. */
function complete(value: unknown, written: unknown, depth: number): boolean {
  try {
    return completeValue(value, written, depth);
  } catch {
    return false;
  }
}

function completeValue(value: unknown, written: unknown, depth: number): boolean {
  if (depth > MAX_DEPTH || !isObject(value) || !isObject(written) || saysHowItIsWritten(value)) return false;
  if (Array.isArray(value) || Array.isArray(written)) return completeItems(value, written, depth);
  if (isCollection(value)) return completeEntries(value, written);
  const isCompleted = isError(value) && isWrittenByJson(value, written) && isTextLeftOut(value, written);
  if (isCompleted) add(written, hiddenFields(value));
  return completeFields(value, written, depth) || isCompleted;
}

function saysHowItIsWritten(value: object): boolean {
  return typeof readField(value, 'toJSON') === 'function';
}

function completeFields(value: object, written: object, depth: number): boolean {
  let isChanged = false;
  for (const [key, field] of Object.entries(written)) {
    // A hidden field is one that was just added.
    if (!isObject(field) || !isEnumerable(value, key)) continue;
    if (complete(readField(value, key), field, depth + 1)) isChanged = true;
  }
  return isChanged;
}

/** With another length a format has removed some, and nobody knows which. */
function completeItems(value: object, written: object, depth: number): boolean {
  if (!Array.isArray(value) || !Array.isArray(written) || value.length !== written.length) return false;
  return written.filter((item, i) => complete(value[i], item, depth + 1)).length > 0;
}

/** JSON writes a Map or a Set as `{}`; its errors are put into that by their key, or their position. */
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

/** Whether an object is what JSON writes of another, or what a format left of that, and not the format's own words. */
function isWrittenByJson(value: object, written: object): boolean {
  return Object.keys(written).every((key) => isEnumerable(value, key));
}

/**
 * Whether JSON alone left out message and stack, and no format masked them, or what stands in the stack. The record itself
 * may have a name of its own.
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

/** `__proto__` is a key like any other. */
function define(written: object, key: string, value: unknown): void {
  Object.defineProperty(written, key, { value, enumerable: true, configurable: true, writable: true });
}

/** For text that is no JSON: the stacks that are not in it. */
function withStacks(text: string, errors: readonly Error[]): string {
  const seen = new Set<Error>();
  const stacks = errors.flatMap((error) => textsOf(error, text, seen));
  return [text, ...stacks.filter(({ mark }) => !text.includes(mark)).map((stack) => stack.text)].join('\n');
}

function parseObject(text: string): Written | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isPersisted(value) ? value : undefined;
  } catch {
    return undefined; // some other format that starts with a brace
  }
}

function isPersisted(value: unknown): value is Written {
  return isObject(value) && !Array.isArray(value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
