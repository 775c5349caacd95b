import { beanstalkFacts, ec2Facts } from './ec2.js';
import { ecsFacts } from './ecs.js';
import { type Facts, factsFrom, merge } from './facts.js';
import { kubernetesFacts } from './kubernetes.js';
import { otelFacts } from './otel.js';
import { packageFacts } from './package-name.js';
import type { Place } from './place.js';
import type { Remarks } from './remarks.js';

/**
 * Detects where the program runs. All sources are read at once. When environment variables name the platform, only that
 * platform's metadata service is asked. Never rejects.
 * @param signal aborts pending requests; what is known by then is used
 * @param remarks receives problems and notes
 */
export async function detect(place: Place, signal: AbortSignal, remarks: Remarks): Promise<Facts> {
  const told = otelFacts(place.env, isPlatform, remarks);
  const search = SEARCHES.get(told.get('cloud.platform')?.value ?? platformOf(place.env)) ?? ec2OrHost;
  const [platform, application] = await Promise.all([
    search(place, signal, remarks),
    packageFacts(place, remarks),
  ]);
  return merge(told, platform, application, factsFrom('name of the host', { 'host.name': place.hostname }));
}

type Search = (place: Place, signal: AbortSignal, remarks: Remarks) => Facts | Promise<Facts>;

/** By the value of OpenTelemetry's `cloud.platform`. */
const SEARCHES: ReadonlyMap<string, Search> = new Map<string, Search>([
  ['aws_lambda', lambdaFacts],
  ['aws_ecs', ecsFacts],
  ['aws_eks', kubernetesFacts],
  ['aws_elastic_beanstalk', ec2OrHost],
  ['aws_ec2', ec2OrHost],
]);

function isPlatform(word: string): boolean {
  return SEARCHES.has(word);
}

function platformOf(env: Place['env']): string {
  if (env.AWS_LAMBDA_FUNCTION_NAME) return 'aws_lambda';
  if (env.ECS_CONTAINER_METADATA_URI_V4) return 'aws_ecs'; // also on EC2
  if (env.KUBERNETES_SERVICE_HOST) return 'aws_eks'; // or other Kubernetes: kubernetesFacts decides
  return 'aws_ec2'; // or no AWS at all: ec2Facts decides
}

function lambdaFacts({ env }: Place): Facts {
  return factsFrom('AWS_LAMBDA_FUNCTION_NAME', {
    'cloud.platform': 'aws_lambda',
    'faas.name': env.AWS_LAMBDA_FUNCTION_NAME,
    'faas.instance': env.AWS_LAMBDA_LOG_STREAM_NAME,
  });
}

async function ec2OrHost(place: Place, signal: AbortSignal, remarks: Remarks): Promise<Facts> {
  return merge(...(await Promise.all([beanstalkFacts(place), ec2Facts(place, signal, remarks)])));
}
