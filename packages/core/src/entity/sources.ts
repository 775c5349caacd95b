import { parseKeyValues } from '../key-values.js';
import type { EntitySource } from './resolve.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The options `service` and `environment`, or their variables. */
export function userSource(service: string | undefined, environment: string | undefined): EntitySource {
  return {
    serviceName: service === undefined ? undefined : { value: service, source: 'UserConfiguration' },
    environment,
  };
}

/**
 * OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES.
 * Source: https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable
 */
export function otelSource(env: Environment): EntitySource {
  // What can be read of them: OpenTelemetry's own reader throws all away for one bad entry.
  const { pairs: attributes } = parseKeyValues(env.OTEL_RESOURCE_ATTRIBUTES ?? '');
  const name = [env.OTEL_SERVICE_NAME?.trim(), attributes.get('service.name')].find(isServiceName);
  const environment =
    attributes.get('deployment.environment.name') || attributes.get('deployment.environment') || undefined;
  return {
    serviceName: name === undefined ? undefined : { value: name, source: 'Instrumentation' },
    environment,
  };
}

/**
 * Where nobody named the service, OpenTelemetry says `unknown_service:node`, and its detector for Elastic
 * Beanstalk the same word for every application.
 */
function isServiceName(name: string | undefined): name is string {
  return Boolean(name) && !name?.startsWith('unknown_service') && name !== 'aws_elastic_beanstalk';
}

/** What holds for any program: it runs on a host. The last source; a platform's own comes before it. */
export function hostSource(hostname: string): EntitySource {
  return { environment: 'generic:default', attributes: { PlatformType: 'Generic', Host: hostname } };
}
