import { types } from 'node:util';
import { readField } from './info.js';

/** The most objects of a record, and items of an array, that are searched: a log call must stay cheap. */
const MAX_OBJECTS = 300;
const MAX_ITEMS = 1000;

/** Recognises errors of other realms (Jest, `vm`) too, where `instanceof` fails. Does not throw. */
export function isError(value: unknown): value is Error {
  try {
    return types.isNativeError(value) || value instanceof Error;
  } catch {
    return false; // a Proxy of the application throws
  }
}

/** Recognises a Map or a Set, also of another realm. */
export function isCollection(value: object): value is Map<unknown, unknown> | Set<unknown> {
  return types.isMap(value) || types.isSet(value);
}

/** Finds the errors of a record: itself, and those in its fields, arrays, Maps and Sets, breadth first. Does not throw. */
export function errorsIn(record: object): readonly Error[] {
  const found: Error[] = [];
  // Grows during the loop, up to its bound, which ends circular references too.
  const objects: object[] = [record];
  for (const object of objects) {
    try {
      const isSpecial = !isPlain(object);
      if (isSpecial && isError(object)) found.push(object);
      if (Array.isArray(object)) addItems(object, objects);
      else if (isSpecial && isCollection(object)) addItems([...object.values()], objects);
      else if (!ArrayBuffer.isView(object)) addFields(object, objects);
    } catch {
      // A Proxy of the application throws. The rest of the record is still searched.
    }
  }
  return found;
}

/** Most objects are plain, and need no slower checks. */
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
