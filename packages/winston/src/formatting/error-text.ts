import { isError } from './find-errors.js';
import { readField } from './info.js';

/** The most causes and `errors` that are written for one error. */
const MAX_RELATED = 100;

/** What JSON leaves out of an error. Whether to keep the fields that JSON writes is the format's decision. */
export interface HiddenFields {
  name?: string;
  message?: string;
  stack?: string;
  cause?: unknown;
  errors?: unknown[];
}

export function hiddenFields(error: Error): HiddenFields {
  return fieldsOf(error, { above: [], left: MAX_RELATED });
}

interface Descent {
  /** The errors on the path from the first one: each is a cause, or one of the `errors`, of the one before. */
  readonly above: readonly Error[];
  left: number;
}

function fieldsOf(error: Error, descent: Descent): HiddenFields {
  const fields: HiddenFields = {};
  const [name, message] = [readField(error, 'name'), readField(error, 'message')];
  const stack = stackOf(error);
  const cause = isHidden(error, 'cause') ? related(error, readField(error, 'cause'), descent) : undefined;
  const errors = isHidden(error, 'errors') ? readField(error, 'errors') : undefined;
  if (typeof name === 'string') fields.name = name;
  if (typeof message === 'string') fields.message = message;
  if (stack !== undefined) fields.stack = stack;
  if (cause !== undefined) fields.cause = cause;
  if (Array.isArray(errors))
    fields.errors = errors.slice(0, MAX_RELATED).map((one) => related(error, one, descent));
  return fields;
}

/** Whether JSON leaves a property out because it is not enumerable. */
function isHidden(error: Error, key: string): boolean {
  try {
    return Object.getOwnPropertyDescriptor(error, key)?.enumerable === false;
  } catch {
    return false; // a Proxy of the application throws
  }
}

export function isEnumerable(value: object, key: string): boolean {
  return Object.prototype.propertyIsEnumerable.call(value, key);
}

/** Leaves out objects that are not errors: no format has had a chance to remove secrets from them. */
function related(to: Error, value: unknown, descent: Descent): unknown {
  if (!isError(value)) return typeof value === 'object' || typeof value === 'bigint' ? undefined : value;
  const above = [...descent.above, to];
  if (above.includes(value)) return '[Circular]';
  if (descent.left-- <= 0) return undefined;
  const below = { above, left: descent.left };
  const fields = fieldsOf(value, below);
  descent.left = below.left;
  return fields;
}

/** A stack frame as V8 writes it. A line of a message may begin with "at" too. */
const FRAMES = /^[ \t]+at .*(?::\d+:\d+|:0x[\da-f]+|<anonymous>|native|index \d+)\)?$/gm;

/** Node puts the location and the line of code above a SyntaxError. */
const CODE = /^\S.*:\d+\n.*\n[ \t]*\^+\n\n/;

/** The frames of an error's stack, without the message. */
function framesOf(error: Error): string {
  const stack = readField(error, 'stack');
  if (typeof stack !== 'string') return '';
  const lines = stack.slice(headOf(error)?.length).match(FRAMES) ?? [];
  return lines.join('\n');
}

/**
 * The part of a stack above its frames, if it has the error's present name and message. V8 copies the message into the
 * stack when the error is created, and a format may have masked the message since.
 */
function headOf(error: Error): string | undefined {
  const [stack, message] = [readField(error, 'stack'), readField(error, 'message')];
  if (typeof stack !== 'string' || typeof message !== 'string') return undefined;
  const code = CODE.exec(stack)?.[0] ?? '';
  for (const name of namesOf(error)) {
    if (!stack.startsWith(name, code.length)) continue;
    const number = / \[\w+\]/y; // as in "TypeError [ERR_INVALID_ARG_TYPE]"
    number.lastIndex = code.length + name.length;
    const title = code + name + (number.exec(stack)?.[0] ?? '');
    const heads = message === '' ? [title, `${title}: `] : [name === '' ? message : `${title}: ${message}`];
    const head = heads.find((text) => stack === text || stack.startsWith(`${text}\n`));
    if (head !== undefined) return head;
  }
  return undefined;
}

/** The names that V8 may have written into the stack: a class often sets its name after the stack is captured. */
function namesOf(error: Error): string[] {
  const names: unknown[] = [readField(error, 'name')];
  try {
    for (let at: object | null = error; at !== null; at = Object.getPrototypeOf(at)) {
      names.push(Object.getOwnPropertyDescriptor(at, 'name')?.value);
    }
  } catch {
    // A Proxy of the application throws.
  }
  return names.filter((name) => typeof name === 'string');
}

/** @returns undefined if the stack is missing, is not text, or has another message and no frames */
function stackOf(error: Error): string | undefined {
  const stack = readField(error, 'stack');
  if (typeof stack !== 'string' || stack === '') return undefined;
  const [name, message] = [readField(error, 'name'), readField(error, 'message')];
  if (headOf(error) !== undefined) return stack;
  const frames = framesOf(error);
  return frames === '' ? undefined : `${titleOf(name, message)}\n${frames}`;
}

/** The first line of a stack. */
function titleOf(name: unknown, message: unknown): string {
  return [name, message].filter((text) => typeof text === 'string' && text !== '').join(': ') || 'Error';
}

/** The text of an error that is appended to a record's text. */
interface ErrorText {
  /** If a text contains it, the error is already there. The first frame: formats may write the message in their own way. */
  readonly mark: string;
  readonly text: string;
}

/**
 * The texts of an error, its causes and its `errors`: name and stack, and the message only if the format wrote it too. A
 * format that did not write the message may have masked it.
 * @param written the text that the format wrote
 * @param seen errors whose texts were returned before
 */
export function textsOf(error: Error, written: string, seen: Set<Error>): ErrorText[] {
  return relatedTexts(error, '', written, seen);
}

function relatedTexts(error: unknown, label: string, written: string, seen: Set<Error>): ErrorText[] {
  if (!isError(error) || seen.has(error) || seen.size > MAX_RELATED) return [];
  seen.add(error);
  const errors = readField(error, 'errors');
  return [
    textOf(error, label, written),
    ...relatedTexts(readField(error, 'cause'), 'caused by: ', written, seen),
    ...(Array.isArray(errors) ? errors : []).flatMap((one, i) =>
      relatedTexts(one, `errors[${i}]: `, written, seen),
    ),
  ];
}

function textOf(error: Error, label: string, written: string): ErrorText {
  const [name, message] = [readField(error, 'name'), readField(error, 'message')];
  const isShown = typeof message === 'string' && written.includes(message);
  const title = isShown ? (headOf(error) ?? titleOf(name, message)) : titleOf(name, '');
  const frames = framesOf(error);
  const [first = ''] = frames.split('\n', 1);
  return { mark: first || title, text: [label + title, ...(frames === '' ? [] : [frames])].join('\n') };
}
