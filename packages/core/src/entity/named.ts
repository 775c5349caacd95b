import { MAX_ATTRIBUTES } from './check.js';
import type { Entity } from './entity.js';

const SOURCE = 'AWS.ServiceNameSource';

/** A service of another name, and the same in all else. What is no service stays what it is. */
export function named(entity: Entity | undefined, name: string): Entity | undefined {
  if (entity?.keyAttributes.Type !== 'Service') return entity;
  const attributes = { ...entity.attributes, [SOURCE]: 'UserConfiguration' };
  return {
    keyAttributes: { ...entity.keyAttributes, Name: name },
    attributes: Object.keys(attributes).length > MAX_ATTRIBUTES ? entity.attributes : attributes,
  };
}
