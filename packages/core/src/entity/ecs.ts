import { type Facts, factsFrom, merge } from './facts.js';
import { isObject, type Json, parseObject } from './json.js';
import type { Place } from './place.js';

const FROM = 'ECS task metadata';

/**
 * Two GETs, where OpenTelemetry's detector leaves out the service's name, and knows one partition of AWS alone.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html
 */
export async function ecsFacts({ env, fetch }: Place, signal: AbortSignal): Promise<Facts> {
  const uri = env.ECS_CONTAINER_METADATA_URI_V4;
  const get = async (path: string): Promise<Json> => {
    try {
      const { status, text } = await fetch(`${uri}${path}`, { signal });
      return status === 200 ? parseObject(text) : {};
    } catch {
      return {}; // it is ECS all the same
    }
  };
  const [task, container] = await Promise.all([get('/task'), get('')]);
  const labels = isObject(container.Labels) ? container.Labels : {};
  return merge(
    factsFrom(FROM, {
      'aws.ecs.cluster.arn': task.Cluster,
      'aws.ecs.task.arn': task.TaskARN,
      'aws.ecs.task.family': task.Family,
      'aws.ecs.service.name': task.ServiceName,
    }),
    factsFrom(FROM, {
      'aws.ecs.cluster.arn': labels['com.amazonaws.ecs.cluster'],
      'aws.ecs.task.arn': labels['com.amazonaws.ecs.task-arn'],
      'aws.ecs.task.family': labels['com.amazonaws.ecs.task-definition-family'],
    }),
    factsFrom('ECS_CONTAINER_METADATA_URI_V4', { 'cloud.platform': 'aws_ecs' }),
  );
}
