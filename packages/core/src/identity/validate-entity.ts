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

/** One mistake in an entity: the field, and what it should have been. */
export interface EntityFault {
  readonly field: keyof EntityOption;
  readonly expected: string;
  readonly given: unknown;
}

/** Printable ASCII with at least one visible character, as Application Signals requires. It is trimmed first. */
export function isKeyValue(value: unknown): value is string {
  return typeof value === 'string' && /^[\x20-\x7e]*$/.test(value) && hasLength(value.trim(), MAX_VALUE);
}

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

/** All mistakes in the entity that a user gave. */
export function entityFaults(entity: EntityOption): EntityFault[] {
  const { type = 'Service' } = entity;
  const faults: EntityFault[] = [];
  if (typeof type !== 'string' || !Object.hasOwn(KEY_ATTRIBUTES_BY_TYPE, type)) {
    faults.push({
      field: 'type',
      expected: `one of ${Object.keys(KEY_ATTRIBUTES_BY_TYPE).join(', ')}`,
      given: type,
    });
  } else faults.push(...keyFaults(entity, type));
  if (entity.attributes !== undefined) faults.push(...attributeFaults(entity.attributes));
  return faults;
}

function keyFaults(entity: EntityOption, type: EntityType): EntityFault[] {
  const wanted: readonly string[] = KEY_ATTRIBUTES_BY_TYPE[type];
  return Object.entries(KEY_FIELDS).flatMap(([key, field]): EntityFault[] => {
    const given = entity[field];
    if (wanted.includes(key)) {
      // A service without an environment gets the detected one.
      if (field === 'environment' && given === undefined) return [];
      return isKeyValue(given) ? [] : [{ field, expected: `1 to ${MAX_VALUE} characters of ASCII`, given }];
    }
    return given === undefined ? [] : [{ field, expected: `nothing, for an entity of type ${type}`, given }];
  });
}

function attributeFaults(attributes: unknown): EntityFault[] {
  const field = 'attributes';
  if (!isObject(attributes)) {
    return [{ field, expected: 'an object of text by text', given: attributes }];
  }
  const entries = Object.entries(attributes);
  const faults: EntityFault[] = [];
  if (entries.length > MAX_ATTRIBUTES) {
    faults.push({ field, expected: `at most ${MAX_ATTRIBUTES} attributes`, given: `${entries.length}` });
  }
  for (const [key, value] of entries) {
    if (isAttribute(key, value)) continue;
    const expected = `keys of 1 to ${MAX_ATTRIBUTE_KEY} and values of 1 to ${MAX_VALUE} characters`;
    faults.push({ field, expected, given: { [key]: value } });
  }
  return faults;
}
