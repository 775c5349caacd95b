import type { Diagnostics } from '../diagnostics.js';
import { attributesFrom, merge, type ResourceAttributes } from '../resource-attributes.js';
import type { RuntimeEnvironment } from '../runtime-environment.js';
import { beanstalkAttributes, ec2Attributes } from './ec2.js';
import { ecsAttributes } from './ecs.js';
import { kubernetesAttributes } from './kubernetes.js';
import { otelAttributes } from './otel-env.js';
import { packageAttributes } from './package-json.js';

/**
 * Detects where the program runs. All sources are read at once. If environment variables name the platform, only that
 * platform's metadata service is asked.
 * @param signal aborts pending requests; what is known by then is used
 * @param diagnostics receives problems and notes
 */
export async function detectAttributes(
  runtime: RuntimeEnvironment,
  signal: AbortSignal,
  diagnostics: Diagnostics,
): Promise<ResourceAttributes> {
  const declared = otelAttributes(runtime.env, isPlatform, diagnostics);
  const platformName = declared.get('cloud.platform')?.value ?? platformFromVariables(runtime.env);
  const detectPlatform = DETECTORS.get(platformName) ?? ec2OrHostAttributes;
  const [platform, application] = await Promise.all([
    detectPlatform(runtime, signal, diagnostics),
    packageAttributes(runtime, diagnostics),
  ]);
  return merge(
    declared,
    platform,
    application,
    attributesFrom('name of the host', { 'host.name': runtime.hostname }),
  );
}

type Detector = (
  runtime: RuntimeEnvironment,
  signal: AbortSignal,
  diagnostics: Diagnostics,
) => ResourceAttributes | Promise<ResourceAttributes>;

/** By the value of OpenTelemetry's `cloud.platform`. */
const DETECTORS: ReadonlyMap<string, Detector> = new Map<string, Detector>([
  ['aws_lambda', lambdaAttributes],
  ['aws_ecs', ecsAttributes],
  ['aws_eks', kubernetesAttributes],
  ['aws_elastic_beanstalk', ec2OrHostAttributes],
  ['aws_ec2', ec2OrHostAttributes],
]);

function isPlatform(name: string): boolean {
  return DETECTORS.has(name);
}

function platformFromVariables(env: RuntimeEnvironment['env']): string {
  if (env.AWS_LAMBDA_FUNCTION_NAME) return 'aws_lambda';
  if (env.ECS_CONTAINER_METADATA_URI_V4) return 'aws_ecs'; // also on EC2
  if (env.KUBERNETES_SERVICE_HOST) return 'aws_eks'; // or other Kubernetes: kubernetesAttributes decides
  return 'aws_ec2'; // or not AWS: ec2Attributes decides
}

function lambdaAttributes({ env }: RuntimeEnvironment): ResourceAttributes {
  return attributesFrom('AWS_LAMBDA_FUNCTION_NAME', {
    'cloud.platform': 'aws_lambda',
    'faas.name': env.AWS_LAMBDA_FUNCTION_NAME,
    'faas.instance': env.AWS_LAMBDA_LOG_STREAM_NAME,
  });
}

async function ec2OrHostAttributes(
  runtime: RuntimeEnvironment,
  signal: AbortSignal,
  diagnostics: Diagnostics,
): Promise<ResourceAttributes> {
  return merge(
    ...(await Promise.all([beanstalkAttributes(runtime), ec2Attributes(runtime, signal, diagnostics)])),
  );
}
