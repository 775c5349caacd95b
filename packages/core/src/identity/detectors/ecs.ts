import { isObject, type Json, parseObject } from '../../util/json.js';
import type { Diagnostics } from '../diagnostics.js';
import { attributesFrom, merge, type ResourceAttributes } from '../resource-attributes.js';
import type { RuntimeEnvironment } from '../runtime-environment.js';

const FROM = 'ECS task metadata';

/**
 * Two GETs. OpenTelemetry's detector is not used, since it omits the service name and supports one partition of AWS only.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html
 */
export async function ecsAttributes(
  place: RuntimeEnvironment,
  signal: AbortSignal,
  diagnostics: Diagnostics,
): Promise<ResourceAttributes> {
  const { ECS_CONTAINER_METADATA_URI_V4: uri } = place.env;
  const platform = attributesFrom('ECS_CONTAINER_METADATA_URI_V4', { 'cloud.platform': 'aws_ecs' });
  if (!uri) return platform;
  const failures: string[] = [];
  const get = async (path: string): Promise<Json> => {
    try {
      const { status, text } = await place.fetch(`${uri}${path}`, { signal });
      const answer = status === 200 ? parseObject(text) : undefined;
      if (answer !== undefined && Object.keys(answer).length > 0) return answer;
      failures.push(status === 200 ? 'answered nothing of use' : `answered ${status}`);
    } catch {
      failures.push(signal.aborted ? 'did not answer in time' : 'cannot be reached');
    }
    return {}; // the platform is still ECS
  };
  const [task, container] = await Promise.all([get('/task'), get('')]);
  if (failures.length > 0) {
    diagnostics.problems.push(
      `The ECS task metadata endpoint at ${uri} ${failures[0]}: cluster, service and task may be missing.`,
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
