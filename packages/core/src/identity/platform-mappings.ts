import { workloadOf } from './detectors/kubernetes.js';
import type { ServiceNameSource } from './resolve-entity.js';
import type { ResourceAttribute, ResourceAttributes } from './resource-attributes.js';

/** Picks a fact. */
type Pick = (facts: ResourceAttributes) => ResourceAttribute | undefined;

/** How the facts of a platform become an entity. */
export interface Platform {
  /** Best first, each with AWS's name for the source of the name, if it has one. */
  readonly names: readonly (readonly [Pick, ServiceNameSource?])[];
  /** Best first. */
  readonly environments: readonly Pick[];
  /** In the order in which they are sent. Only the first ten are. */
  readonly attributes: Readonly<Record<string, Pick>>;
  /** No attributes are sent unless all of these are known. */
  readonly together?: readonly string[];
  /** What the user can do when the environment is this one, which says nothing. */
  readonly remedy?: { readonly environment: string; readonly text: string };
  /** Tells this copy of the program from the others. */
  readonly instance: Pick;
}

const LAMBDA: Platform = {
  names: [[the('faas.name')]],
  environments: [always('lambda:default')],
  attributes: {
    PlatformType: always('AWS::Lambda'),
    'Lambda.Function': the('faas.name'),
  },
  instance: the('faas.instance'),
};

/** In the CloudWatch agent's order: a cluster that the user names, the task's ARN, then the metadata's cluster. */
const ECS_CLUSTER = first(lastPart('aws.ecs.cluster.arn'), clusterOfTask, lastPart('aws.ecs.cluster.name'));

const ECS: Platform = {
  names: [[the('aws.ecs.service.name')], [the('aws.ecs.task.family')]],
  environments: [mergeGaps('ecs:', ECS_CLUSTER), always('ecs:default')],
  attributes: {
    PlatformType: always('AWS::ECS'),
    'ECS.Cluster': ECS_CLUSTER,
    'ECS.Service': the('aws.ecs.service.name'),
    'ECS.Task': lastPart('aws.ecs.task.arn'),
  },
  instance: lastPart('aws.ecs.task.arn'),
};

const WORKLOAD = first(
  the('k8s.deployment.name'),
  the('k8s.replicaset.name'),
  the('k8s.statefulset.name'),
  the('k8s.daemonset.name'),
  the('k8s.cronjob.name'),
  the('k8s.job.name'),
  workloadOfPod,
  the('k8s.pod.name'),
  the('k8s.container.name'),
);

const EKS = kubernetes('AWS::EKS', 'eks:', 'EKS.Cluster');
const K8S = kubernetes('K8s', 'k8s:', 'K8s.Cluster');

function kubernetes(type: string, prefix: string, cluster: string): Platform {
  const unknown = `${prefix}default`;
  return {
    names: [[WORKLOAD, 'K8sWorkload']],
    environments: [namespaced(prefix), always(unknown)],
    attributes: {
      PlatformType: always(type),
      [cluster]: the('k8s.cluster.name'),
      'K8s.Namespace': the('k8s.namespace.name'),
      'K8s.Workload': WORKLOAD,
      'K8s.Node': the('k8s.node.name'),
      'K8s.Pod': the('k8s.pod.name'),
    },
    // Like the CloudWatch agent.
    together: [cluster, 'K8s.Namespace', 'K8s.Workload', 'K8s.Node'],
    remedy: {
      environment: unknown,
      text:
        `A pod is not told the name of its cluster, so the environment is ${unknown}, which is not that of the service's ` +
        'metrics and traces. Add k8s.cluster.name=<cluster> to OTEL_RESOURCE_ATTRIBUTES of the container, ' +
        `or set the option environment (PUTLOGS_ENVIRONMENT) to ${prefix}<cluster>/<namespace>.`,
    },
    instance: the('k8s.pod.name'),
  };
}

/** A longer name is ignored, like in the CloudWatch agent. */
const MAX_AUTO_SCALING_GROUP = 255;

const EC2: Platform = {
  names: [
    [the('ec2.tag.service'), 'ResourceTags'],
    [the('aws.iam.role.name'), 'ClientIamRole'],
  ],
  environments: [mergeGaps('ec2:', autoScalingGroup), always('ec2:default')],
  attributes: {
    PlatformType: always('AWS::EC2'),
    'EC2.InstanceId': the('aws.ec2.instance.id'),
    'EC2.AutoScalingGroup': autoScalingGroup,
    Host: the('host.name'),
  },
  instance: the('aws.ec2.instance.id'),
};

/** An EC2 instance with the environment of Elastic Beanstalk, whose Auto Scaling group has a generated name. */
const BEANSTALK: Platform = {
  ...EC2,
  environments: [the('aws.elasticbeanstalk.environment.name'), ...EC2.environments],
};

const HOST: Platform = {
  names: [],
  environments: [always('generic:default')],
  attributes: { PlatformType: always('Generic'), Host: the('host.name') },
  instance: the('host.name'),
};

const PLATFORMS: ReadonlyMap<string | undefined, Platform> = new Map([
  ['aws_lambda', LAMBDA],
  ['aws_ecs', ECS],
  ['aws_eks', EKS],
  ['kubernetes', K8S],
  ['aws_elastic_beanstalk', BEANSTALK],
  ['aws_ec2', EC2],
]);

export function platformOf(facts: ResourceAttributes): Platform {
  return PLATFORMS.get(facts.get('cloud.platform')?.value) ?? HOST;
}

function the(name: string): Pick {
  return (facts) => facts.get(name);
}

function autoScalingGroup(facts: ResourceAttributes): ResourceAttribute | undefined {
  const group = facts.get('ec2.tag.aws:autoscaling:groupName');
  return group && group.value.length <= MAX_AUTO_SCALING_GROUP ? group : undefined;
}

/** A task ARN of the new format contains the name of the cluster: `task/cluster/id`. */
function clusterOfTask(facts: ResourceAttributes): ResourceAttribute | undefined {
  const task = facts.get('aws.ecs.task.arn');
  const value = task && /:task\/([^/]+)\/[^/]+$/.exec(task.value)?.[1];
  return task && value !== undefined ? { ...task, value } : undefined;
}

function workloadOfPod(facts: ResourceAttributes): ResourceAttribute | undefined {
  const pod = facts.get('k8s.pod.name');
  const value = pod && workloadOf(pod.value);
  return pod && value !== undefined ? { ...pod, value } : undefined;
}

/** The last part of an ARN (`task/id` in the old format, `task/cluster/id`), or the whole of a short name. */
function lastPart(name: string): Pick {
  return (facts) => {
    const fact = facts.get(name);
    return fact && { ...fact, value: fact.value.slice(fact.value.lastIndexOf('/') + 1) };
  };
}

function first(...picks: readonly Pick[]): Pick {
  return (facts) => {
    for (const pick of picks) {
      const fact = pick(facts);
      if (fact !== undefined) return fact;
    }
    return undefined;
  };
}

/** A value that follows from the platform alone. */
function always(value: string): Pick {
  return (facts) => ({ value, from: facts.get('cloud.platform')?.from ?? 'default' });
}

function mergeGaps(prefix: string, pick: Pick): Pick {
  return (facts) => {
    const fact = pick(facts);
    return fact && { ...fact, value: prefix + fact.value };
  };
}

function namespaced(prefix: string): Pick {
  return (facts) => {
    const namespace = facts.get('k8s.namespace.name')?.value ?? 'UnknownNamespace';
    const cluster = facts.get('k8s.cluster.name');
    return cluster && { ...cluster, value: `${prefix}${cluster.value}/${namespace}` };
  };
}
