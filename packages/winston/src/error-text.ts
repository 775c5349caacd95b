import { isError } from './find-errors.js';

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
  const stack = stackOf(error);
  const cause = isHidden(error, 'cause') ? related(error, error.cause, descent) : undefined;
  const errors = isHidden(error, 'errors') ? Reflect.get(error, 'errors') : undefined;
  if (typeof error.name === 'string') fields.name = error.name;
  if (typeof error.message === 'string') fields.message = error.message;
  if (stack !== undefined) fields.stack = stack;
  if (cause !== undefined) fields.cause = cause;
  if (Array.isArray(errors))
    fields.errors = errors.slice(0, MAX_RELATED).map((one) => related(error, one, descent));
  return fields;
}

/** Whether JSON leaves a property out, since it is not enumerable. */
function isHidden(error: Error, key: string): boolean {
  return Object.hasOwn(error, key) && !isEnumerable(error, key);
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

/** The lines of a stack that name places in the code. */
const FRAMES = /(?:^[ \t]+at .+\n?)+/m;

export function framesOf(stack: string): string | undefined {
  return FRAMES.exec(stack)?.[0];
}

/**
 * The stack of an error, with the message that it has now: V8 copies the message into the stack as the error is made,
 * and a format may have masked it since.
 * @returns undefined where there is none, or only one that is no text
 */
function stackOf(error: Error): string | undefined {
  const { stack, message } = error;
  if (typeof stack !== 'string' || stack === '') return undefined;
  if (typeof message !== 'string' || hasMessage(stack, message)) return stack;
  const frames = framesOf(stack);
  return frames === undefined ? undefined : `${titleOf(error)}\n${frames}`;
}

function hasMessage(stack: string, message: string): boolean {
  if (message === '') return !/^.*: /.test(stack);
  return `${stack}\n`.includes(`: ${message}\n`) || `${stack}\n`.startsWith(`${message}\n`);
}

/** The first line of a stack. */
function titleOf({ name, message }: Error): string {
  return [name, message].filter((text) => typeof text === 'string' && text !== '').join(': ') || 'Error';
}

/**
 * An error as text: its stack, else name and message, and the same of each of its causes and `errors`.
 * @param seen errors that are told already
 */
export function textsOf(error: Error, seen: Set<Error>): string[] {
  return relatedTexts(error, '', seen);
}

/** An error as text without its message, for a format that has masked it in a way that only the format knows. */
export function placesOf({ name, stack }: Error): string[] {
  const frames = typeof stack === 'string' ? framesOf(stack) : undefined;
  return frames === undefined ? [] : [`${String(name)}\n${frames}`];
}

function relatedTexts(error: unknown, label: string, seen: Set<Error>): string[] {
  if (!isError(error) || seen.has(error) || seen.size > MAX_RELATED) return [];
  seen.add(error);
  const errors: unknown = Reflect.get(error, 'errors');
  return [
    label + (stackOf(error) ?? titleOf(error)),
    ...relatedTexts(error.cause, 'caused by: ', seen),
    ...(Array.isArray(errors) ? errors : []).flatMap((one, i) => relatedTexts(one, `errors[${i}]: `, seen)),
  ];
}
