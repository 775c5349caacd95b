import { ConnectTimeoutError, type RuntimeEnvironment } from '@putlogs/core/internal';
import type { TaskMetadataOptions } from '@putlogs/local/metadata';
import test from 'ava';
import { detectIn, ec2, ecs, pod, runtime } from '../../support/runtime-environment.js';

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
    const { entity } = await detectIn(runtime({ env: { ...env, OTEL_RESOURCE_ATTRIBUTES: attributes } }));
    t.is(entity?.keyAttributes.Environment, environment);
    t.is(entity?.attributes['ECS.Cluster'], 'prod');
  });
}

test('malformed entries of OTEL_RESOURCE_ATTRIBUTES are reported without their values', async (t) => {
  const env = { OTEL_RESOURCE_ATTRIBUTES: 'hunter2,api.key=hunter2%,service.name=shop,%hunter2=x' };
  const { entity, problems } = await detectIn(runtime({ env }));
  t.is(entity?.keyAttributes.Name, 'shop');
  t.deepEqual(problems, [
    'OTEL_RESOURCE_ATTRIBUTES is not all percent-encoded key=value, so these entries are ignored: entry 1, api.key, entry 4.',
  ]);
});

// The operator of Application Signals records how it found the name.
for (const [recorded, source] of [
  ['K8sWorkload', 'K8sWorkload'],
  ['Instrumentation', 'Instrumentation'],
  ['Astrology', 'Instrumentation'],
] as const) {
  const key = 'com.amazonaws.cloudwatch.entity.internal.service.name.source';
  test(`the source of the name is the one that the operator recorded: ${recorded}`, async (t) => {
    const env = { OTEL_RESOURCE_ATTRIBUTES: `${key}=${recorded}`, OTEL_SERVICE_NAME: 'shop' };
    const { entity } = await detectIn(await pod(t, { env }));
    t.deepEqual(entity?.attributes, { 'AWS.ServiceNameSource': source });
    t.is(entity?.keyAttributes.Name, 'shop');
  });

  test(`the recorded source does not apply to a name from the options: ${recorded}`, async (t) => {
    const env = { OTEL_RESOURCE_ATTRIBUTES: `${key}=${recorded}`, OTEL_SERVICE_NAME: 'shop' };
    const { entity } = await detectIn(await pod(t, { env }), { service: 'mine' });
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
    const { entity } = await detectIn(runtime({ env: { ...env, OTEL_SERVICE_NAME: given } }));
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
  test(`a declared cloud.platform has precedence: ${platform}`, async (t) => {
    const env = { OTEL_RESOURCE_ATTRIBUTES: `cloud.platform=${platform}` };
    const { entity, problems } = await detectIn(runtime({ env, files }), { service: 's' });
    t.is(entity?.attributes.PlatformType, type);
    t.deepEqual(problems, []);
  });
}

test('an unsupported cloud.platform does not hide the detected platform', async (t) => {
  const env = { OTEL_RESOURCE_ATTRIBUTES: 'cloud.platform=azure_aks,k8s.cluster.name=prod' };
  const { entity } = await detectIn(await pod(t, { env }, { issuer: 'https://elsewhere' }));
  t.is(entity?.keyAttributes.Environment, 'k8s:prod/shop');
});

test('declared attributes have precedence over detected ones', async (t) => {
  const env = {
    OTEL_RESOURCE_ATTRIBUTES: 'k8s.cluster.name=prod,k8s.namespace.name=declared,k8s.pod.name=mine',
  };
  const { entity, instance } = await detectIn(await pod(t, { env }));
  t.is(entity?.keyAttributes.Environment, 'eks:prod/declared');
  t.is(instance, 'mine');
});

test('Lambda has precedence over ECS, and ECS over Kubernetes', async (t) => {
  const task = await ecs(t);
  const kubernetes = { KUBERNETES_SERVICE_HOST: '127.0.0.1' };
  const typeOf = async (env: Record<string, string>) =>
    (await detectIn(runtime({ env }), { service: 's' })).entity?.attributes.PlatformType;
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
  test(`a metadata service that answers ${JSON.stringify(mode)} is not that of EC2`, async (t) => {
    const { env, requests } = await ec2(t, { mode, role: 'r', tags: { service: 's' } });
    const { entity, instance } = await detectIn(runtime({ env, files }));
    t.deepEqual(entity?.keyAttributes, {
      Type: 'Service',
      Name: 'checkout',
      Environment: 'generic:default',
    });
    t.is(instance, 'db7');
    t.is(requests[0], 'PUT /latest/api/token');
  });
}

test('without a metadata service the platform is Generic', async (t) => {
  const metadata = await ec2(t);
  await metadata.close();
  const { entity, problems } = await detectIn(runtime({ env: metadata.env, files }));
  t.is(entity?.attributes.PlatformType, 'Generic');
  t.regex(
    problems.join(),
    /cannot be used, .* \(connect ECONNREFUSED/,
    'a problem, since a variable names its address',
  );
});

for (const endpoint of ['nonsense', 'https://127.0.0.1:1']) {
  test(`an invalid address of the metadata service is reported: ${endpoint}`, async (t) => {
    const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: endpoint };
    const { problems } = await detectIn(runtime({ env, files }));
    t.regex(problems.join(), /The EC2 metadata service at .* cannot be used, .* \(.+\)/);
  });
}

const noAnswerAt = (endpoint: string) =>
  `The EC2 metadata service at ${endpoint} did not answer in time. For a container on an EC2 instance, set the instance's ` +
  'metadata response hop limit to 2; on any other machine, set AWS_EC2_METADATA_DISABLED=true to skip this detection.';

for (const mode of [{ kind: 'hangs' }, { kind: 'drips', delayMs: 3_600_000 }] as const) {
  test(`a metadata service that ${mode.kind}: the detection can be aborted, and uses what else is known`, async (t) => {
    const { env } = await ec2(t, { mode });
    const detection = new AbortController();
    const found = detectIn(runtime({ env, files }), { signal: detection.signal });
    detection.abort();
    t.is((await found).entity?.attributes.PlatformType, 'Generic');
    t.deepEqual((await found).problems, [noAnswerAt(env.AWS_EC2_METADATA_SERVICE_ENDPOINT ?? '')]);
    t.deepEqual((await found).notes, []);
  });
}

for (const [what, mistake, notes] of [
  ['of the metadata service does not answer', undefined, [noAnswerAt('http://169.254.169.254')]],
  [
    'of the metadata service cannot be reached',
    new ConnectTimeoutError('no connection was made in time'),
    [noAnswerAt('http://169.254.169.254')],
  ],
  ['of the metadata service refuses connections', new Error('connect ECONNREFUSED'), []],
] as const) {
  test(`no problem is reported if the default address ${what}`, async (t) => {
    const detection = new AbortController();
    const fetch: RuntimeEnvironment['fetch'] = (_, { signal }) =>
      new Promise((_, reject) => {
        if (mistake !== undefined) reject(mistake);
        else {
          signal.addEventListener('abort', () => reject(signal.reason));
          detection.abort();
        }
      });
    const found = await detectIn({ ...runtime({ files }), env: {}, fetch }, { signal: detection.signal });
    t.is(found.entity?.attributes.PlatformType, 'Generic');
    t.deepEqual(found.problems, []);
    t.deepEqual(found.notes, notes);
  });
}

test('answers of the metadata service before the detection was aborted are used', async (t) => {
  const metadata = await ec2(t, { tags: { service: 'never' }, role: 'role' });
  const detection = new AbortController();
  const here = runtime({ env: metadata.env, files });
  let roleKnown = (): void => undefined;
  const role = new Promise<void>((resolve) => {
    roleKnown = resolve;
  });
  const fetch: typeof here.fetch = async (url, options) => {
    if (url.endsWith('/tags/instance/service')) {
      await role;
      detection.abort();
    }
    const answer = await here.fetch(url, options);
    if (url.endsWith('/security-credentials/')) roleKnown();
    return answer;
  };
  const asked = { ...here, fetch };
  const { entity, instance, problems } = await detectIn(asked, { signal: detection.signal });
  t.is(instance, ID);
  t.is(entity?.keyAttributes.Name, 'role');
  t.deepEqual(problems, []);
});

test('a slow answer is read to its end', async (t) => {
  const { env } = await ec2(t, { mode: { kind: 'drips', delayMs: 1 } });
  t.is((await detectIn(runtime({ env, files }))).instance, ID);
});

test('an answer that is too long is not used', async (t) => {
  const { env } = await ec2(t, { instanceId: ID + ' '.repeat(100_000) });
  t.is((await detectIn(runtime({ env, files }))).instance, 'db7');
});

test('AWS_EC2_METADATA_DISABLED turns off the detection of EC2', async (t) => {
  const { env, requests } = await ec2(t);
  const { entity } = await detectIn(runtime({ env: { ...env, AWS_EC2_METADATA_DISABLED: 'TRUE' }, files }));
  t.is(entity?.attributes.PlatformType, 'Generic');
  t.deepEqual(requests, []);
});

test('an endpoint may end in a slash', async (t) => {
  const { endpoint } = await ec2(t);
  const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: `${endpoint}/` };
  t.is((await detectIn(runtime({ env, files }))).instance, ID);
});

for (const [what, tags, name] of [
  ['service before application and app', { app: 'c', Application: 'b', SERVICE: 'a' }, 'a'],
  ['application before app', { app: 'c', aPPlication: 'b' }, 'b'],
  ['app', { APP: 'c' }, 'c'],
  ['none of these', { Name: 'web', 'app 2': 'x' }, 'role'],
  ['an empty one', { service: '' }, 'role'],
  ['the last of two that differ only in case', { Service: 'a', SERVICE: 'b' }, 'b'],
] as const) {
  test(`instance tags: ${what}`, async (t) => {
    const { env } = await ec2(t, { tags, role: 'role' });
    t.is((await detectIn(runtime({ env, files }))).entity?.keyAttributes.Name, name);
  });
}

test('an unusable tag does not hide the next one', async (t) => {
  const { env } = await ec2(t, { tags: { service: 'Größe', app: 'shop' }, role: 'role' });
  const { entity } = await detectIn(runtime({ env }));
  t.is(entity?.keyAttributes.Name, 'shop');
  t.is(entity?.attributes['AWS.ServiceNameSource'], 'ResourceTags');
});

test('the workload is inferred from the name of the pod, also from a declared one', async (t) => {
  const env = {
    OTEL_RESOURCE_ATTRIBUTES: 'k8s.cluster.name=prod,k8s.node.name=n1,k8s.pod.name=pay-5d4f8c7b9d-x2kfp',
  };
  const { entity, instance } = await detectIn(await pod(t, { env, hostname: 'host' }));
  t.is(entity?.keyAttributes.Name, 'pay');
  t.is(entity?.attributes['K8s.Workload'], 'pay');
  t.is(instance, 'pay-5d4f8c7b9d-x2kfp');
});

test('without tags and a role, the name comes from package.json', async (t) => {
  const { env } = await ec2(t);
  const { entity } = await detectIn(runtime({ env, files }));
  t.is(entity?.keyAttributes.Name, 'checkout');
  t.is(entity?.attributes['AWS.ServiceNameSource'], 'Unknown');
});

for (const [length, environment] of [
  [255, `ec2:${'x'.repeat(255)}`],
  [256, 'ec2:default'],
] as const) {
  test(`a detected Auto Scaling group of ${length} characters`, async (t) => {
    const { env } = await ec2(t, { tags: { 'aws:autoscaling:groupName': 'x'.repeat(length) } });
    t.is((await detectIn(runtime({ env, files }))).entity?.keyAttributes.Environment, environment);
  });

  test(`a declared Auto Scaling group of ${length} characters`, async (t) => {
    const env = {
      OTEL_RESOURCE_ATTRIBUTES: `cloud.platform=aws_ec2,ec2.tag.aws:autoscaling:groupName=${'x'.repeat(length)}`,
    };
    const { entity } = await detectIn(runtime({ env, files }));
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
    const { entity, instance } = await detectIn(runtime({ env }));
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
for (const [what, options, declared, cluster] of [
  [
    "the task's ARN has precedence over the metadata's cluster",
    { cluster: 'b', taskArn: taskIn('a') },
    '',
    'a',
  ],
  ['a declared ARN of the task', {}, `aws.ecs.task.arn=${taskIn('a')}`, 'a'],
  [
    'a declared cluster has precedence over the ARN of the task',
    {},
    `aws.ecs.cluster.arn=arn:aws:ecs:us-east-1:123456789012:cluster/a,aws.ecs.task.arn=${taskIn('b')}`,
    'a',
  ],
  [
    'an old ARN does not contain it',
    { cluster: 'b' },
    `aws.ecs.task.arn=${taskIn('a').replace('a/', '')}`,
    'b',
  ],
] as const satisfies readonly (readonly [string, TaskMetadataOptions, string, string])[]) {
  test(`ECS, the name of the cluster: ${what}`, async (t) => {
    const { env } = await ecs(t, options);
    const { entity } = await detectIn(runtime({ env: { ...env, OTEL_RESOURCE_ATTRIBUTES: declared } }));
    t.is(entity?.keyAttributes.Environment, `ecs:${cluster}`);
    t.is(entity?.attributes['ECS.Cluster'], cluster);
    t.is(entity?.attributes['ECS.Task'], TASK);
  });
}

const incomplete = (uri: string | undefined, failure: string) =>
  `The ECS task metadata endpoint at ${uri} ${failure}, so the entity may lack its cluster, service and task. To be independent of it, set the options service and environment.`;

for (const [mode, failure] of [
  [{ kind: 'refuses', status: 500 }, 'answered with status 500'],
  [{ kind: 'refuses', status: 404 }, 'answered with status 404'],
  [{ kind: 'garbage' }, 'did not answer with a JSON object'],
  [{ kind: 'hangs' }, 'did not answer in time'],
  ['no service', 'cannot be reached'],
] as const) {
  test(`ECS is detected even if its metadata endpoint answers ${JSON.stringify(mode)}`, async (t) => {
    const task = await ecs(t, mode === 'no service' ? {} : { mode });
    if (mode === 'no service') await task.close();
    const { env } = task;
    const detection = new AbortController();
    const found = detectIn(runtime({ env, files }), { signal: detection.signal });
    if (failure === 'did not answer in time') detection.abort();
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

test('without the task metadata, the labels of the container are used', async (t) => {
  const { env } = await ecs(t, { serviceName: 'svc' });
  const here = runtime({ env });
  const fetch: typeof here.fetch = async (url, options) =>
    url.endsWith('/task') ? { status: 500, text: '' } : here.fetch(url, options);
  const { entity, instance, problems } = await detectIn({ ...here, fetch });
  t.deepEqual(entity?.keyAttributes, { Type: 'Service', Name: 'checkout', Environment: 'ecs:prod' });
  t.is(instance, TASK);
  t.deepEqual(problems, [incomplete(env.ECS_CONTAINER_METADATA_URI_V4, 'answered with status 500')]);
});

test('on ECS the metadata service of EC2 is not asked', async (t) => {
  const instance = await ec2(t);
  const task = await ecs(t);
  const { entity } = await detectIn(runtime({ env: { ...instance.env, ...task.env } }));
  t.is(entity?.attributes.PlatformType, 'AWS::ECS');
  t.deepEqual(instance.requests, []);
});

test('on Lambda and Kubernetes the metadata service of EC2 is not asked', async (t) => {
  const { env, requests } = await ec2(t);
  await detectIn(runtime({ env: { ...env, AWS_LAMBDA_FUNCTION_NAME: 'f' } }));
  await detectIn(await pod(t, { env }));
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
  ['an invalid token', { token: 'a.b.c' }, {}, 'k8s:prod/shop'],
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
  test(`Kubernetes with a declared cluster: ${what}`, async (t) => {
    const declared = { OTEL_RESOURCE_ATTRIBUTES: 'k8s.cluster.name=prod' };
    const { entity } = await detectIn(await pod(t, { env: { ...env, ...declared } }, account));
    t.is(entity?.keyAttributes.Environment, environment);
  });
}

for (const [what, account, prefix] of [
  ['EKS', {}, 'eks'],
  ['elsewhere', elsewhere, 'k8s'],
] as const) {
  test(`Kubernetes, ${what}, without a declared cluster: a problem says how to declare it`, async (t) => {
    const { entity, problems } = await detectIn(await pod(t, {}, account));
    t.is(entity?.keyAttributes.Environment, `${prefix}:default`);
    t.deepEqual(problems, [
      `A pod cannot find out the name of its cluster, so the environment is ${prefix}:default, which does not match the ` +
        "service's metrics and traces. Add k8s.cluster.name=<cluster> to OTEL_RESOURCE_ATTRIBUTES of the container, or " +
        `set the option environment (PUTLOGS_ENVIRONMENT) to ${prefix}:<cluster>/<namespace>.`,
    ]);
  });

  test(`Kubernetes, ${what}, with a declared environment: no problem`, async (t) => {
    const where = await pod(t, {}, account);
    t.deepEqual((await detectIn(where, { environment: 'mine' })).problems, []);
    const env = { OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=mine' };
    t.deepEqual((await detectIn(await pod(t, { env }, account))).problems, []);
  });
}

for (const missing of ['k8s.cluster.name', 'k8s.namespace.name', 'k8s.node.name']) {
  test(`Kubernetes without ${missing}: no platform attributes, as in the CloudWatch agent`, async (t) => {
    const declared = ['k8s.cluster.name=prod', 'k8s.namespace.name=shop', 'k8s.node.name=n'];
    const env = { OTEL_RESOURCE_ATTRIBUTES: declared.filter((one) => !one.startsWith(missing)).join(',') };
    const { entity } = await detectIn(await pod(t, { env }, { namespace: null }));
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
  test(`Kubernetes: the name of a ${kind} has precedence over ${WORKLOADS.slice(i + 1).join(', ') || 'package.json'}`, async (t) => {
    const declared = WORKLOADS.slice(i).map((one) => `k8s.${one}.name=a-${one}`);
    const env = { OTEL_RESOURCE_ATTRIBUTES: declared.join(',') };
    // The host name must not be taken for the name of a pod.
    const where = await pod(t, { env, hostname: '', files });
    t.is((await detectIn(where)).entity?.keyAttributes.Name, `a-${kind}`);
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
  test(`Kubernetes: the pod ${hostname} belongs to ${name}`, async (t) => {
    const { entity, instance } = await detectIn(await pod(t, { hostname }));
    t.is(entity?.keyAttributes.Name, name);
    t.is(instance, hostname);
  });
}

test("Kubernetes: on the node's network the host name is not used as the name of the pod", async (t) => {
  const hosts = '# Kubernetes-managed hosts file (host network).\n127.0.0.1 localhost\n';
  const where = await pod(t, { hostname: 'node-1', files: { ...files, '/etc/hosts': hosts } });
  t.is((await detectIn(where)).entity?.keyAttributes.Name, 'checkout');
});

// Lambda.
test('Lambda is detected without AWS_EXECUTION_ENV', async (t) => {
  const { entity } = await detectIn(runtime({ env: { AWS_LAMBDA_FUNCTION_NAME: 'my-fn' } }));
  t.deepEqual(entity, {
    keyAttributes: { Type: 'Service', Name: 'my-fn', Environment: 'lambda:default' },
    attributes: { PlatformType: 'AWS::Lambda', 'Lambda.Function': 'my-fn' },
  });
});

// Instance ids.
const MACHINE_ID = 'ec2f8a3b5c7d9e1f0123456789abcdef';
for (const hostId of [MACHINE_ID, 'i-0000000000000000f']) {
  test(`OpenTelemetry's host.id ${hostId} is never used as an instance id`, async (t) => {
    const { env } = await ec2(t);
    const where = runtime({ env: { ...env, OTEL_RESOURCE_ATTRIBUTES: `host.id=${hostId}` }, files });
    t.is((await detectIn(where)).entity?.attributes['EC2.InstanceId'], ID);
    const host = runtime({
      env: { OTEL_RESOURCE_ATTRIBUTES: `cloud.platform=aws_ec2,host.id=${hostId}` },
      files,
    });
    t.is((await detectIn(host)).entity?.attributes['EC2.InstanceId'], undefined);
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
  test(`${instanceId} is ${isOne ? 'an' : 'not an'} instance id`, async (t) => {
    const { env } = await ec2(t, { instanceId });
    const { instance } = await detectIn(runtime({ env, files }));
    t.is(instance, isOne ? instanceId : 'db7');
  });
}

// Elastic Beanstalk.
for (const [what, text] of [
  ['text that is not JSON', 'environment_name=x'],
  ['no name', '{"deployment_id":7}'],
  ['an invalid name', '{"environment_name":7}'],
] as const) {
  test(`a file of Elastic Beanstalk with ${what} is ignored`, async (t) => {
    const { env } = await ec2(t);
    const conf = { '/var/elasticbeanstalk/xray/environment.conf': text };
    const { entity } = await detectIn(runtime({ env, files: { ...files, ...conf } }));
    t.is(entity?.keyAttributes.Environment, 'ec2:default');
  });
}

for (const [role, name] of [
  ['aws-elasticbeanstalk-ec2-role', 'checkout'],
  ['aws-elasticbeanstalk-ec2-role-shop', 'aws-elasticbeanstalk-ec2-role-shop'],
] as const) {
  test(`Elastic Beanstalk with the role ${role}: the service is ${name}`, async (t) => {
    const { env } = await ec2(t, { role });
    t.is((await detectIn(runtime({ env, files }))).entity?.keyAttributes.Name, name);
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
  ['in a folder that is run', '/app', { '/app/package.json': named('a') }, 'a'],
  ['at the root', '/srv/main.js', { '/package.json': named('a') }, 'a'],
  ['with a scope', '/app/main.js', { '/app/package.json': named('@acme/a') }, '@acme/a'],
  [
    'of an application that is run by an installed tool',
    '/app/node_modules/next/dist/bin/next',
    { '/app/node_modules/next/package.json': named('next'), '/app/package.json': named('a') },
    'a',
  ],
  [
    'not that of a globally installed tool',
    '/usr/lib/node_modules/pm2/lib/main.js',
    { '/usr/lib/node_modules/pm2/package.json': named('pm2') },
    undefined,
  ],
  ['none', '/app/main.js', {}, undefined],
  ['without a name', '/app/main.js', { '/app/package.json': '{}', '/package.json': named('a') }, undefined],
  ['not JSON', '/app/main.js', { '/app/package.json': '{' }, undefined],
  ['with an invalid name', '/app/main.js', { '/app/package.json': '{"name":7}' }, undefined],
] as const) {
  test(`package.json: ${what}`, async (t) => {
    const { entity } = await detectIn(runtime({ files: packages, mainScript }));
    t.is(entity?.keyAttributes.Name, name);
  });
}

test('unusable detected values are ignored and reported', async (t) => {
  const { env } = await ec2(t, { tags: { service: 'café', 'aws:autoscaling:groupName': 'gruppe-ä' } });
  const { entity, problems } = await detectIn(runtime({ env, files }));
  t.deepEqual(entity?.keyAttributes, {
    Type: 'Service',
    Name: 'checkout',
    Environment: 'ec2:default',
  });
  t.deepEqual(problems, [
    'The service name from instance tag service is ignored: it must be 1 to 512 ASCII characters.',
    'The environment from instance tag aws:autoscaling:groupName is ignored: it must be 1 to 512 ASCII characters.',
  ]);
});
