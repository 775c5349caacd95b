import { isObject, type Json, parseObject } from '../../util/json.js';
import type { Diagnostics } from '../diagnostics.js';
import { attributesFrom, merge, type ResourceAttributes } from '../resource-attributes.js';
import type { RuntimeEnvironment } from '../runtime-environment.js';

const FROM = 'ECS task metadata';

/**
 * Reads the task metadata. OpenTelemetry's detector is not used, since it omits the service name and supports only one
 * AWS partition.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html
 */
export async function ecsAttributes(
  { env, fetch }: RuntimeEnvironment,
  signal: AbortSignal,
  diagnostics: Diagnostics,
): Promise<ResourceAttributes> {
  const { ECS_CONTAINER_METADATA_URI_V4: uri } = env;
  const platform = attributesFrom('ECS_CONTAINER_METADATA_URI_V4', { 'cloud.platform': 'aws_ecs' });
  if (!uri) return platform;
  const failures: string[] = [];
  const get = async (path: string): Promise<Json> => {
    try {
      const { status, text } = await fetch(`${uri}${path}`, { signal });
      const answer = status === 200 ? parseObject(text) : undefined;
      if (answer !== undefined && Object.keys(answer).length > 0) return answer;
      failures.push(status === 200 ? 'did not answer with a JSON object' : `answered with status ${status}`);
    } catch {
      failures.push(signal.aborted ? 'did not answer in time' : 'cannot be reached');
    }
    return {}; // the platform is still ECS
  };
  const [task, container] = await Promise.all([get('/task'), get('')]);
  if (failures.length > 0) {
    diagnostics.problems.push(
      `The ECS task metadata endpoint at ${uri} ${failures[0]}, so the entity may lack its cluster, service and task. To be independent of it, set the options service and environment.`,
    );
  }
  const labels = isObject(container.Labels) ? container.Labels : {};
  return merge(
    attributesFrom(FROM, {
      'aws.ecs.cluster.name': task.Cluster,
      'aws.ecs.task.arn': task.TaskARN,
      'aws.ecs.task.family': task.Family,
      'aws.ecs.service.name': task.ServiceName,
    }),
    attributesFrom(FROM, {
      'aws.ecs.cluster.name': labels['com.amazonaws.ecs.cluster'],
      'aws.ecs.task.arn': labels['com.amazonaws.ecs.task-arn'],
      'aws.ecs.task.family': labels['com.amazonaws.ecs.task-definition-family'],
    }),
    platform,
  );
}
