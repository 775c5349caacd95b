import { isObject } from '../util/json.js';
import { type EntityOption, type EntityType, KEY_ATTRIBUTES_BY_TYPE } from './entity.js';

const MAX_VALUE = 512;
const MAX_ATTRIBUTE_KEY = 256;
export const MAX_ATTRIBUTES = 10;

const KEY_FIELDS = {
  ResourceType: 'resourceType',
  Identifier: 'identifier',
  Name: 'name',
  Environment: 'environment',
} as const;

/** An error in an entity that the user gave. */
export interface InvalidField {
  readonly field: keyof EntityOption;
  readonly expected: string;
  readonly given: unknown;
}

/** Whether a value can be a key attribute: printable ASCII with a visible character, as Application Signals requires. */
export function isKeyValue(value: unknown): value is string {
  return typeof value === 'string' && /^[\x20-\x7e]*$/.test(value) && hasLength(value.trim(), MAX_VALUE);
}

/** Whether a key and a value can be an attribute. */
export function isAttribute(key: string, value: unknown): boolean {
  return (
    hasLength(key.trim(), MAX_ATTRIBUTE_KEY) &&
    typeof value === 'string' &&
    hasLength(value.trim(), MAX_VALUE)
  );
}

function hasLength(text: string, max: number): boolean {
  return text.length >= 1 && text.length <= max;
}

/** All errors in an entity that the user gave. */
export function validateEntity(entity: EntityOption): InvalidField[] {
  const { type = 'Service' } = entity;
  const invalid: InvalidField[] = [];
  if (typeof type !== 'string' || !Object.hasOwn(KEY_ATTRIBUTES_BY_TYPE, type)) {
    invalid.push({
      field: 'type',
      expected: `one of ${Object.keys(KEY_ATTRIBUTES_BY_TYPE).join(', ')}`,
      given: type,
    });
  } else invalid.push(...invalidKeyFields(entity, type));
  if (entity.attributes !== undefined) invalid.push(...invalidAttributes(entity.attributes));
  return invalid;
}

function invalidKeyFields(entity: EntityOption, type: EntityType): InvalidField[] {
  const wanted: readonly string[] = KEY_ATTRIBUTES_BY_TYPE[type];
  return Object.entries(KEY_FIELDS).flatMap(([key, field]): InvalidField[] => {
    const given = entity[field];
    if (wanted.includes(key)) {
      // Without an environment, the detected one is used.
      if (field === 'environment' && given === undefined) return [];
      return isKeyValue(given) ? [] : [{ field, expected: `1 to ${MAX_VALUE} ASCII characters`, given }];
    }
    return given === undefined ? [] : [{ field, expected: `nothing, for an entity of type ${type}`, given }];
  });
}

function invalidAttributes(attributes: unknown): InvalidField[] {
  const field = 'attributes';
  if (!isObject(attributes)) {
    return [{ field, expected: 'an object whose values are strings', given: attributes }];
  }
  const entries = Object.entries(attributes);
  const invalid: InvalidField[] = [];
  if (entries.length > MAX_ATTRIBUTES) {
    invalid.push({ field, expected: `at most ${MAX_ATTRIBUTES} attributes`, given: `${entries.length}` });
  }
  for (const [key, value] of entries) {
    if (isAttribute(key, value)) continue;
    const expected = `keys of 1 to ${MAX_ATTRIBUTE_KEY} and values of 1 to ${MAX_VALUE} characters`;
    invalid.push({ field, expected, given: { [key]: value } });
  }
  return invalid;
}
