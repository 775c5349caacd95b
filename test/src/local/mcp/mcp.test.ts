import { execFile, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import test, { type ExecutionContext } from 'ava';
import { until } from '../../support/until.js';

const LOCAL = new URL('../', import.meta.resolve('@putlogs/local'));

test.before(() => promisify(execFile)(process.execPath, [fileURLToPath(new URL('bundle.js', LOCAL))]));

/** Starts a service with these arguments. @returns its address */
async function start(
  t: ExecutionContext,
  ...args: readonly string[]
): Promise<{ endpoint: string; output: string }> {
  const cli = fileURLToPath(new URL('dist/cli.js', LOCAL));
  const child = spawn(process.execPath, [cli, '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  await until(
    'the service',
    () => output.includes('Press Ctrl+C'),
    () => sleep(10),
  );
  return { endpoint: /CLOUDWATCH_LOGS=(\S+)/.exec(output)?.[1] ?? '', output };
}

/** A service with two events and two refused requests, and an assistant's client. */
async function withClient(t: ExecutionContext): Promise<Client> {
  const { endpoint } = await start(t, '--mcp');
  const logs = new CloudWatchLogsClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  t.teardown(() => logs.destroy());
  const where = { logGroupName: 'g', logStreamName: 's' };
  const put = (...messages: readonly string[]) =>
    logs.send(
      new PutLogEventsCommand({
        ...where,
        logEvents: messages.map((message) => ({ timestamp: Date.now(), message })),
      }),
    );
  await logs.send(new CreateLogGroupCommand({ logGroupName: 'g' }));
  await t.throwsAsync(put('too early'));
  await logs.send(new CreateLogStreamCommand(where));
  await put('{"level":50,"msg":"failed"}', '{"level":30,"msg":"fine"}');
  await logs.send(new PutLogEventsCommand({ ...where, logEvents: [{ timestamp: 1, message: 'old' }] }));
  const client = new Client({ name: 'test', version: '1.0.0' });
  t.teardown(() => client.close());
  await client.connect(new StreamableHTTPClientTransport(new URL(`${endpoint}/_putlogs/mcp`)));
  return client;
}

/** The result of a tool, which is JSON unless it is an error. */
async function call(client: Client, name: string, given: Record<string, unknown> = {}) {
  const { content, isError = false } = await client.callTool({ name, arguments: given });
  const [first] = content;
  const text = first?.type === 'text' ? first.text : '';
  return isError ? { error: text } : JSON.parse(text);
}

test('an assistant can list the tools, all of which only read', async (t) => {
  const client = await withClient(t);
  const { tools } = await client.listTools();
  t.deepEqual(
    tools.map(({ name }) => name),
    ['list_groups', 'search_logs', 'get_rejections', 'explain_rejection'],
  );
  t.true(tools.every(({ annotations }) => annotations?.readOnlyHint === true));
});

test('an assistant finds groups and events', async (t) => {
  const client = await withClient(t);
  t.like(await call(client, 'list_groups'), [
    { logGroupName: 'g', streams: [{ logStreamName: 's', count: 2 }] },
  ]);
  t.like(await call(client, 'search_logs', { query: 'level:error', since: '1h', logGroupName: 'g' }), {
    total: 1,
    events: [{ message: '{"level":50,"msg":"failed"}', logStreamName: 's' }],
  });
  t.like(await call(client, 'search_logs', { limit: 1 }), { total: 2, events: [{ sequence: 1 }] });
  t.like(await call(client, 'search_logs', { filterPattern: '{ $.level = 30 }' }), { total: 1 });
});

test('an assistant learns why requests were refused', async (t) => {
  const client = await withClient(t);
  const rejections = await call(client, 'get_rejections');
  t.like(rejections, [
    { number: 1, status: 400, said: ['ResourceNotFoundException: The specified log stream does not exist.'] },
    { number: 4, status: 200, said: ['tooOldLogEventEndIndex: 1'] },
  ]);
  t.like(await call(client, 'explain_rejection', { number: 4 }), {
    request: { operation: 'PutLogEvents' },
    explanations: [{ rule: 'One event is too old: the service takes events of the last 14 days.' }],
  });
});

test('what is wrong with the arguments is said', async (t) => {
  const client = await withClient(t);
  t.deepEqual(await call(client, 'search_logs', { query: 'status>=' }), {
    error: 'A value is missing after status>=.',
  });
  t.deepEqual(await call(client, 'search_logs', { since: 'today' }), {
    error: 'since is not a span such as 15m: today',
  });
  t.regex((await call(client, 'explain_rejection', { number: 99 })).error, /The request 99 is not kept/);
  t.regex((await call(client, 'search_logs', { limit: 1_000 })).error, /limit/);
});

test('without --mcp nothing is there, and with it browsers are refused', async (t) => {
  const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
  const ask = async (endpoint: string, headers: Record<string, string> = {}) =>
    fetch(`${endpoint}/_putlogs/mcp`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
      body,
    }).then(({ status }) => status);
  const off = await start(t);
  t.is(await ask(off.endpoint), 404);
  t.notRegex(off.output, /mcp/);
  const on = await start(t, '--mcp');
  t.regex(on.output, /Assistants may read at http:\S+\/_putlogs\/mcp\.\n/);
  t.is(await ask(on.endpoint), 200);
  t.is(await ask(on.endpoint, { origin: 'http://evil.test' }), 403);
});
