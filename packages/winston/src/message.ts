import type logform from 'logform';
import { withErrorsOf } from './append-errors.js';
import { isError } from './find-errors.js';
import { type Info, MESSAGE, readField } from './info.js';
import { jsonOf } from './json-format.js';

/**
 * The text of a record: what the format made of it, with what it lost of errors. Where the format made no text, as
 * timestamp() alone makes none, or something that cannot become text, JSON. Does not throw.
 * @param info the record as the format left it
 */
export function messageOf(info: Info): string {
  const text = textOf(readField(info, MESSAGE));
  return text === undefined ? jsonOf(info) : withErrorsOf(info, text);
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  try {
    return String(value);
  } catch {
    return undefined; // an object whose toString is missing or throws
  }
}

type Format = logform.Format;

/**
 * A transport's own format, to be given whole errors: winston-transport hands it a copy of the record's enumerable
 * fields, and a format can neither write nor mask the message and stack that such a copy of an Error lacks.
 * @param original the record that is being formatted
 */
export function withWholeErrors(format: Format, original: () => Info | undefined): Format {
  const transform: Format['transform'] = (copy, options) => {
    return format.transform((wholeErrorOf(original()) as typeof copy | undefined) ?? copy, options);
  };
  return Object.assign(Object.create(format) as Format, { transform });
}

/** @returns undefined for a record that is no error, and for an error that cannot be copied: its getter or Proxy throws */
function wholeErrorOf(record: Info | undefined): object | undefined {
  try {
    return isError(record) ? copyOf(record) : undefined;
  } catch {
    return undefined;
  }
}

/** A copy, since a format may change it, and other transports get the same record. */
function copyOf(error: Error): object {
  const { stack, message } = error;
  const copy = Object.setPrototypeOf(new Error(), Object.getPrototypeOf(error));
  const given = Object.getOwnPropertyDescriptors(error);
  // As values: accessors would give the copy's own, or throw, as one that reads a private field does.
  return Object.defineProperties(copy, {
    ...given,
    stack: valueLike(given.stack, stack),
    message: valueLike(given.message, message),
  });
}

function valueLike(given: PropertyDescriptor | undefined, value: unknown): PropertyDescriptor {
  return { value, enumerable: given?.enumerable ?? false, writable: true, configurable: true };
}
