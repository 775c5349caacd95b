import { types } from 'node:util';

/** How deep a record is searched for errors. */
const MAX_DEPTH = 8;

/** How many objects of a record are looked at, and how many items of an array: a log call must stay cheap. */
const MAX_OBJECTS = 300;
const MAX_ITEMS = 1000;

/** Also of another realm (Jest, `vm`), where `instanceof` fails. */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}

/** The errors of a record: itself, and those in its fields, arrays, Maps and Sets. Each may be found more than once. */
export function errorsIn(record: object): readonly Error[] {
  const search = { found: [], objectsLeft: MAX_OBJECTS };
  visit(record, 0, search);
  return search.found;
}

interface Search {
  readonly found: Error[];
  /** Ends circles, too. */
  objectsLeft: number;
}

function visit(value: object, depth: number, search: Search): void {
  if (search.objectsLeft-- <= 0) return;
  if (!isPlain(value) && isError(value)) search.found.push(value);
  if (depth === MAX_DEPTH) return;
  try {
    if (Array.isArray(value)) visitItems(value, depth + 1, search);
    else if (value instanceof Map || value instanceof Set) visitItems([...value.values()], depth + 1, search);
    else if (!ArrayBuffer.isView(value)) visitFields(value as Fields, depth + 1, search);
  } catch {
    // A getter or a Proxy of the application's that throws. The rest of the record is searched all the same.
  }
}

/** Most objects are, and need no slower check. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype;
}

function visitItems(items: readonly unknown[], depth: number, search: Search): void {
  const end = Math.min(items.length, MAX_ITEMS);
  for (let i = 0; i < end; i++) {
    const item = items[i];
    if (typeof item === 'object' && item !== null) visit(item, depth, search);
  }
}

type Fields = Readonly<Record<string, unknown>>;

function visitFields(fields: Fields, depth: number, search: Search): void {
  for (const key in fields) {
    const field = fields[key];
    if (typeof field === 'object' && field !== null) visit(field, depth, search);
  }
}
