import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { start } from '@putlogs/local';
import test from 'ava';
import { exchange } from '../support.js';

test('by default the service listens on a free port of the loopback address', async (t) => {
  const [one, other] = await Promise.all([start(), start()]);
  t.teardown(() => Promise.all([one.close(), other.close()]));
  t.is(one.endpoint, `http://127.0.0.1:${one.port}`);
  t.not(one.port, other.port);
});

test('the endpoint of a service that listens on all addresses can be reached', async (t) => {
  const local = await start({ host: '0.0.0.0' });
  t.teardown(() => local.close());
  t.is(local.endpoint, `http://127.0.0.1:${local.port}`);
  t.is((await exchange(local.port, 'GET', '/_putlogs/health')).status, 200);
});

test('start() rejects if the port is in use', async (t) => {
  const local = await start();
  t.teardown(() => local.close());
  await t.throwsAsync(start({ port: local.port }), { code: 'EADDRINUSE' });
});

test('close() frees the port, and can be called twice', async (t) => {
  const local = await start();
  const { port } = local;
  await local.close();
  await local.close();
  const next = await start({ port });
  await next.close();
  t.is(next.port, port);
});

test.serial('its environment variables are all that an SDK needs', async (t) => {
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
