import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { start } from '@putlogs/local';
import test from 'ava';
import { exchange } from './support.js';

test('by default on a free port of this machine alone', async (t) => {
  const [one, other] = await Promise.all([start(), start()]);
  t.teardown(() => Promise.all([one.close(), other.close()]));
  t.is(one.endpoint, `http://127.0.0.1:${one.port}`);
  t.not(one.port, other.port);
});

test('on every address, it is reached by one that can be reached', async (t) => {
  const local = await start({ host: '0.0.0.0' });
  t.teardown(() => local.close());
  t.is(local.endpoint, `http://127.0.0.1:${local.port}`);
  t.is((await exchange(local.port, 'GET', '/_putlogs/health')).status, 200);
});

test('a port in use rejects', async (t) => {
  const local = await start();
  t.teardown(() => local.close());
  await t.throwsAsync(start({ port: local.port }), { code: 'EADDRINUSE' });
});

test('closed, it lets its port go, and can be closed again', async (t) => {
  const local = await start();
  const { port } = local;
  await local.close();
  await local.close();
  const next = await start({ port });
  await next.close();
  t.is(next.port, port);
});

test.serial('its variables are all that an SDK needs', async (t) => {
  const local = await start();
  const before = { ...process.env };
  Object.assign(process.env, local.env);
  const client = new CloudWatchLogsClient();
  t.teardown(async () => {
    process.env = before;
    client.destroy();
    await local.close();
  });
  await client.send(new CreateLogGroupCommand({ logGroupName: 'g' }));
  t.like(local.requests[0], { operation: 'CreateLogGroup', status: 200, logGroupName: 'g' });
});
