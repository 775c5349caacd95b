import { parseKeyValues } from '../../util/key-values.js';
import type { Diagnostics } from '../diagnostics.js';
import { attributesFrom, merge, type ResourceAttributes } from '../resource-attributes.js';
import type { RuntimeEnvironment } from '../runtime-environment.js';

/**
 * Reads OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES, without OpenTelemetry's packages: they discard all attributes
 * because of one malformed entry, and each major version needs its own `@opentelemetry/api`, which may not be the
 * application's.
 * Source: https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable
 * @param isPlatform whether a value of `cloud.platform` is known here
 * @param remarks receives problems
 */
export function otelAttributes(
  env: RuntimeEnvironment['env'],
  isPlatform: (word: string) => boolean,
  diagnostics: Diagnostics,
): ResourceAttributes {
  const { pairs, malformed } = parseKeyValues(env.OTEL_RESOURCE_ATTRIBUTES ?? '');
  if (malformed.length > 0) {
    const what = malformed.join(', ');
    diagnostics.problems.push(
      `Of OTEL_RESOURCE_ATTRIBUTES ${what} cannot be read as key=value, percent-encoded, and was left out.`,
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
 * Without a name OpenTelemetry uses `unknown_service:node`, and its detector for Elastic Beanstalk uses the same name for
 * every application.
 */
function isServiceName(name: string | undefined): boolean {
  return !name?.startsWith('unknown_service') && name !== 'aws_elastic_beanstalk';
}
