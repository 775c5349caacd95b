import { isError } from './find-errors.js';
import { readField } from './info.js';

/** How many causes and `errors` below an error are written, at most. */
const MAX_RELATED = 100;

/** What JSON leaves out of an error, and no more: the fields that it writes are the format's to keep or to remove. */
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
  /** The errors that the one at hand is a cause of, or one of the `errors`. */
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

/** Whether JSON leaves a property out, since it is not enumerable. */
function isHidden(error: Error, key: string): boolean {
  try {
    return Object.getOwnPropertyDescriptor(error, key)?.enumerable === false;
  } catch {
    return false; // a Proxy of the application's that throws
  }
}

export function isEnumerable(value: object, key: string): boolean {
  return Object.prototype.propertyIsEnumerable.call(value, key);
}

/** An object that is no error is left out: no format has had the chance to remove a secret from it. */
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

/** A line of a stack that names a place in the code, as V8 writes it. A line of a message may begin with "at" as well. */
const FRAMES = /^[ \t]+at .*(?::\d+:\d+|:0x[\da-f]+|<anonymous>|native|index \d+)\)?$/gm;

/** What Node puts above a SyntaxError: the place, and the line of code. */
const CODE = /^\S.*:\d+\n.*\n[ \t]*\^+\n\n/;

/** The lines of an error's stack that name places in the code, and nothing of a message. */
function framesOf(error: Error): string {
  const stack = readField(error, 'stack');
  if (typeof stack !== 'string') return '';
  const lines = stack.slice(headOf(error)?.length).match(FRAMES) ?? [];
  return lines.join('\n');
}

/**
 * What stands above the frames of a stack, where that is the name and the message that the error has now: V8 copies the
 * message into the stack as the error is made, and a format may have masked it since.
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

/** Those that V8 may have written into the stack: a class often sets its name after that. */
function namesOf(error: Error): string[] {
  const names: unknown[] = [readField(error, 'name')];
  try {
    for (let at: object | null = error; at !== null; at = Object.getPrototypeOf(at)) {
      names.push(Object.getOwnPropertyDescriptor(at, 'name')?.value);
    }
  } catch {
    // A Proxy of the application's that throws.
  }
  return names.filter((name) => typeof name === 'string');
}

/** @returns undefined where there is no stack, or only one that is no text, or of another message */
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

/** An error, as it is to be told below a text. */
interface ErrorText {
  /** What is known by it: the first frame, since a format may have written the message above that in its own way. */
  readonly mark: string;
  readonly text: string;
}

/**
 * An error, each of its causes and `errors` as text: name and stack, and the message where the format has written that as
 * well. Where it has not, it may have masked it, in a way that only the format knows.
 * @param written what the format made of the record
 * @param seen errors that are told already
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
