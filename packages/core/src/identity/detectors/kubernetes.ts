import { parseObject } from '../../util/json.js';
import { attributesFrom, merge, type ResourceAttributes } from '../resource-attributes.js';
import type { RuntimeEnvironment } from '../runtime-environment.js';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * What a pod can find out about itself without network access or permissions. That does not include the node, which the
 * operator of Application Signals sets in OTEL_RESOURCE_ATTRIBUTES, nor the cluster, which only the user can set there.
 */
export async function kubernetesAttributes(runtime: RuntimeEnvironment): Promise<ResourceAttributes> {
  const read = (path: string) => runtime.readFile(path).catch(() => '');
  const [namespace, token, hosts] = await Promise.all([
    read(`${SERVICE_ACCOUNT}/namespace`),
    read(`${SERVICE_ACCOUNT}/token`),
    read('/etc/hosts'),
  ]);
  return merge(
    attributesFrom('service account', { 'k8s.namespace.name': namespace }),
    podAttributes(runtime.hostname, hosts),
    isEks(runtime.env, token)
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

/** The issuer in a JSON Web Token; empty if it cannot be read. */
function issuerOf(token: string): string {
  const [, payload = ''] = token.split('.');
  const { iss } = parseObject(Buffer.from(payload, 'base64url').toString()) ?? {};
  return typeof iss === 'string' ? iss : '';
}

/** The host name is the pod's name, unless the pod uses the node's network, which the kubelet notes in /etc/hosts. */
function podAttributes(hostname: string, hosts: string): ResourceAttributes {
  if (hosts.startsWith('# Kubernetes-managed hosts file (host network)')) return new Map();
  return attributesFrom('name of the pod', { 'k8s.pod.name': hostname });
}

/** The characters of Kubernetes' random suffixes. */
const RANDOM = '[bcdfghjklmnpqrstvwxz2456789]';

/**
 * A cron job numbers its runs by minutes since 1970, since Kubernetes 1.21 (2021), so the number is at least
 * 26,900,000. A smaller number is a date in the name of a job, such as `20261124`.
 */
const MINUTE = '(?:2[6-9]|[3-9]\\d)\\d{6}';

/**
 * The names of pods of a deployment (`checkout-5d4f8c7b9d-x2kfp`), a cron job (`report-29387520-x2kfp`), a stateful set
 * (`db-0`), and a daemon set or job (`agent-x2kfp`).
 */
const POD_NAMES = [
  new RegExp(`^(.+)-${RANDOM}{6,10}-${RANDOM}{5}$`),
  new RegExp(`^(.+)-${MINUTE}-${RANDOM}{5}$`),
  /^(.+)-\d+$/,
  new RegExp(`^(.+)-${RANDOM}{5}$`),
];

/** Infers the workload from a pod's name, as the CloudWatch agent does. All runs of a cron job are the same workload. */
export function workloadOf(pod: string): string | undefined {
  for (const pattern of POD_NAMES) {
    const workload = pattern.exec(pod)?.[1];
    if (workload !== undefined) return workload;
  }
  return undefined;
}
