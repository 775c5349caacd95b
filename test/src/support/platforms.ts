import type { RuntimeEnvironment } from '@putlogs/core/internal';
import type { ExecutionContext } from 'ava';
import { ec2, ecs, pod, runtime } from './runtime-environment.js';

/** A program platform, of which the user has said nothing, and what it is to find. */
export interface Platform {
  /** As docs/entity.md calls it. */
  readonly name: string;
  open(t: ExecutionContext): RuntimeEnvironment | Promise<RuntimeEnvironment>;
  readonly keyAttributes: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, string>>;
  readonly instance: string;
  /** The expected problems. */
  readonly problems?: readonly RegExp[];
}

const service = (Name: string, Environment: string) => ({
  Type: 'Service',
  Name,
  Environment,
});
const TASK = '158d1c8083dd49d6b527399fd6414f5c';
const POD = 'checkout-5d4f8c7b9d-x2kfp';

/** The variables that the operator of Application Signals sets in a pod, on EKS with pod identities. */
const OPERATOR = {
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:
    '/var/run/secrets/pods.eks-pod-identity.amazonaws.com/serviceaccount/token',
  OTEL_SERVICE_NAME: 'checkout',
  OTEL_RESOURCE_ATTRIBUTES: [
    'com.amazonaws.cloudwatch.entity.internal.service.name.source=K8sWorkload',
    'k8s.container.name=app',
    'k8s.deployment.name=checkout',
    'k8s.namespace.name=shop',
    'k8s.node.name=ip-10-0-0-1.ec2.internal',
    `k8s.pod.name=${POD}`,
    'k8s.replicaset.name=checkout-5d4f8c7b9d',
    'service.version=latest',
  ].join(','),
};
const NO_CLUSTER = [/^A pod cannot find out the name of its cluster, .*Add k8s\.cluster\.name=<cluster> to /];
const files = { '/app/package.json': '{"name":"checkout"}' };

export const PLATFORMS: readonly Platform[] = [
  {
    name: 'AWS Lambda',
    open: () =>
      runtime({
        files,
        env: {
          AWS_LAMBDA_FUNCTION_NAME: 'checkout',
          AWS_LAMBDA_LOG_STREAM_NAME: '2026/11/24/[$LATEST]4459c970',
        },
      }),
    keyAttributes: service('checkout', 'lambda:default'),
    attributes: { PlatformType: 'AWS::Lambda', 'Lambda.Function': 'checkout' },
    instance: '2026/11/24/[$LATEST]4459c970',
  },
  {
    name: 'ECS, EC2 or Fargate: a service',
    open: async (t) => runtime({ files, env: (await ecs(t, { serviceName: 'checkout-svc' })).env }),
    keyAttributes: service('checkout-svc', 'ecs:prod'),
    attributes: {
      PlatformType: 'AWS::ECS',
      'ECS.Cluster': 'prod',
      'ECS.Service': 'checkout-svc',
      'ECS.Task': TASK,
    },
    instance: TASK,
  },
  {
    name: 'ECS: a task that no service started',
    open: async (t) => runtime({ files, env: (await ecs(t, { family: 'checkout-task' })).env }),
    keyAttributes: service('checkout-task', 'ecs:prod'),
    attributes: { PlatformType: 'AWS::ECS', 'ECS.Cluster': 'prod', 'ECS.Task': TASK },
    instance: TASK,
  },
  {
    name: 'EKS, set up for Application Signals',
    open: (t) => pod(t, { files, env: OPERATOR }),
    keyAttributes: service('checkout', 'eks:default'),
    attributes: { 'AWS.ServiceNameSource': 'K8sWorkload' },
    instance: POD,
    problems: NO_CLUSTER,
  },
  {
    name: 'the same, with `k8s.cluster.name` added',
    open: (t) => {
      const attributes = `k8s.cluster.name=prod,${OPERATOR.OTEL_RESOURCE_ATTRIBUTES}`;
      return pod(t, { files, env: { ...OPERATOR, OTEL_RESOURCE_ATTRIBUTES: attributes } });
    },
    keyAttributes: service('checkout', 'eks:prod/shop'),
    attributes: {
      PlatformType: 'AWS::EKS',
      'EKS.Cluster': 'prod',
      'K8s.Namespace': 'shop',
      'K8s.Workload': 'checkout',
      'K8s.Node': 'ip-10-0-0-1.ec2.internal',
      'K8s.Pod': POD,
      'AWS.ServiceNameSource': 'K8sWorkload',
    },
    instance: POD,
  },
  {
    name: 'EKS, nothing set up',
    open: (t) => pod(t, { files }),
    keyAttributes: service('checkout', 'eks:default'),
    attributes: { 'AWS.ServiceNameSource': 'K8sWorkload' },
    instance: POD,
    problems: NO_CLUSTER,
  },
  {
    name: 'Kubernetes elsewhere',
    open: (t) =>
      pod(
        t,
        { files, env: { OTEL_RESOURCE_ATTRIBUTES: 'k8s.cluster.name=prod,k8s.node.name=node-1' } },
        { issuer: 'https://kubernetes.default.svc.cluster.local' },
      ),
    keyAttributes: service('checkout', 'k8s:prod/shop'),
    attributes: {
      PlatformType: 'K8s',
      'K8s.Cluster': 'prod',
      'K8s.Namespace': 'shop',
      'K8s.Workload': 'checkout',
      'K8s.Node': 'node-1',
      'K8s.Pod': POD,
      'AWS.ServiceNameSource': 'K8sWorkload',
    },
    instance: POD,
  },
  {
    name: 'Elastic Beanstalk',
    open: async (t) =>
      runtime({
        files: {
          ...files,
          '/var/elasticbeanstalk/xray/environment.conf':
            '{"deployment_id":7,"version_label":"v42","environment_name":"checkout-prod"}',
        },
        env: (await ec2(t, { role: 'aws-elasticbeanstalk-ec2-role' })).env,
      }),
    keyAttributes: service('checkout', 'checkout-prod'),
    attributes: {
      PlatformType: 'AWS::EC2',
      'EC2.InstanceId': 'i-0123456789abcdef0',
      Host: 'db7',
      'AWS.ServiceNameSource': 'Unknown',
    },
    instance: 'i-0123456789abcdef0',
  },
  {
    name: 'EC2, tags readable, in an Auto Scaling group',
    open: async (t) => {
      const tags = { 'aws:autoscaling:groupName': 'my-asg', Service: 'checkout', Name: 'web 1' };
      return runtime({ files, env: (await ec2(t, { tags, role: 'web-role' })).env });
    },
    keyAttributes: service('checkout', 'ec2:my-asg'),
    attributes: {
      PlatformType: 'AWS::EC2',
      'EC2.InstanceId': 'i-0123456789abcdef0',
      'EC2.AutoScalingGroup': 'my-asg',
      Host: 'db7',
      'AWS.ServiceNameSource': 'ResourceTags',
    },
    instance: 'i-0123456789abcdef0',
  },
  {
    name: 'EC2',
    open: async (t) => runtime({ files, env: (await ec2(t, { role: 'checkout-role' })).env }),
    keyAttributes: service('checkout-role', 'ec2:default'),
    attributes: {
      PlatformType: 'AWS::EC2',
      'EC2.InstanceId': 'i-0123456789abcdef0',
      Host: 'db7',
      'AWS.ServiceNameSource': 'ClientIamRole',
    },
    instance: 'i-0123456789abcdef0',
  },
  {
    name: 'any other host',
    open: () => runtime({ files }),
    keyAttributes: service('checkout', 'generic:default'),
    attributes: { PlatformType: 'Generic', Host: 'db7', 'AWS.ServiceNameSource': 'Unknown' },
    instance: 'db7',
  },
];
