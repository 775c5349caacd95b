import type { EntitySource } from './resolve-entity.js';

/** The options `service` and `environment`, or their variables. */
export interface ServiceOptions {
  readonly service: string | undefined;
  readonly environment: string | undefined;
}

export function userEntitySource({ service, environment }: ServiceOptions): EntitySource {
  const from = 'UserConfiguration';
  return {
    serviceName: service === undefined ? undefined : { value: service, from, source: from },
    environment: environment === undefined ? undefined : { value: environment, from },
  };
}
