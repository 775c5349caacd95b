import type { Members } from './members.js';
import { ATTRIBUTES, KEY_ATTRIBUTE_NAMES, KEY_ATTRIBUTES, REQUIRED_BY_TYPE } from './rules.js';

/** Who wrote the events: `PutLogEvents.entity`. */
export interface Entity {
  readonly keyAttributes?: Readonly<Record<string, string>>;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Why the service takes the events without their entity. */
export interface RejectedEntityInfo {
  readonly errorType: string;
}

/** Reads `entity`, noting in `members` what breaks the model: that fails the whole request. */
export function readEntity(members: Members): Entity | undefined {
  const entity = members.structure('entity');
  if (!entity) return undefined;
  const keyAttributes = entity.map('keyAttributes', KEY_ATTRIBUTES);
  const attributes = entity.map('attributes', ATTRIBUTES);
  return { ...(keyAttributes && { keyAttributes }), ...(attributes && { attributes }) };
}

/**
 * The `rejectedEntityInfo.errorType` of a well-formed entity whose meaning is wrong: the events are accepted
 * without it. Which class of group refuses entities is inferred from the word itself.
 */
export function judgeEntity({ keyAttributes = {} }: Entity, logGroupClass: string): string | undefined {
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
