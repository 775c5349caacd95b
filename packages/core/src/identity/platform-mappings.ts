import { workloadOf } from './detectors/kubernetes.js';
import type { ServiceNameSource } from './resolve-entity.js';
import type { ResourceAttribute, ResourceAttributes } from './resource-attributes.js';

/** Selects or derives an attribute. */
type Picker = (detected: ResourceAttributes) => ResourceAttribute | undefined;

/** How the attributes of a platform become an entity. */
export interface PlatformMapping {
  /** Best first, each with AWS's term for the source of the name, if there is one. */
  readonly names: readonly (readonly [Picker, ServiceNameSource?])[];
  /** Best first. */
  readonly environments: readonly Picker[];
  /** In the order in which they are sent. Only the first ten are sent. */
  readonly attributes: Readonly<Record<string, Picker>>;
  /** No attributes are sent unless all of these are known. */
  readonly requiredTogether?: readonly string[];
  /** The problem to report if the environment is this one, which identifies nothing. */
  readonly unspecific?: { readonly environment: string; readonly problem: string };
  /** Identifies this instance of the program. */
  readonly instance: Picker;
}

const LAMBDA: PlatformMapping = {
  names: [[named('faas.name')]],
  environments: [constant('lambda:default')],
  attributes: {
    PlatformType: constant('AWS::Lambda'),
    'Lambda.Function': named('faas.name'),
  },
  instance: named('faas.instance'),
};

/**
 * In the CloudWatch agent's order: the cluster that the user declares, the one in the task's ARN, the one in the
 * metadata.
 */
const ECS_CLUSTER = firstOf(
  lastSegment('aws.ecs.cluster.arn'),
  clusterOfTask,
  lastSegment('aws.ecs.cluster.name'),
);

const ECS: PlatformMapping = {
  names: [[named('aws.ecs.service.name')], [named('aws.ecs.task.family')]],
  environments: [prefixed('ecs:', ECS_CLUSTER), constant('ecs:default')],
  attributes: {
    PlatformType: constant('AWS::ECS'),
    'ECS.Cluster': ECS_CLUSTER,
    'ECS.Service': named('aws.ecs.service.name'),
    'ECS.Task': lastSegment('aws.ecs.task.arn'),
  },
  instance: lastSegment('aws.ecs.task.arn'),
};

const WORKLOAD = firstOf(
  named('k8s.deployment.name'),
  named('k8s.replicaset.name'),
  named('k8s.statefulset.name'),
  named('k8s.daemonset.name'),
  named('k8s.cronjob.name'),
  named('k8s.job.name'),
  workloadOfPod,
  named('k8s.pod.name'),
  named('k8s.container.name'),
);

const EKS = kubernetes('AWS::EKS', 'eks:', 'EKS.Cluster');
const K8S = kubernetes('K8s', 'k8s:', 'K8s.Cluster');

function kubernetes(type: string, prefix: string, cluster: string): PlatformMapping {
  const unknown = `${prefix}default`;
  return {
    names: [[WORKLOAD, 'K8sWorkload']],
    environments: [namespaced(prefix), constant(unknown)],
    attributes: {
      PlatformType: constant(type),
      [cluster]: named('k8s.cluster.name'),
      'K8s.Namespace': named('k8s.namespace.name'),
      'K8s.Workload': WORKLOAD,
      'K8s.Node': named('k8s.node.name'),
      'K8s.Pod': named('k8s.pod.name'),
    },
    // As in the CloudWatch agent.
    requiredTogether: [cluster, 'K8s.Namespace', 'K8s.Workload', 'K8s.Node'],
    unspecific: {
      environment: unknown,
      problem:
        `A pod cannot find out the name of its cluster, so the environment is ${unknown}, which does not match the service's ` +
        'metrics and traces. Add k8s.cluster.name=<cluster> to OTEL_RESOURCE_ATTRIBUTES of the container, ' +
        `or set the option environment (PUTLOGS_ENVIRONMENT) to ${prefix}<cluster>/<namespace>.`,
    },
    instance: named('k8s.pod.name'),
  };
}

/** A longer name is ignored, as in the CloudWatch agent. */
const MAX_AUTO_SCALING_GROUP = 255;

const EC2: PlatformMapping = {
  names: [
    [named('ec2.tag.service'), 'ResourceTags'],
    [named('aws.iam.role.name'), 'ClientIamRole'],
  ],
  environments: [prefixed('ec2:', autoScalingGroup), constant('ec2:default')],
  attributes: {
    PlatformType: constant('AWS::EC2'),
    'EC2.InstanceId': named('aws.ec2.instance.id'),
    'EC2.AutoScalingGroup': autoScalingGroup,
    Host: named('host.name'),
  },
  instance: named('aws.ec2.instance.id'),
};

/** EC2, but with the environment of Elastic Beanstalk: its Auto Scaling groups have generated names. */
const BEANSTALK: PlatformMapping = {
  ...EC2,
  environments: [named('aws.elasticbeanstalk.environment.name'), ...EC2.environments],
};

const HOST: PlatformMapping = {
  names: [],
  environments: [constant('generic:default')],
  attributes: { PlatformType: constant('Generic'), Host: named('host.name') },
  instance: named('host.name'),
};

const PLATFORMS: ReadonlyMap<string | undefined, PlatformMapping> = new Map([
  ['aws_lambda', LAMBDA],
  ['aws_ecs', ECS],
  ['aws_eks', EKS],
  ['kubernetes', K8S],
  ['aws_elastic_beanstalk', BEANSTALK],
  ['aws_ec2', EC2],
]);

export function platformMapping(detected: ResourceAttributes): PlatformMapping {
  return PLATFORMS.get(detected.get('cloud.platform')?.value) ?? HOST;
}

function named(name: string): Picker {
  return (detected) => detected.get(name);
}

function autoScalingGroup(detected: ResourceAttributes): ResourceAttribute | undefined {
  const group = detected.get('ec2.tag.aws:autoscaling:groupName');
  return group && group.value.length <= MAX_AUTO_SCALING_GROUP ? group : undefined;
}

/** A task ARN of the new format contains the name of the cluster: `task/cluster/id`. */
function clusterOfTask(detected: ResourceAttributes): ResourceAttribute | undefined {
  const task = detected.get('aws.ecs.task.arn');
  const value = task && /:task\/([^/]+)\/[^/]+$/.exec(task.value)?.[1];
  return task && value !== undefined ? { ...task, value } : undefined;
}

function workloadOfPod(detected: ResourceAttributes): ResourceAttribute | undefined {
  const pod = detected.get('k8s.pod.name');
  const value = pod && workloadOf(pod.value);
  return pod && value !== undefined ? { ...pod, value } : undefined;
}

/**
 * The last segment of an ARN (`task/id` in the old format, `task/cluster/id` in the new one), or the whole of a short
 * name.
 */
function lastSegment(name: string): Picker {
  return (detected) => {
    const attribute = detected.get(name);
    return attribute && { ...attribute, value: attribute.value.slice(attribute.value.lastIndexOf('/') + 1) };
  };
}

function firstOf(...picks: readonly Picker[]): Picker {
  return (detected) => {
    for (const pick of picks) {
      const attribute = pick(detected);
      if (attribute !== undefined) return attribute;
    }
    return undefined;
  };
}

/** A fixed value. It comes from whatever names the platform. */
function constant(value: string): Picker {
  return (detected) => ({ value, from: detected.get('cloud.platform')?.from ?? 'default' });
}

function prefixed(prefix: string, pick: Picker): Picker {
  return (detected) => {
    const attribute = pick(detected);
    return attribute && { ...attribute, value: prefix + attribute.value };
  };
}

function namespaced(prefix: string): Picker {
  return (detected) => {
    const namespace = detected.get('k8s.namespace.name')?.value ?? 'UnknownNamespace';
    const cluster = detected.get('k8s.cluster.name');
    return cluster && { ...cluster, value: `${prefix}${cluster.value}/${namespace}` };
  };
}
