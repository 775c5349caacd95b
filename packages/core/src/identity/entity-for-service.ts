import type { Entity } from './entity.js';
import { MAX_ATTRIBUTES } from './validate-entity.js';

/** An entity without the service's name. */
export interface EntityTemplate {
  readonly environment: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const SOURCE = 'AWS.ServiceNameSource';

/** The entity of a service whose name comes from a record. */
export function entityForService({ environment, attributes }: EntityTemplate, name: string): Entity {
  const withSource = { ...attributes, [SOURCE]: 'UserConfiguration' };
  return {
    keyAttributes: { Type: 'Service', Name: name, Environment: environment },
    attributes: Object.keys(withSource).length > MAX_ATTRIBUTES ? attributes : withSource,
  };
}
