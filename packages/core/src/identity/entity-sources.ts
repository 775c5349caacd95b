import { platformOf } from './platform-mappings.js';
import type { EntitySource, ServiceNameSource } from './resolve-entity.js';
import type { ResourceAttributes } from './resource-attributes.js';
import { type UserNames, userEntitySource } from './user-source.js';

/** All sources of the service's name and environment, best first. */
export function entitySources(user: UserNames, facts: ResourceAttributes): EntitySource[] {
  return [userEntitySource(user), otelSource(facts), ...platformSources(facts), packageSource(facts)];
}

function otelSource(facts: ResourceAttributes): EntitySource {
  const name = facts.get('service.name');
  return {
    serviceName: name && { ...name, source: sourceOf(facts) },
    environment: facts.get('deployment.environment.name') ?? facts.get('deployment.environment'),
  };
}

/** The operator of Application Signals sets the service name, and with this attribute the source of the name. */
const OPERATORS_SOURCE = 'com.amazonaws.cloudwatch.entity.internal.service.name.source';

function sourceOf(facts: ResourceAttributes): ServiceNameSource {
  return facts.get(OPERATORS_SOURCE)?.value === 'K8sWorkload' ? 'K8sWorkload' : 'Instrumentation';
}

/** A source for each name and each environment, so that the next one is used when one is not usable. */
function platformSources(facts: ResourceAttributes): EntitySource[] {
  const { names, environments, attributes, together = [] } = platformOf(facts);
  const isWhole = together.every((key) => attributes[key]?.(facts) !== undefined);
  const known = Object.entries(isWhole ? attributes : {}).flatMap(([key, pick]) => {
    const fact = pick(facts);
    return fact === undefined ? [] : [[key, fact] as const];
  });
  return [
    ...names.map(([pick, source]) => {
      const name = pick(facts);
      return { serviceName: name && { ...name, source } };
    }),
    ...environments.map((pick) => ({ environment: pick(facts) })),
    { attributes: Object.fromEntries(known) },
  ];
}

function packageSource(facts: ResourceAttributes): EntitySource {
  const name = facts.get('package.name');
  return { serviceName: name && { ...name, source: 'Unknown' } };
}
