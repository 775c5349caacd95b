import type { Diagnostics } from '../diagnostics.js';
import { attributesFrom, merge, type ResourceAttributes } from '../resource-attributes.js';
import type { RuntimeEnvironment } from '../runtime-environment.js';
import { beanstalkAttributes, ec2Attributes } from './ec2.js';
import { ecsAttributes } from './ecs.js';
import { kubernetesAttributes } from './kubernetes.js';
import { otelAttributes } from './otel-env.js';
import { packageAttributes } from './package-json.js';

/**
 * Detects where the program runs. All sources are read at once. When environment variables name the platform, only that
 * platform's metadata service is asked. Never rejects.
 * @param signal aborts pending requests; what is known by then is used
 * @param remarks receives problems and notes
 */
export async function detect(
  place: RuntimeEnvironment,
  signal: AbortSignal,
  diagnostics: Diagnostics,
): Promise<ResourceAttributes> {
  const told = otelAttributes(place.env, isPlatform, diagnostics);
  const search = SEARCHES.get(told.get('cloud.platform')?.value ?? platformOf(place.env)) ?? ec2OrHost;
  const [platform, application] = await Promise.all([
    search(place, signal, diagnostics),
    packageAttributes(place, diagnostics),
  ]);
  return merge(
    told,
    platform,
    application,
    attributesFrom('name of the host', { 'host.name': place.hostname }),
  );
}

type Search = (
  place: RuntimeEnvironment,
  signal: AbortSignal,
  diagnostics: Diagnostics,
) => ResourceAttributes | Promise<ResourceAttributes>;

/** By the value of OpenTelemetry's `cloud.platform`. */
const SEARCHES: ReadonlyMap<string, Search> = new Map<string, Search>([
  ['aws_lambda', lambdaAttributes],
  ['aws_ecs', ecsAttributes],
  ['aws_eks', kubernetesAttributes],
  ['aws_elastic_beanstalk', ec2OrHost],
  ['aws_ec2', ec2OrHost],
]);

function isPlatform(word: string): boolean {
  return SEARCHES.has(word);
}

function platformOf(env: RuntimeEnvironment['env']): string {
  if (env.AWS_LAMBDA_FUNCTION_NAME) return 'aws_lambda';
  if (env.ECS_CONTAINER_METADATA_URI_V4) return 'aws_ecs'; // also on EC2
  if (env.KUBERNETES_SERVICE_HOST) return 'aws_eks'; // or other Kubernetes: kubernetesAttributes decides
  return 'aws_ec2'; // or no AWS at all: ec2Attributes decides
}

function lambdaAttributes({ env }: RuntimeEnvironment): ResourceAttributes {
  return attributesFrom('AWS_LAMBDA_FUNCTION_NAME', {
    'cloud.platform': 'aws_lambda',
    'faas.name': env.AWS_LAMBDA_FUNCTION_NAME,
    'faas.instance': env.AWS_LAMBDA_LOG_STREAM_NAME,
  });
}

async function ec2OrHost(
  place: RuntimeEnvironment,
  signal: AbortSignal,
  diagnostics: Diagnostics,
): Promise<ResourceAttributes> {
  return merge(
    ...(await Promise.all([beanstalkAttributes(place), ec2Attributes(place, signal, diagnostics)])),
  );
}
