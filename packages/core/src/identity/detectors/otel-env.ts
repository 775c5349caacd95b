import { parseKeyValues } from '../../util/key-values.js';
import type { Diagnostics } from '../diagnostics.js';
import { attributesFrom, merge, type ResourceAttributes } from '../resource-attributes.js';
import type { RuntimeEnvironment } from '../runtime-environment.js';

/**
 * Reads OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES. OpenTelemetry's packages are not used: they discard all
 * attributes if one entry is malformed, and each major version needs its own `@opentelemetry/api`, which may differ
 * from the application's.
 * Source:
 * https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable
 * @param isPlatform whether a value of `cloud.platform` is supported; others are ignored
 * @param diagnostics receives problems
 */
export function otelAttributes(
  env: RuntimeEnvironment['env'],
  isPlatform: (name: string) => boolean,
  diagnostics: Diagnostics,
): ResourceAttributes {
  const { pairs, malformed } = parseKeyValues(env.OTEL_RESOURCE_ATTRIBUTES ?? '');
  if (malformed.length > 0) {
    diagnostics.problems.push(
      `OTEL_RESOURCE_ATTRIBUTES is not all percent-encoded key=value, so these entries are ignored: ${malformed.join(', ')}.`,
    );
  }
  const attributes = attributesFrom('OTEL_RESOURCE_ATTRIBUTES', Object.fromEntries(pairs));
  const platform = attributes.get('cloud.platform')?.value ?? '';
  const unusable = [
    ...(isPlatform(platform) ? [] : ['cloud.platform']),
    ...(isServiceName(attributes.get('service.name')?.value) ? [] : ['service.name']),
  ];
  const name = env.OTEL_SERVICE_NAME?.trim();
  return merge(
    attributesFrom('OTEL_SERVICE_NAME', isServiceName(name) ? { 'service.name': name } : {}),
    new Map([...attributes].filter(([key]) => !unusable.includes(key))),
  );
}

/**
 * OpenTelemetry uses `unknown_service:node` if there is no name, and one fixed name for all applications on Elastic
 * Beanstalk.
 */
function isServiceName(name: string | undefined): boolean {
  return !name?.startsWith('unknown_service') && name !== 'aws_elastic_beanstalk';
}
