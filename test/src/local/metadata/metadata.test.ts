import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startInstanceMetadata, startTaskMetadata, writeServiceAccount } from '@putlogs/local/metadata';
import test, { type ExecutionContext } from 'ava';
import { until } from '../../support/until.js';

type Running = Awaited<ReturnType<typeof startInstanceMetadata>>;

function closing<T extends Running>(t: ExecutionContext, metadata: T): T {
  t.teardown(() => metadata.close());
  return metadata;
}

async function ask(url: string, init: RequestInit = {}) {
  const response = await fetch(url, init);
  return { status: response.status, text: await response.text() };
}

const TTL = 'x-aws-ec2-metadata-token-ttl-seconds';

async function tokenOf({ endpoint }: Running): Promise<string> {
  const { text } = await ask(`${endpoint}/latest/api/token`, { method: 'PUT', headers: { [TTL]: '60' } });
  return text;
}

async function get(metadata: Running, path: string) {
  const headers = { 'x-aws-ec2-metadata-token': await tokenOf(metadata) };
  return ask(`${metadata.endpoint}/latest/meta-data/${path}`, { headers });
}

for (const [what, init, status] of [
  ['a time to live', { method: 'PUT', headers: { [TTL]: '1' } }, 200],
  ['the longest time to live', { method: 'PUT', headers: { [TTL]: '21600' } }, 200],
  ['too long a time to live', { method: 'PUT', headers: { [TTL]: '21601' } }, 400],
  ['a time to live of 0', { method: 'PUT', headers: { [TTL]: '0' } }, 400],
  ['no time to live', { method: 'PUT' }, 400],
  ['GET', { headers: { [TTL]: '60' } }, 405],
  ['a proxy on the way', { method: 'PUT', headers: { [TTL]: '60', 'x-forwarded-for': '10.0.0.1' } }, 403],
] as const) {
  test(`EC2: a request for a token with ${what} is answered with ${status}`, async (t) => {
    const { endpoint } = closing(t, await startInstanceMetadata());
    t.is((await ask(`${endpoint}/latest/api/token`, init)).status, status);
  });
}

test('EC2: requests without a valid token are refused', async (t) => {
  const metadata = closing(t, await startInstanceMetadata());
  const url = `${metadata.endpoint}/latest/meta-data/instance-id`;
  t.deepEqual(await ask(url), { status: 401, text: '' });
  t.is((await ask(url, { headers: { 'x-aws-ec2-metadata-token': 'mine' } })).status, 401);
});

test('EC2: instance, tags and role can be read', async (t) => {
  const tags = { service: 'checkout', 'aws:autoscaling:groupName': 'my-asg', 'two words': 'v' };
  const metadata = closing(t, await startInstanceMetadata({ instanceId: 'i-01234567', tags, role: 'r' }));
  t.is((await get(metadata, 'instance-id')).text, 'i-01234567');
  t.is((await get(metadata, 'tags/instance/')).text, 'service\naws:autoscaling:groupName\ntwo words');
  t.is((await get(metadata, 'tags/instance/aws:autoscaling:groupName')).text, 'my-asg');
  t.is((await get(metadata, 'tags/instance/two%20words')).text, 'v');
  t.is((await get(metadata, 'iam/security-credentials/')).text, 'r');
});

test('EC2: tags and role do not exist by default', async (t) => {
  const metadata = closing(t, await startInstanceMetadata());
  t.is((await get(metadata, 'tags/instance/')).status, 404);
  t.is((await get(metadata, 'iam/security-credentials/')).status, 404);
  t.deepEqual(metadata.requests.slice(-2), [
    'PUT /latest/api/token',
    'GET /latest/meta-data/iam/security-credentials/',
  ]);
});

test('ECS: the container and the task can be read, and nothing else', async (t) => {
  const cluster = 'arn:aws-cn:ecs:cn-north-1:123456789012:cluster/prod';
  const { env } = closing(t, await startTaskMetadata({ cluster, serviceName: 'svc' }));
  const uri = env.ECS_CONTAINER_METADATA_URI_V4;
  const task = JSON.parse((await ask(`${uri}/task`)).text);
  const container = JSON.parse((await ask(`${uri}`)).text);
  t.is(task.Cluster, cluster);
  t.is(task.ServiceName, 'svc');
  t.is(container.Labels['com.amazonaws.ecs.task-arn'], task.TaskARN);
  t.is((await ask(`${uri}/other`)).status, 404);
});

test('ECS: there is no ServiceName by default', async (t) => {
  const { env } = closing(t, await startTaskMetadata());
  t.false((await ask(`${env.ECS_CONTAINER_METADATA_URI_V4}/task`)).text.includes('ServiceName'));
});

test('the modes refuses, garbage, drips and answers', async (t) => {
  const metadata = closing(t, await startInstanceMetadata({ mode: { kind: 'refuses', status: 401 } }));
  const url = `${metadata.endpoint}/latest/api/token`;
  const init = { method: 'PUT', headers: { [TTL]: '60' } };
  t.is((await ask(url, init)).status, 401);
  metadata.setMode({ kind: 'garbage' });
  const garbage = await ask(url, init);
  t.is(garbage.status, 200);
  t.regex(garbage.text, /html/);
  metadata.setMode({ kind: 'drips', delayMs: 1 });
  t.regex((await ask(url, init)).text, /^[0-9a-f-]{36}$/);
  metadata.setMode({ kind: 'answers' });
  t.regex((await ask(url, init)).text, /^[0-9a-f-]{36}$/);
});

test('the mode hangs ends when the service is closed', async (t) => {
  const metadata = await startInstanceMetadata({ mode: { kind: 'hangs' } });
  const asked = ask(metadata.endpoint);
  await until('the request', () => metadata.requests.length > 0);
  await metadata.close();
  await t.throwsAsync(asked);
});

test('Kubernetes: the files of a service account are written', async (t) => {
  const { folder, env, remove } = await writeServiceAccount({ namespace: 'n', issuer: 'https://issuer' });
  const [, payload = ''] = (await readFile(join(folder, 'token'), 'utf8')).split('.');
  t.is(JSON.parse(Buffer.from(payload, 'base64url').toString()).iss, 'https://issuer');
  t.is(await readFile(join(folder, 'namespace'), 'utf8'), 'n');
  t.is(env.KUBERNETES_SERVICE_HOST, '127.0.0.1');
  await remove();
  await t.throwsAsync(access(folder));
});

test('Kubernetes: files can be left out', async (t) => {
  const { folder, remove } = await writeServiceAccount({ namespace: null, token: null });
  t.teardown(remove);
  await t.throwsAsync(access(join(folder, 'namespace')));
  await t.throwsAsync(access(join(folder, 'token')));
});
