import { parseObject } from '../../util/json.js';
import { attributesFrom, merge, type ResourceAttributes } from '../resource-attributes.js';
import type { RuntimeEnvironment } from '../runtime-environment.js';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * What a pod knows about itself without network access or permissions. The node is not part of it: the operator of
 * Application Signals sets it in OTEL_RESOURCE_ATTRIBUTES. Neither is the cluster, which the operator does not set either,
 * so the user has to.
 */
export async function kubernetesAttributes(place: RuntimeEnvironment): Promise<ResourceAttributes> {
  const read = (path: string) => place.readFile(path).catch(() => '');
  const [namespace, token, hosts] = await Promise.all([
    read(`${SERVICE_ACCOUNT}/namespace`),
    read(`${SERVICE_ACCOUNT}/token`),
    read('/etc/hosts'),
  ]);
  return merge(
    attributesFrom('service account', { 'k8s.namespace.name': namespace }),
    podFacts(place.hostname, hosts),
    isEks(place.env, token)
      ? attributesFrom('identity of the pod', { 'cloud.platform': 'aws_eks' })
      : attributesFrom('KUBERNETES_SERVICE_HOST', { 'cloud.platform': 'kubernetes' }),
  );
}

/** The same checks as in the CloudWatch agent and Fluent Bit. */
function isEks(env: RuntimeEnvironment['env'], token: string): boolean {
  return (
    Boolean(env.AWS_WEB_IDENTITY_TOKEN_FILE?.includes('eks.amazonaws.com')) ||
    Boolean(env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE?.includes('eks-pod-identity')) ||
    issuerOf(token).toLowerCase().includes('eks')
  );
}

/** The issuer in a JSON Web Token; empty when it cannot be read. */
function issuerOf(token: string): string {
  const [, payload = ''] = token.split('.');
  const { iss } = parseObject(Buffer.from(payload, 'base64url').toString()) ?? {};
  return typeof iss === 'string' ? iss : '';
}

/** The host name is the pod's name, except in the node's network, of which the kubelet leaves a comment in /etc/hosts. */
function podFacts(hostname: string, hosts: string): ResourceAttributes {
  if (hosts.startsWith('# Kubernetes-managed hosts file (host network)')) return new Map();
  return attributesFrom('name of the pod', { 'k8s.pod.name': hostname });
}

/** The characters of Kubernetes' random suffixes. */
const DRAWN = '[bcdfghjklmnpqrstvwxz2456789]';

/**
 * A cron job numbers its runs by minutes since 1970. The number is at least 26,900,000, as Kubernetes has done so since
 * 1.21 (2021). A smaller number is a date in the name of a job, such as `20261124`.
 */
const MINUTE = '(?:2[6-9]|[3-9]\\d)\\d{6}';

/**
 * A deployment's pod (`checkout-5d4f8c7b9d-x2kfp`), a cron job's (`report-29387520-x2kfp`), a stateful set's (`db-0`), a
 * daemon set's or a job's (`agent-x2kfp`).
 */
const POD_NAMES = [
  new RegExp(`^(.+)-${DRAWN}{6,10}-${DRAWN}{5}$`),
  new RegExp(`^(.+)-${MINUTE}-${DRAWN}{5}$`),
  /^(.+)-\d+$/,
  new RegExp(`^(.+)-${DRAWN}{5}$`),
];

/** The workload in a pod's name, inferred as the CloudWatch agent does. All runs of a cron job are the same workload. */
export function workloadOf(pod: string): string | undefined {
  for (const pattern of POD_NAMES) {
    const workload = pattern.exec(pod)?.[1];
    if (workload !== undefined) return workload;
  }
  return undefined;
}
