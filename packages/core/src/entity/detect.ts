import { beanstalkFacts, ec2Facts } from './ec2.js';
import { ecsFacts } from './ecs.js';
import { type Facts, factsFrom, merge } from './facts.js';
import { kubernetesFacts } from './kubernetes.js';
import { otelFacts } from './otel.js';
import { packageFacts } from './package-name.js';
import type { Place } from './place.js';
import type { Remarks } from './remarks.js';

/**
 * Looks where the program runs: all places at once, and none of them over the network where the environment tells the
 * platform, but for that platform's own. Never rejects.
 * @param signal ends what is still asked; what is known by then counts
 * @param remarks is added to
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

/** By OpenTelemetry's words for the platform. */
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
  if (env.ECS_CONTAINER_METADATA_URI_V4) return 'aws_ecs'; // on EC2, too
  if (env.KUBERNETES_SERVICE_HOST) return 'aws_eks'; // or another: the search tells
  return 'aws_ec2'; // or none
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
