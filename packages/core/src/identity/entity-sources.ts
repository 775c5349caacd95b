import { platformMapping } from './platform-mappings.js';
import type { EntitySource, ServiceNameSource } from './resolve-entity.js';
import type { ResourceAttributes } from './resource-attributes.js';
import { type ServiceOptions, userEntitySource } from './user-source.js';

/** All sources of the service's name and environment, in order of precedence. */
export function entitySources(options: ServiceOptions, detected: ResourceAttributes): EntitySource[] {
  return [
    userEntitySource(options),
    otelSource(detected),
    ...platformSources(detected),
    packageSource(detected),
  ];
}

function otelSource(detected: ResourceAttributes): EntitySource {
  const name = detected.get('service.name');
  return {
    serviceName: name && { ...name, source: otelNameSource(detected) },
    environment: detected.get('deployment.environment.name') ?? detected.get('deployment.environment'),
  };
}

/** The operator of Application Signals sets the service name, and records in this attribute how it found the name. */
const OPERATOR_NAME_SOURCE = 'com.amazonaws.cloudwatch.entity.internal.service.name.source';

function otelNameSource(detected: ResourceAttributes): ServiceNameSource {
  return detected.get(OPERATOR_NAME_SOURCE)?.value === 'K8sWorkload' ? 'K8sWorkload' : 'Instrumentation';
}

/** One source for each name and each environment, so that the next is used if one is not usable. */
function platformSources(detected: ResourceAttributes): EntitySource[] {
  const { names, environments, attributes, requiredTogether = [] } = platformMapping(detected);
  const isComplete = requiredTogether.every((key) => attributes[key]?.(detected) !== undefined);
  const known = Object.entries(isComplete ? attributes : {}).flatMap(([key, pick]) => {
    const attribute = pick(detected);
    return attribute === undefined ? [] : [[key, attribute] as const];
  });
  return [
    ...names.map(([pick, source]) => {
      const name = pick(detected);
      return { serviceName: name && { ...name, source } };
    }),
    ...environments.map((pick) => ({ environment: pick(detected) })),
    { attributes: Object.fromEntries(known) },
  ];
}

function packageSource(detected: ResourceAttributes): EntitySource {
  const name = detected.get('package.name');
  return { serviceName: name && { ...name, source: 'Unknown' } };
}
