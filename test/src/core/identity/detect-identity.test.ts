import { ConnectTimeoutError, type RuntimeEnvironment } from '@putlogs/core/internal';
import type { TaskMetadataOptions } from '@putlogs/local/metadata';
import test from 'ava';
import { ec2, ecs, introduceAt, place, pod } from '../../support/runtime-environment.js';

const files = { '/app/package.json': '{"name":"checkout"}' };
const ID = 'i-0123456789abcdef0';

// OTEL_RESOURCE_ATTRIBUTES.
for (const [what, attributes, environment] of [
  ['malformed', 'broken,100%=%,deployment.environment=e', 'e'],
  ['percent-encoded', 'deployment.environment.name=eks%3Aprod%2Fshop', 'eks:prod/shop'],
  ['of keys twice', 'deployment.environment=first,deployment.environment=second', 'second'],
  ['of both environments', 'deployment.environment=old,deployment.environment.name=new', 'new'],
  ['empty', '', 'ecs:prod'],
] as const) {
  test(`OTEL_RESOURCE_ATTRIBUTES ${what}, on ECS`, async (t) => {
    const { env } = await ecs(t);
    const { entity } = await introduceAt(place({ env: { ...env, OTEL_RESOURCE_ATTRIBUTES: attributes } }));
    t.is(entity?.keyAttributes.Environment, environment);
    t.is(entity?.attributes['ECS.Cluster'], 'prod');
  });
}

test('what of OTEL_RESOURCE_ATTRIBUTES cannot be read is told, and never its value', async (t) => {
  const env = { OTEL_RESOURCE_ATTRIBUTES: 'hunter2,api.key=hunter2%,service.name=shop,%hunter2=x' };
  const { entity, problems } = await introduceAt(place({ env }));
  t.is(entity?.keyAttributes.Name, 'shop');
  t.deepEqual(problems, [
    'Of OTEL_RESOURCE_ATTRIBUTES entry 1, api.key, entry 4 cannot be read as key=value, percent-encoded, and was left out.',
  ]);
});

// How the operator of Application Signals came by the name.
for (const [told, source] of [
  ['K8sWorkload', 'K8sWorkload'],
  ['Instrumentation', 'Instrumentation'],
  ['Astrology', 'Instrumentation'],
] as const) {
  const key = 'com.amazonaws.cloudwatch.entity.internal.service.name.source';
  test(`the source of a service's name is the one that is told: ${told}`, async (t) => {
    const env = { OTEL_RESOURCE_ATTRIBUTES: `${key}=${told}`, OTEL_SERVICE_NAME: 'shop' };
    const { entity } = await introduceAt(await pod(t, { env }));
    t.deepEqual(entity?.attributes, { 'AWS.ServiceNameSource': source });
    t.is(entity?.keyAttributes.Name, 'shop');
  });

  test(`of a name that the user says it says nothing: ${told}`, async (t) => {
    const env = { OTEL_RESOURCE_ATTRIBUTES: `${key}=${told}`, OTEL_SERVICE_NAME: 'shop' };
    const { entity } = await introduceAt(await pod(t, { env }), { service: 'mine' });
    t.deepEqual(entity?.attributes, { 'AWS.ServiceNameSource': 'UserConfiguration' });
  });
}

// OTEL_SERVICE_NAME.
for (const [given, name, source] of [
  ['', 'checkout', undefined],
  ['  ', 'checkout', undefined],
  ['unknown_service:node', 'checkout', undefined],
  [' padded ', 'padded', 'Instrumentation'],
] as const) {
  test(`OTEL_SERVICE_NAME "${given}", on ECS`, async (t) => {
    const { env } = await ecs(t);
    const { entity } = await introduceAt(place({ env: { ...env, OTEL_SERVICE_NAME: given } }));
    t.is(entity?.keyAttributes.Name, name);
    t.is(entity?.attributes['AWS.ServiceNameSource'], source);
  });
}

// An explicit platform.
for (const [platform, type] of [
  ['aws_lambda', 'AWS::Lambda'],
  ['aws_ecs', 'AWS::ECS'],
  ['aws_ec2', 'AWS::EC2'],
  ['aws_elastic_beanstalk', 'AWS::EC2'],
  ['gcp_compute_engine', 'Generic'],
  ['constructor', 'Generic'],
] as const) {
  test(`the platform that is told goes before all others: ${platform}`, async (t) => {
    const env = { OTEL_RESOURCE_ATTRIBUTES: `cloud.platform=${platform}` };
    const { entity, problems } = await introduceAt(place({ env, files }), { service: 's' });
    t.is(entity?.attributes.PlatformType, type);
    t.deepEqual(problems, []);
  });
}

test('a platform that says nothing here does not hide the one that is found', async (t) => {
  const env = { OTEL_RESOURCE_ATTRIBUTES: 'cloud.platform=azure_aks,k8s.cluster.name=prod' };
  const { entity } = await introduceAt(await pod(t, { env }, { issuer: 'https://elsewhere' }));
  t.is(entity?.keyAttributes.Environment, 'k8s:prod/shop');
});

test('what is told goes before what is found', async (t) => {
  const env = { OTEL_RESOURCE_ATTRIBUTES: 'k8s.cluster.name=prod,k8s.namespace.name=told,k8s.pod.name=mine' };
  const { entity, instance } = await introduceAt(await pod(t, { env }));
  t.is(entity?.keyAttributes.Environment, 'eks:prod/told');
  t.is(instance, 'mine');
});

test('Lambda goes before ECS, ECS before Kubernetes', async (t) => {
  const task = await ecs(t);
  const kubernetes = { KUBERNETES_SERVICE_HOST: '127.0.0.1' };
  const typeOf = async (env: Record<string, string>) =>
    (await introduceAt(place({ env }), { service: 's' })).entity?.attributes.PlatformType;
  t.is(await typeOf({ ...task.env, ...kubernetes }), 'AWS::ECS');
  t.is(await typeOf({ ...task.env, ...kubernetes, AWS_LAMBDA_FUNCTION_NAME: 'f' }), 'AWS::Lambda');
});

// The metadata service of EC2.
for (const mode of [
  { kind: 'refuses', status: 401 },
  { kind: 'refuses', status: 404 },
  { kind: 'refuses', status: 500 },
  { kind: 'garbage' },
] as const) {
  test(`a metadata service that answers ${JSON.stringify(mode)} is none of EC2`, async (t) => {
    const { env, requests } = await ec2(t, { mode, role: 'r', tags: { service: 's' } });
    const { entity, instance } = await introduceAt(place({ env, files }));
    t.deepEqual(entity?.keyAttributes, {
      Type: 'Service',
      Name: 'checkout',
      Environment: 'generic:default',
    });
    t.is(instance, 'db7');
    t.is(requests[0], 'PUT /latest/api/token');
  });
}

test('a metadata service that refuses connections is none', async (t) => {
  const metadata = await ec2(t);
  await metadata.close();
  const { entity, problems } = await introduceAt(place({ env: metadata.env, files }));
  t.is(entity?.attributes.PlatformType, 'Generic');
  t.regex(problems.join(), /cannot be asked\. \(connect ECONNREFUSED/, 'since the environment names it');
});

for (const endpoint of ['nonsense', 'https://127.0.0.1:1']) {
  test(`an address of the metadata service that is none is told: ${endpoint}`, async (t) => {
    const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: endpoint };
    const { problems } = await introduceAt(place({ env, files }));
    t.regex(problems.join(), /The EC2 metadata service at .* cannot be asked\. \(.+\)/);
  });
}

const silenceAt = (endpoint: string) =>
  `The EC2 metadata service at ${endpoint} did not answer in time. For a container on an EC2 instance, set the instance's ` +
  'metadata response hop limit to 2; on any other machine, AWS_EC2_METADATA_DISABLED=true spares the search.';

for (const mode of [{ kind: 'hangs' }, { kind: 'drips', delayMs: 3_600_000 }] as const) {
  test(`a metadata service that ${mode.kind}: the search ends when it is told to, and all else is known`, async (t) => {
    const { env } = await ec2(t, { mode });
    const search = new AbortController();
    const found = introduceAt(place({ env, files }), { signal: search.signal });
    search.abort();
    t.is((await found).entity?.attributes.PlatformType, 'Generic');
    t.deepEqual((await found).problems, [silenceAt(env.AWS_EC2_METADATA_SERVICE_ENDPOINT ?? '')]);
    t.deepEqual((await found).notes, []);
  });
}

for (const [what, mistake, notes] of [
  ['hangs', undefined, [silenceAt('http://169.254.169.254')]],
  ['is not reached', new ConnectTimeoutError('nobody is there'), [silenceAt('http://169.254.169.254')]],
  ['refuses connections', new Error('connect ECONNREFUSED'), []],
] as const) {
  test(`an address at which a metadata service ${what} is no problem, unless the user named it`, async (t) => {
    const search = new AbortController();
    const fetch: RuntimeEnvironment['fetch'] = (_, { signal }) =>
      new Promise((_, reject) => {
        if (mistake !== undefined) reject(mistake);
        else {
          signal.addEventListener('abort', () => reject(signal.reason));
          search.abort();
        }
      });
    const found = await introduceAt({ ...place({ files }), env: {}, fetch }, { signal: search.signal });
    t.is(found.entity?.attributes.PlatformType, 'Generic');
    t.deepEqual(found.problems, []);
    t.deepEqual(found.notes, notes);
  });
}

test('what the metadata service said before the search ended counts', async (t) => {
  const metadata = await ec2(t, { tags: { service: 'never' }, role: 'role' });
  const search = new AbortController();
  const here = place({ env: metadata.env, files });
  let roleKnown = (): void => undefined;
  const role = new Promise<void>((resolve) => {
    roleKnown = resolve;
  });
  const fetch: typeof here.fetch = async (url, options) => {
    if (url.endsWith('/tags/instance/service')) {
      await role;
      search.abort();
    }
    const answer = await here.fetch(url, options);
    if (url.endsWith('/security-credentials/')) roleKnown();
    return answer;
  };
  const asked = { ...here, fetch };
  const { entity, instance, problems } = await introduceAt(asked, { signal: search.signal });
  t.is(instance, ID);
  t.is(entity?.keyAttributes.Name, 'role');
  t.deepEqual(problems, []);
});

test('a drip of an answer is read to its end', async (t) => {
  const { env } = await ec2(t, { mode: { kind: 'drips', delayMs: 1 } });
  t.is((await introduceAt(place({ env, files }))).instance, ID);
});

test('an answer without end is not read', async (t) => {
  const { env } = await ec2(t, { instanceId: ID + ' '.repeat(100_000) });
  t.is((await introduceAt(place({ env, files }))).instance, 'db7');
});

test('AWS_EC2_METADATA_DISABLED is honoured', async (t) => {
  const { env, requests } = await ec2(t);
  const { entity } = await introduceAt(place({ env: { ...env, AWS_EC2_METADATA_DISABLED: 'TRUE' }, files }));
  t.is(entity?.attributes.PlatformType, 'Generic');
  t.deepEqual(requests, []);
});

test('an endpoint may end in a slash', async (t) => {
  const { endpoint } = await ec2(t);
  const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: `${endpoint}/` };
  t.is((await introduceAt(place({ env, files }))).instance, ID);
});

for (const [what, tags, name] of [
  ['service before application and app', { app: 'c', Application: 'b', SERVICE: 'a' }, 'a'],
  ['application before app', { app: 'c', aPPlication: 'b' }, 'b'],
  ['app', { APP: 'c' }, 'c'],
  ['none of these', { Name: 'web', 'app 2': 'x' }, 'role'],
  ['an empty one', { service: '' }, 'role'],
  ['of two that differ in case the last', { Service: 'a', SERVICE: 'b' }, 'b'],
] as const) {
  test(`instance tags: ${what}`, async (t) => {
    const { env } = await ec2(t, { tags, role: 'role' });
    t.is((await introduceAt(place({ env, files }))).entity?.keyAttributes.Name, name);
  });
}

test('a tag that cannot name a service does not hide the next one', async (t) => {
  const { env } = await ec2(t, { tags: { service: 'Größe', app: 'shop' }, role: 'role' });
  const { entity } = await introduceAt(place({ env }));
  t.is(entity?.keyAttributes.Name, 'shop');
  t.is(entity?.attributes['AWS.ServiceNameSource'], 'ResourceTags');
});

test('the workload is told by the name of the pod, whoever tells that', async (t) => {
  const env = {
    OTEL_RESOURCE_ATTRIBUTES: 'k8s.cluster.name=prod,k8s.node.name=n1,k8s.pod.name=pay-5d4f8c7b9d-x2kfp',
  };
  const { entity, instance } = await introduceAt(await pod(t, { env, hostname: 'host' }));
  t.is(entity?.keyAttributes.Name, 'pay');
  t.is(entity?.attributes['K8s.Workload'], 'pay');
  t.is(instance, 'pay-5d4f8c7b9d-x2kfp');
});

test('without tags and a role the name is that of the application', async (t) => {
  const { env } = await ec2(t);
  const { entity } = await introduceAt(place({ env, files }));
  t.is(entity?.keyAttributes.Name, 'checkout');
  t.is(entity?.attributes['AWS.ServiceNameSource'], 'Unknown');
});

for (const [length, environment] of [
  [255, `ec2:${'x'.repeat(255)}`],
  [256, 'ec2:default'],
] as const) {
  test(`an Auto Scaling group of ${length} characters`, async (t) => {
    const { env } = await ec2(t, { tags: { 'aws:autoscaling:groupName': 'x'.repeat(length) } });
    t.is((await introduceAt(place({ env, files }))).entity?.keyAttributes.Environment, environment);
  });

  test(`an Auto Scaling group of ${length} characters that OTEL_RESOURCE_ATTRIBUTES tells`, async (t) => {
    const told = {
      OTEL_RESOURCE_ATTRIBUTES: `cloud.platform=aws_ec2,ec2.tag.aws:autoscaling:groupName=${'x'.repeat(length)}`,
    };
    const { entity } = await introduceAt(place({ env: told, files }));
    t.is(entity?.keyAttributes.Environment, environment);
    t.is('EC2.AutoScalingGroup' in (entity?.attributes ?? {}), length === 255);
  });
}

// ECS.
const TASK = '158d1c8083dd49d6b527399fd6414f5c';
for (const [what, options, cluster] of [
  ['a short name of the cluster', { cluster: 'prod' }, 'prod'],
  ["the cluster's ARN", { cluster: 'arn:aws:ecs:us-east-1:123456789012:cluster/prod' }, 'prod'],
  ['China', { cluster: 'arn:aws-cn:ecs:cn-north-1:123456789012:cluster/cn' }, 'cn'],
  ['GovCloud', { cluster: 'arn:aws-us-gov:ecs:us-gov-west-1:123456789012:cluster/gov' }, 'gov'],
  ["an old task's ARN", { taskArn: `arn:aws:ecs:us-east-1:123456789012:task/${TASK}` }, 'prod'],
  ["a new task's ARN", { taskArn: `arn:aws-cn:ecs:cn-north-1:123456789012:task/prod/${TASK}` }, 'prod'],
] as const satisfies readonly (readonly [string, TaskMetadataOptions, string])[]) {
  test(`ECS: ${what}`, async (t) => {
    const { env } = await ecs(t, { serviceName: 'svc', ...options });
    const { entity, instance } = await introduceAt(place({ env }));
    t.deepEqual(entity, {
      keyAttributes: { Type: 'Service', Name: 'svc', Environment: `ecs:${cluster}` },
      attributes: {
        PlatformType: 'AWS::ECS',
        'ECS.Cluster': cluster,
        'ECS.Service': 'svc',
        'ECS.Task': TASK,
      },
    });
    t.is(instance, TASK);
  });
}

const taskIn = (cluster: string) => `arn:aws:ecs:us-east-1:123456789012:task/${cluster}/${TASK}`;
for (const [what, options, told, cluster] of [
  ["the task's ARN goes before the metadata's cluster", { cluster: 'b', taskArn: taskIn('a') }, '', 'a'],
  ['an ARN that is told', {}, `aws.ecs.task.arn=${taskIn('a')}`, 'a'],
  [
    'a cluster that is told goes before the ARN of the task',
    {},
    `aws.ecs.cluster.arn=arn:aws:ecs:us-east-1:123456789012:cluster/a,aws.ecs.task.arn=${taskIn('b')}`,
    'a',
  ],
  ['an old ARN holds none', { cluster: 'b' }, `aws.ecs.task.arn=${taskIn('a').replace('a/', '')}`, 'b'],
] as const satisfies readonly (readonly [string, TaskMetadataOptions, string, string])[]) {
  test(`ECS, the name of the cluster: ${what}`, async (t) => {
    const { env } = await ecs(t, options);
    const { entity } = await introduceAt(place({ env: { ...env, OTEL_RESOURCE_ATTRIBUTES: told } }));
    t.is(entity?.keyAttributes.Environment, `ecs:${cluster}`);
    t.is(entity?.attributes['ECS.Cluster'], cluster);
    t.is(entity?.attributes['ECS.Task'], TASK);
  });
}

const incomplete = (uri: string | undefined, failure: string) =>
  `The ECS task metadata endpoint at ${uri} ${failure}: cluster, service and task may be missing.`;

for (const [mode, failure] of [
  [{ kind: 'refuses', status: 500 }, 'answered 500'],
  [{ kind: 'refuses', status: 404 }, 'answered 404'],
  [{ kind: 'garbage' }, 'answered nothing of use'],
  [{ kind: 'hangs' }, 'did not answer in time'],
  ['nobody', 'cannot be reached'],
] as const) {
  test(`ECS whose endpoint answers ${JSON.stringify(mode)} is ECS all the same`, async (t) => {
    const task = await ecs(t, mode === 'nobody' ? {} : { mode });
    if (mode === 'nobody') await task.close();
    const { env } = task;
    const search = new AbortController();
    const found = introduceAt(place({ env, files }), { signal: search.signal });
    if (failure === 'did not answer in time') search.abort();
    const { entity, instance, problems } = await found;
    const uri = env.ECS_CONTAINER_METADATA_URI_V4;
    t.deepEqual(problems, [incomplete(uri, failure)]);
    t.deepEqual(entity, {
      keyAttributes: { Type: 'Service', Name: 'checkout', Environment: 'ecs:default' },
      attributes: { PlatformType: 'AWS::ECS', 'AWS.ServiceNameSource': 'Unknown' },
    });
    t.is(instance, 'db7');
  });
}

test('where the task is not told, the labels of the container tell the most of it', async (t) => {
  const { env } = await ecs(t, { serviceName: 'svc' });
  const here = place({ env });
  const fetch: typeof here.fetch = async (url, options) =>
    url.endsWith('/task') ? { status: 500, text: '' } : here.fetch(url, options);
  const { entity, instance, problems } = await introduceAt({ ...here, fetch });
  t.deepEqual(entity?.keyAttributes, { Type: 'Service', Name: 'checkout', Environment: 'ecs:prod' });
  t.is(instance, TASK);
  t.deepEqual(problems, [incomplete(env.ECS_CONTAINER_METADATA_URI_V4, 'answered 500')]);
});

test('ECS on EC2 stays ECS, and the metadata service of EC2 is not asked', async (t) => {
  const instance = await ec2(t);
  const task = await ecs(t);
  const { entity } = await introduceAt(place({ env: { ...instance.env, ...task.env } }));
  t.is(entity?.attributes.PlatformType, 'AWS::ECS');
  t.deepEqual(instance.requests, []);
});

test('on Lambda and Kubernetes the metadata service of EC2 is not asked either', async (t) => {
  const { env, requests } = await ec2(t);
  await introduceAt(place({ env: { ...env, AWS_LAMBDA_FUNCTION_NAME: 'f' } }));
  await introduceAt(await pod(t, { env }));
  t.deepEqual(requests, []);
});

// EKS or another Kubernetes.
const elsewhere = { issuer: 'https://kubernetes.default.svc.cluster.local' };
for (const [what, account, env, environment] of [
  ['its issuer', {}, {}, 'eks:prod/shop'],
  [
    'its issuer in capitals',
    { issuer: 'HTTPS://OIDC.EKS.US-EAST-1.AMAZONAWS.COM/ID/1' },
    {},
    'eks:prod/shop',
  ],
  ['another issuer', elsewhere, {}, 'k8s:prod/shop'],
  ['no token', { token: null }, {}, 'k8s:prod/shop'],
  ['a token that is none', { token: 'a.b.c' }, {}, 'k8s:prod/shop'],
  ['a token of one part', { token: 'eks' }, {}, 'k8s:prod/shop'],
  ['an empty token', { token: '' }, {}, 'k8s:prod/shop'],
  [
    'a role of the service account, without a token',
    { token: null },
    { AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token' },
    'eks:prod/shop',
  ],
  [
    "the pod's identity, without a token",
    { token: null },
    {
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE:
        '/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token',
    },
    'eks:prod/shop',
  ],
  ['both files of others', elsewhere, { AWS_WEB_IDENTITY_TOKEN_FILE: '/token' }, 'k8s:prod/shop'],
  ['no namespace', { namespace: null }, {}, 'eks:prod/UnknownNamespace'],
  ['no namespace, elsewhere', { ...elsewhere, namespace: null }, {}, 'k8s:prod/UnknownNamespace'],
] as const) {
  test(`Kubernetes, of a cluster that is told: ${what}`, async (t) => {
    const told = { OTEL_RESOURCE_ATTRIBUTES: 'k8s.cluster.name=prod' };
    const { entity } = await introduceAt(await pod(t, { env: { ...env, ...told } }, account));
    t.is(entity?.keyAttributes.Environment, environment);
  });
}

for (const [what, account, prefix] of [
  ['EKS', {}, 'eks'],
  ['elsewhere', elsewhere, 'k8s'],
] as const) {
  test(`Kubernetes, ${what}, of no cluster that is told: a problem says how to add it`, async (t) => {
    const { entity, problems } = await introduceAt(await pod(t, {}, account));
    t.is(entity?.keyAttributes.Environment, `${prefix}:default`);
    t.deepEqual(problems, [
      `A pod is not told the name of its cluster, so the environment is ${prefix}:default, which is not that of the ` +
        "service's metrics and traces. Add k8s.cluster.name=<cluster> to OTEL_RESOURCE_ATTRIBUTES of the container, or " +
        `set the option environment (PUTLOGS_ENVIRONMENT) to ${prefix}:<cluster>/<namespace>.`,
    ]);
  });

  test(`Kubernetes, ${what}, of an environment that is told: no problem`, async (t) => {
    const where = await pod(t, {}, account);
    t.deepEqual((await introduceAt(where, { environment: 'mine' })).problems, []);
    const env = { OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=mine' };
    t.deepEqual((await introduceAt(await pod(t, { env }, account))).problems, []);
  });
}

for (const missing of ['k8s.cluster.name', 'k8s.namespace.name', 'k8s.node.name']) {
  test(`Kubernetes without ${missing}: no attributes of the platform, as from the CloudWatch agent`, async (t) => {
    const told = ['k8s.cluster.name=prod', 'k8s.namespace.name=shop', 'k8s.node.name=n'];
    const env = { OTEL_RESOURCE_ATTRIBUTES: told.filter((one) => !one.startsWith(missing)).join(',') };
    const { entity } = await introduceAt(await pod(t, { env }, { namespace: null }));
    t.deepEqual(entity?.attributes, { 'AWS.ServiceNameSource': 'K8sWorkload' });
  });
}

const WORKLOADS = [
  'deployment',
  'replicaset',
  'statefulset',
  'daemonset',
  'cronjob',
  'job',
  'pod',
  'container',
];
for (const [i, kind] of WORKLOADS.entries()) {
  test(`Kubernetes: a ${kind} goes before ${WORKLOADS.slice(i + 1).join(', ') || 'nothing'}`, async (t) => {
    const told = WORKLOADS.slice(i).map((one) => `k8s.${one}.name=a-${one}`);
    const env = { OTEL_RESOURCE_ATTRIBUTES: told.join(',') };
    // Of a host's name that is nothing of Kubernetes'.
    const where = await pod(t, { env, hostname: '', files });
    t.is((await introduceAt(where)).entity?.keyAttributes.Name, `a-${kind}`);
  });
}

for (const [hostname, name] of [
  ['checkout-5d4f8c7b9d-x2kfp', 'checkout'],
  ['check-out-2-5d4f8c7b9d-x2kfp', 'check-out-2'],
  ['db-0', 'db'],
  ['agent-x2kfp', 'agent'],
  ['report-29387520-x2kfp', 'report'],
  ['nightly-report-2-29387520-x2kfp', 'nightly-report-2'],
  ['report-42000000-x2kfp', 'report'],
  ['import-2024-x2kfp', 'import-2024'],
  ['import-20241231-x2kfp', 'import-20241231'],
  ['import-2938752-x2kfp', 'import-2938752'],
  ['import-293875200-x2kfp', 'import-293875200'],
  ['29387520-x2kfp', '29387520'],
  ['alone', 'alone'],
  ['my-aeiou', 'my-aeiou'],
] as const) {
  test(`Kubernetes: the pod ${hostname} is one of ${name}`, async (t) => {
    const { entity, instance } = await introduceAt(await pod(t, { hostname }));
    t.is(entity?.keyAttributes.Name, name);
    t.is(instance, hostname);
  });
}

test("Kubernetes: on the node's network the host's name is not the pod's", async (t) => {
  const hosts = '# Kubernetes-managed hosts file (host network).\n127.0.0.1 localhost\n';
  const where = await pod(t, { hostname: 'node-1', files: { ...files, '/etc/hosts': hosts } });
  t.is((await introduceAt(where)).entity?.keyAttributes.Name, 'checkout');
});

// Lambda.
test('Lambda is known without AWS_EXECUTION_ENV', async (t) => {
  const { entity } = await introduceAt(place({ env: { AWS_LAMBDA_FUNCTION_NAME: 'my-fn' } }));
  t.deepEqual(entity, {
    keyAttributes: { Type: 'Service', Name: 'my-fn', Environment: 'lambda:default' },
    attributes: { PlatformType: 'AWS::Lambda', 'Lambda.Function': 'my-fn' },
  });
});

// Instances' ids.
const MACHINE_ID = 'ec2f8a3b5c7d9e1f0123456789abcdef';
for (const told of [MACHINE_ID, 'i-0000000000000000f']) {
  test(`host.id ${told} of OpenTelemetry never becomes an instance's id`, async (t) => {
    const { env } = await ec2(t);
    const where = place({ env: { ...env, OTEL_RESOURCE_ATTRIBUTES: `host.id=${told}` }, files });
    t.is((await introduceAt(where)).entity?.attributes['EC2.InstanceId'], ID);
    const host = place({
      env: { OTEL_RESOURCE_ATTRIBUTES: `cloud.platform=aws_ec2,host.id=${told}` },
      files,
    });
    t.is((await introduceAt(host)).entity?.attributes['EC2.InstanceId'], undefined);
  });
}

for (const [instanceId, isOne] of [
  ['i-01234567', true],
  ['i-0123456789abcdef0', true],
  ['i-0123456', false],
  ['i-0123456789abcdef01', false],
  ['i-0123456789ABCDEF0', false],
  [MACHINE_ID, false],
  [`x ${ID}`, false],
] as const) {
  test(`${instanceId} is ${isOne ? 'an' : 'no'} instance's id`, async (t) => {
    const { env } = await ec2(t, { instanceId });
    const { instance } = await introduceAt(place({ env, files }));
    t.is(instance, isOne ? instanceId : 'db7');
  });
}

// Elastic Beanstalk.
for (const [what, text] of [
  ['no JSON', 'environment_name=x'],
  ['no name', '{"deployment_id":7}'],
  ['a name that is none', '{"environment_name":7}'],
] as const) {
  test(`a file of Elastic Beanstalk's with ${what} says nothing`, async (t) => {
    const { env } = await ec2(t);
    const conf = { '/var/elasticbeanstalk/xray/environment.conf': text };
    const { entity } = await introduceAt(place({ env, files: { ...files, ...conf } }));
    t.is(entity?.keyAttributes.Environment, 'ec2:default');
  });
}

for (const [role, name] of [
  ['aws-elasticbeanstalk-ec2-role', 'checkout'],
  ['aws-elasticbeanstalk-ec2-role-shop', 'aws-elasticbeanstalk-ec2-role-shop'],
] as const) {
  test(`Elastic Beanstalk with the role ${role}: the service is ${name}`, async (t) => {
    const { env } = await ec2(t, { role });
    t.is((await introduceAt(place({ env, files }))).entity?.keyAttributes.Name, name);
  });
}

// The application's name.
const named = (name: string) => JSON.stringify({ name });
for (const [what, mainScript, packages, name] of [
  ['beside the script', '/app/main.js', { '/app/package.json': named('a') }, 'a'],
  ['above the script', '/app/dist/src/main.js', { '/app/package.json': named('a') }, 'a'],
  [
    'the nearest',
    '/app/sub/main.js',
    { '/app/package.json': named('a'), '/app/sub/package.json': named('b') },
    'b',
  ],
  ['of a folder that is run', '/app', { '/app/package.json': named('a') }, 'a'],
  ['at the root', '/srv/main.js', { '/package.json': named('a') }, 'a'],
  ['with a scope', '/app/main.js', { '/app/package.json': named('@acme/a') }, '@acme/a'],
  [
    'of the application that a tool of its own runs',
    '/app/node_modules/next/dist/bin/next',
    { '/app/node_modules/next/package.json': named('next'), '/app/package.json': named('a') },
    'a',
  ],
  [
    "never a tool's that is installed for all",
    '/usr/lib/node_modules/pm2/lib/main.js',
    { '/usr/lib/node_modules/pm2/package.json': named('pm2') },
    undefined,
  ],
  ['none at all', '/app/main.js', {}, undefined],
  ['without a name', '/app/main.js', { '/app/package.json': '{}', '/package.json': named('a') }, undefined],
  ['that is no JSON', '/app/main.js', { '/app/package.json': '{' }, undefined],
  ['with a name that is none', '/app/main.js', { '/app/package.json': '{"name":7}' }, undefined],
] as const) {
  test(`package.json: ${what}`, async (t) => {
    const { entity } = await introduceAt(place({ files: packages, mainScript }));
    t.is(entity?.keyAttributes.Name, name);
  });
}

test('what is found and would be refused is left out, and told', async (t) => {
  const { env } = await ec2(t, { tags: { service: 'café', 'aws:autoscaling:groupName': 'gruppe-ä' } });
  const { entity, problems } = await introduceAt(place({ env, files }));
  t.deepEqual(entity?.keyAttributes, {
    Type: 'Service',
    Name: 'checkout',
    Environment: 'ec2:default',
  });
  t.deepEqual(problems, [
    'The service name from instance tag service is not 1 to 512 characters of ASCII, and was left out.',
    'The environment from instance tag aws:autoscaling:groupName is not 1 to 512 characters of ASCII, and was left out.',
  ]);
});
