import { types } from 'node:util';
import { readField } from './info.js';

/** How many objects of a record are looked at, and how many items of an array: a log call must stay cheap. */
const MAX_OBJECTS = 300;
const MAX_ITEMS = 1000;

/** Also of another realm (Jest, `vm`), where `instanceof` fails. Does not throw. */
export function isError(value: unknown): value is Error {
  try {
    return types.isNativeError(value) || value instanceof Error;
  } catch {
    return false; // a Proxy of the application's that throws
  }
}

/** A Map or a Set, also of another realm. */
export function isCollection(value: object): value is Map<unknown, unknown> | Set<unknown> {
  return types.isMap(value) || types.isSet(value);
}

/** The errors of a record: itself, and those in its fields, arrays, Maps and Sets. The nearest come first. Does not throw. */
export function errorsIn(record: object): readonly Error[] {
  const found: Error[] = [];
  // It grows meanwhile, up to its bound, which ends circles as well.
  const objects: object[] = [record];
  for (const object of objects) {
    try {
      const isSpecial = !isPlain(object);
      if (isSpecial && isError(object)) found.push(object);
      if (Array.isArray(object)) addItems(object, objects);
      else if (isSpecial && isCollection(object)) addItems([...object.values()], objects);
      else if (!ArrayBuffer.isView(object)) addFields(object, objects);
    } catch {
      // A Proxy of the application's that throws. The rest of the record is searched all the same.
    }
  }
  return found;
}

/** Most objects are, and need no slower checks. */
function isPlain(object: object): boolean {
  const prototype = Object.getPrototypeOf(object);
  return prototype === Object.prototype || prototype === Array.prototype;
}

function addItems(items: readonly unknown[], objects: object[]): void {
  const end = Math.min(items.length, MAX_ITEMS);
  for (let i = 0; i < end; i++) add(items[i], objects);
}

function addFields(object: object, objects: object[]): void {
  for (const key in object) add(readField(object, key), objects);
}

function add(value: unknown, objects: object[]): void {
  if (typeof value === 'object' && value !== null && objects.length < MAX_OBJECTS) objects.push(value);
}
