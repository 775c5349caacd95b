import { type Metadata, type MetadataOptions, startMetadata } from './metadata.js';

/** Options of the fake ECS task metadata endpoint. */
export interface TaskMetadataOptions extends MetadataOptions {
  /** The ARN or short name of the cluster; the real service returns either. Default: `prod`. */
  readonly cluster?: string;
  /** Default: the ARN of a task in that cluster. */
  readonly taskArn?: string;
  /** The family of the task definition. Default: `checkout`. */
  readonly family?: string;
  /** Default: none, as for a task that was not started by a service, or with an old agent. */
  readonly serviceName?: string;
}

/**
 * Starts a fake of the ECS task metadata endpoint, version 4, with the container and, at `/task`, the task.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html
 */
export function startTaskMetadata(options: TaskMetadataOptions = {}): Promise<Metadata> {
  const { cluster = 'prod', family = 'checkout', serviceName, mode } = options;
  const { taskArn = taskArnIn(cluster) } = options;
  const container = {
    DockerId: 'ea32192c8553fbff06c9340478a2ff089b2bb5646fb718b4ee206641c9086d66',
    Name: 'app',
    Labels: {
      'com.amazonaws.ecs.cluster': cluster,
      'com.amazonaws.ecs.container-name': 'app',
      'com.amazonaws.ecs.task-arn': taskArn,
      'com.amazonaws.ecs.task-definition-family': family,
      'com.amazonaws.ecs.task-definition-version': '1',
    },
  };
  const task = {
    Cluster: cluster,
    TaskARN: taskArn,
    Family: family,
    Revision: '1',
    ...(serviceName !== undefined && { ServiceName: serviceName }),
    KnownStatus: 'RUNNING',
    LaunchType: 'FARGATE',
    Containers: [container],
  };
  const known = new Map<string | undefined, object>([
    [PATH, container],
    [`${PATH}/task`, task],
  ]);
  return startMetadata(
    ({ url }) => {
      const found = known.get(url);
      return found === undefined
        ? { status: 404, text: '404 page not found' }
        : { status: 200, text: JSON.stringify(found) };
    },
    (endpoint) => ({ ECS_CONTAINER_METADATA_URI_V4: endpoint + PATH }),
    mode,
  );
}

/** A task ARN of the new format, which contains the name of the cluster. */
const taskArnIn = (cluster: string): string =>
  `arn:aws:ecs:us-east-1:123456789012:task/${cluster.slice(cluster.lastIndexOf('/') + 1)}/158d1c8083dd49d6b527399fd6414f5c`;

const PATH = '/v4/158d1c8083dd49d6b527399fd6414f5c-1234567890';
