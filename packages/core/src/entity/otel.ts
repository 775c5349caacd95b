import { parseKeyValues } from '../key-values.js';
import { type Facts, factsFrom, merge } from './facts.js';
import type { Place } from './place.js';
import type { Remarks } from './remarks.js';

/**
 * Reads OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES, without OpenTelemetry's packages: they discard all attributes
 * because of one malformed entry, and each major version needs its own `@opentelemetry/api`, which may not be the
 * application's.
 * Source: https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable
 * @param isPlatform whether a value of `cloud.platform` is known here
 * @param remarks receives problems
 */
export function otelFacts(env: Place['env'], isPlatform: (word: string) => boolean, remarks: Remarks): Facts {
  const { pairs, damaged } = parseKeyValues(env.OTEL_RESOURCE_ATTRIBUTES ?? '');
  if (damaged.length > 0) {
    const what = damaged.join(', ');
    remarks.problems.push(
      `Of OTEL_RESOURCE_ATTRIBUTES ${what} cannot be read as key=value, percent-encoded, and was left out.`,
    );
  }
  const attributes = factsFrom('OTEL_RESOURCE_ATTRIBUTES', Object.fromEntries(pairs));
  const platform = attributes.get('cloud.platform')?.value ?? '';
  const unusable = [
    ...(isPlatform(platform) ? [] : ['cloud.platform']),
    ...(isServiceName(attributes.get('service.name')?.value) ? [] : ['service.name']),
  ];
  const name = env.OTEL_SERVICE_NAME?.trim();
  return merge(
    factsFrom('OTEL_SERVICE_NAME', isServiceName(name) ? { 'service.name': name } : {}),
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
