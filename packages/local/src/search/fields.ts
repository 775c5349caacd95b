/** The fields of a message that is a JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** The fields of a message; undefined if it is not a JSON object. */
export function fieldsOf(message: string): Fields | undefined {
  if (!/^\s*\{/.test(message)) return undefined;
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/**
 * The value of a field. `user.id` is the field of this name, or `id` in `user`. A name that is not found at the top is
 * searched inside, nearest first: `statusCode` finds `res.statusCode`.
 */
export function fieldOf(fields: Fields, name: string): unknown {
  let level: readonly Fields[] = [fields];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    for (const object of level) {
      const value = valueAt(object, name);
      if (value !== undefined) return value;
    }
    level = level.flatMap((object) => Object.values(object).filter(isObject));
  }
  return undefined;
}

const MAX_DEPTH = 6;

/** The JSON of a value; undefined if it is nested so deeply that writing it could overflow the stack. */
export function shallowJson(value: unknown): string | undefined {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth < MAX_NESTING; depth++) {
    level = level.filter(isObject).flatMap((object) => Object.values(object));
    if (level.length === 0) return JSON.stringify(value);
  }
  return undefined;
}

const MAX_NESTING = 500;

function valueAt(fields: Fields, path: string): unknown {
  if (Object.hasOwn(fields, path)) return fields[path];
  if (!path.includes('.')) return undefined;
  return valueIn(fields, path.split('.'), 0);
}

/** In an array, the values of all its members: `items.price` is the list of prices. @param arrays passed so far */
function valueIn(value: unknown, names: readonly string[], arrays: number): unknown {
  const [name, ...rest] = names;
  if (name === undefined) return value;
  if (!isObject(value)) return undefined;
  if (Object.hasOwn(value, name)) return valueIn(value[name], rest, arrays);
  if (!Array.isArray(value) || arrays === MAX_DEPTH) return undefined;
  const found = value
    .map((member) => valueIn(member, names, arrays + 1))
    .filter((member) => member !== undefined);
  return found.length > 0 ? found.flat() : undefined;
}
