import type { Entity } from '../store/entity.js';
import type { Members } from './members.js';
import { ATTRIBUTES, KEY_ATTRIBUTE_NAMES, KEY_ATTRIBUTES, REQUIRED_BY_TYPE } from './rules.js';

/** Why the service accepts the events without their entity. */
export interface RejectedEntityInfo {
  readonly errorType: string;
}

/** Reads `entity`. Violations of the model are collected in `members`, and fail the whole request. */
export function readEntity(members: Members): Entity | undefined {
  const entity = members.structure('entity');
  if (!entity) return undefined;
  const keyAttributes = entity.map('keyAttributes', KEY_ATTRIBUTES);
  const attributes = entity.map('attributes', ATTRIBUTES);
  return { ...(keyAttributes && { keyAttributes }), ...(attributes && { attributes }) };
}

/**
 * The `rejectedEntityInfo.errorType` of an entity that fits the model but is invalid; undefined if it is valid. Events
 * are accepted either way. AWS does not document which log group classes accept no entity: this is inferred from
 * UnsupportedLogGroupType.
 */
export function rejectionOf({ keyAttributes = {} }: Entity, logGroupClass: string): string | undefined {
  const names = Object.keys(keyAttributes);
  if (!names.every((name) => KEY_ATTRIBUTE_NAMES.has(name))) return 'InvalidKeyAttributes';
  const type = keyAttributes.Type;
  if (type === undefined) return 'MissingRequiredFields';
  const required = REQUIRED_BY_TYPE.get(type);
  if (!required) return 'InvalidTypeValue';
  if (!required.every((name) => names.includes(name))) return 'MissingRequiredFields';
  if (logGroupClass !== 'STANDARD') return 'UnsupportedLogGroupType';
  return undefined;
}
