import { inspect } from 'node:util';
import { isObject } from '../util/json.js';
import { isSecretName, redact } from '../util/redact.js';

/** A value as short text on one line, without possible secrets. */
export function showValue(value: unknown): string {
  const text = inspect(withoutSecrets(value), { depth: 0, breakLength: Infinity });
  // Anything before an @ may be the password of a URL, except for the scheme.
  const safe = redact(
    text.replace(/^(['"`]?(?:(?:https?|ftp|socks\d?):\/\/)?).*@/is, '$1…@').replace(/[\t\r\n]+/g, ' '),
  );
  return safe.length > 120 ? `${safe.slice(0, 120)}…` : safe;
}

/** The types of a secret and of its fields. */
export function showSecret(value: unknown): string {
  return inspect(isObject(value) ? withoutSecrets({ ...value }, () => true) : mask(value), {
    breakLength: Infinity,
  });
}

/** Masks the secrets in an object, for example credentials that were given for another option. */
function withoutSecrets(value: unknown, isHidden = isSecretName): unknown {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  const fields = Object.entries(Object.getOwnPropertyDescriptors(value)).map(([name, { value: field }]) => [
    name,
    isHidden(name) ? mask(field) : field,
  ]);
  return Object.fromEntries(fields);
}

/** A description that replaces a secret value. */
function mask(value: unknown): object {
  const description = typeof value === 'string' ? `string of ${value.length} characters` : typeof value;
  return { [inspect.custom]: () => `<${description}>` };
}
