import type { EntityOption } from '../identity/entity.js';
import { isKeyValue } from '../identity/validate-entity.js';
import { isFieldPath } from '../routing/record-fields.js';
import { RECORD_PREFIX } from '../routing/template.js';
import { isObject } from '../util/json.js';
import { custom, falseOrText, text } from './option-types.js';

export const ENTITY_FIELDS = [
  'type',
  'resourceType',
  'identifier',
  'name',
  'environment',
  'attributes',
] as const;

/** Whose events they are. */
export const ENTITY_OPTIONS = {
  /** The name of the service in the entity. Default: detected. */
  service: text(isKeyValue, {
    default: undefined,
    expected: '1 to 512 ASCII characters',
  }),
  /** The environment of the service in the entity, such as `ecs:prod`. Default: detected. */
  environment: text(isKeyValue, {
    default: undefined,
    expected: '1 to 512 ASCII characters',
  }),
  /**
   * The field of a record that names the record's own service in the entity. Default: all records belong
   * to `service`.
   */
  // A prefix as in a template is a mistake: it would be a field named `record`.
  serviceField: text((field) => isFieldPath(field) && !field.startsWith(RECORD_PREFIX), {
    default: undefined,
    expected: `the name of a field, or names with dots between, without the "${RECORD_PREFIX}" that logStreamName wants`,
  }),
  /**
   * The complete entity, instead of the detected one: `{ type, resourceType, identifier, name,
   * environment, attributes }`. `false` sends none.
   */
  entity: custom<EntityOption | false>(isEntityOption, falseOrText, {
    default: undefined,
    expected: `false, or an object of ${ENTITY_FIELDS.join(', ')}`,
    fields: ENTITY_FIELDS,
  }),
} as const;

function isEntityOption(value: unknown): value is EntityOption | false {
  return value === false || isObject(value);
}
