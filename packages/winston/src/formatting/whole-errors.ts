import type logform from 'logform';
import { isError } from './find-errors.js';
import type { Info } from './info.js';

type Format = logform.Format;

/**
 * Wraps a transport's own format so that it gets complete errors. winston-transport passes it a copy of the record's
 * enumerable fields, which lacks an error's message and stack: the format could neither write nor mask them.
 * @param original returns the record that is being formatted
 */
export function withWholeErrors(format: Format, original: () => Info | undefined): Format {
  const transform: Format['transform'] = (copy, options) => {
    return format.transform((wholeErrorOf(original()) as typeof copy | undefined) ?? copy, options);
  };
  return Object.assign(Object.create(format) as Format, { transform });
}

/** @returns undefined for a record that is not an error, and for an error that cannot be copied: its getter or Proxy throws */
function wholeErrorOf(record: Info | undefined): object | undefined {
  try {
    return isError(record) ? copyOf(record) : undefined;
  } catch {
    return undefined;
  }
}

/** A copy, because the format may change it, and other transports get the same record. */
function copyOf(error: Error): object {
  const { stack, message } = error;
  const copy = Object.setPrototypeOf(new Error(), Object.getPrototypeOf(error));
  const given = Object.getOwnPropertyDescriptors(error);
  // As values: an accessor would return the copy's own text, or throw if it reads a private field.
  return Object.defineProperties(copy, {
    ...given,
    stack: valueLike(given.stack, stack),
    message: valueLike(given.message, message),
  });
}

function valueLike(given: PropertyDescriptor | undefined, value: unknown): PropertyDescriptor {
  return { value, enumerable: given?.enumerable ?? false, writable: true, configurable: true };
}
