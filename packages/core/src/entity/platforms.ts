import type { Fact, Facts } from './facts.js';
import { workloadOf } from './kubernetes.js';
import type { ServiceNameSource } from './resolve.js';

/** Finds something among the facts. */
type Pick = (facts: Facts) => Fact | undefined;

/** What a platform's facts become. */
export interface Platform {
  /** Best first, each with AWS's word for how the name was found, where it has one. */
  readonly names: readonly (readonly [Pick, ServiceNameSource?])[];
  /** Best first. */
  readonly environments: readonly Pick[];
  /** In the order in which they are sent; past ten the last are left out. */
  readonly attributes: Readonly<Record<string, Pick>>;
  /** Send all of these attributes, or none at all. */
  readonly together?: readonly string[];
  /** What tells this copy of the program from the others. */
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

const ECS: Platform = {
  names: [[the('aws.ecs.service.name')], [the('aws.ecs.task.family')]],
  environments: [joined('ecs:', lastPart('aws.ecs.cluster.arn')), always('ecs:default')],
  attributes: {
    PlatformType: always('AWS::ECS'),
    'ECS.Cluster': lastPart('aws.ecs.cluster.arn'),
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
  return {
    names: [[WORKLOAD, 'K8sWorkload']],
    environments: [namespaced(prefix), always(`${prefix}default`)],
    attributes: {
      PlatformType: always(type),
      [cluster]: the('k8s.cluster.name'),
      'K8s.Namespace': the('k8s.namespace.name'),
      'K8s.Workload': WORKLOAD,
      'K8s.Node': the('k8s.node.name'),
      'K8s.Pod': the('k8s.pod.name'),
    },
    // As the CloudWatch agent does.
    together: [cluster, 'K8s.Namespace', 'K8s.Workload', 'K8s.Node'],
    instance: the('k8s.pod.name'),
  };
}

const EC2: Platform = {
  names: [
    [the('ec2.tag.service'), 'ResourceTags'],
    [the('aws.iam.role.name'), 'ClientIamRole'],
  ],
  environments: [joined('ec2:', the('ec2.tag.aws:autoscaling:groupName')), always('ec2:default')],
  attributes: {
    PlatformType: always('AWS::EC2'),
    'EC2.InstanceId': the('aws.ec2.instance.id'),
    'EC2.AutoScalingGroup': the('ec2.tag.aws:autoscaling:groupName'),
    Host: the('host.name'),
  },
  instance: the('aws.ec2.instance.id'),
};

/** An instance of EC2, whose Auto Scaling group nobody has named. */
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

export function platformOf(facts: Facts): Platform {
  return PLATFORMS.get(facts.get('cloud.platform')?.value) ?? HOST;
}

function the(name: string): Pick {
  return (facts) => facts.get(name);
}

function workloadOfPod(facts: Facts): Fact | undefined {
  const pod = facts.get('k8s.pod.name');
  const value = pod && workloadOf(pod.value);
  return pod && value !== undefined ? { ...pod, value } : undefined;
}

/** Of an ARN its resource's name, or what stands in place of an ARN: `task/id` (old), `task/cluster/id`, `cluster`. */
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

/** What follows from the platform alone. */
function always(value: string): Pick {
  return (facts) => ({ value, from: facts.get('cloud.platform')?.from ?? 'default' });
}

function joined(prefix: string, pick: Pick): Pick {
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
