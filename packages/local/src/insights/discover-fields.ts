/** The service discovers so many fields in a JSON message. */
const MAX_FIELDS = 200;
/** What is nested deeper is left out: it could overflow the stack. */
const MAX_DEPTH = 200;

export type FieldValue = string | number | boolean;

/** The fields of a JSON message, in dot notation: `user.id`, `items.0.price`. None if it is not a JSON object. */
export function discoverFields(message: string): ReadonlyMap<string, FieldValue> {
  const fields = new Map<string, FieldValue>();
  if (!message.trimStart().startsWith('{')) return fields;
  try {
    flatten(JSON.parse(message), '', fields);
  } catch {
    // Not JSON.
  }
  return fields;
}

/** Adds the leaves of a value. A name of the message that begins with `@` gets another one. `null` is no value. */
export function flatten(value: unknown, path: string, fields: Map<string, FieldValue>, depth = 0): void {
  if (fields.size >= MAX_FIELDS || depth > MAX_DEPTH) return;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    fields.set(path, value);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    const shown = path === '' && name.startsWith('@') ? `@${name}` : name;
    flatten(inner, path === '' ? shown : `${path}.${name}`, fields, depth + 1);
  }
}
