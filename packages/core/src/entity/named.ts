import { MAX_ATTRIBUTES } from './check.js';
import type { Entity } from './entity.js';

/** All of a service's entity but its name. */
export interface Unnamed {
  readonly environment: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const SOURCE = 'AWS.ServiceNameSource';

/** The entity of a service that the application names. */
export function named({ environment, attributes }: Unnamed, name: string): Entity {
  const withSource = { ...attributes, [SOURCE]: 'UserConfiguration' };
  return {
    keyAttributes: { Type: 'Service', Name: name, Environment: environment },
    attributes: Object.keys(withSource).length > MAX_ATTRIBUTES ? attributes : withSource,
  };
}
