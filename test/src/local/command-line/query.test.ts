import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { CreateLogGroupCommand, CreateLogStreamCommand } from '@aws-sdk/client-cloudwatch-logs';
import test from 'ava';
import { bench, HOUR, NOW, sharedBench } from '../support.js';

const CLI = fileURLToPath(new URL('cli.js', import.meta.resolve('@putlogs/local')));

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command, by default against the endpoint in the environment. */
function run(endpoint: string, ...args: readonly string[]): Promise<Result> {
  const env = { ...process.env, AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: endpoint };
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, 'query', ...args], { env }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err });
    });
  });
}

const ENTITY = { keyAttributes: { Type: 'Service', Name: 'shop', Environment: 'ecs:prod' } };

const shared = sharedBench(async (made) => {
  await made.client.send(new CreateLogGroupCommand({ logGroupName: 'h' }));
  await made.client.send(new CreateLogStreamCommand({ logGroupName: 'h', logStreamName: 's' }));
  await made.put({
    logGroupName: 'h',
    logEvents: [{ timestamp: NOW, message: '{"level":50,"msg":"in h"}' }],
  });
  await made.put({
    entity: ENTITY,
    logEvents: [
      { timestamp: NOW - 2 * HOUR, message: '{"level":50,"msg":"early","status":500}' },
      { timestamp: NOW, message: '{"level":30,"msg":"late","status":200}' },
    ],
  });
});

test('query prints the events that match, with their source', async (t) => {
  const { local } = await shared();
  const { code, out, err } = await run(local.endpoint, 'level:error');
  t.is(code, 0);
  t.is(err, '');
  t.is(
    out,
    '\ng s  Service shop ecs:prod\n10:00:00.000Z {"level":50,"msg":"early","status":500}\n\nh s  (no entity)\n12:00:00.000Z {"level":50,"msg":"in h"}\n',
  );
});

for (const [args, expected] of [
  [['level:error', '--group', 'g'], ['early']],
  [['level:error', '--group', 'h', '--stream', 's'], ['in h']],
  [['level:error', 'status:500'], ['early']],
  [['--pattern', '{ $.status = 200 }'], ['late']],
  [['--since', '2026-11-24T11:00:00Z', 'status:*'], ['late']],
  [
    ['--since', '36500d', 'status:*'],
    ['early', 'late'],
  ],
  [['--', '-status:*'], ['in h']],
] as const) {
  test(`query --json ${args.join(' ')} prints ${expected.join(' and ')}`, async (t) => {
    const { local } = await shared();
    const { code, out } = await run(local.endpoint, '--json', ...args);
    t.is(code, 0);
    const messages = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(JSON.parse(line).message).msg);
    t.deepEqual(messages, [...expected]);
  });
}

test('query ends with 1 if nothing matches', async (t) => {
  const { local } = await shared();
  t.deepEqual(await run(local.endpoint, 'nowhere'), { code: 1, out: '', err: '' });
});

test('query says that there is more', async (t) => {
  const { local } = await shared();
  const { code, err } = await run(local.endpoint, '--limit', '1');
  t.is(code, 0);
  t.is(err, '2 older events match too: see --limit.\n');
});

for (const [args, message] of [
  [['status>='], /^A value is missing after status>=\.\n$/],
  [['--pattern', '{ $.x'], /must end with '}'/],
  [['--limit', '0'], /^limit is an integer from 1 to 10000\.\n$/],
  [
    ['--since', 'yesterday'],
    /^--since is neither a span such as 15m nor a date: yesterday\n\nUsage: putlogs-local query/,
  ],
  [['--bogus'], /--bogus[\s\S]*\n\nUsage: putlogs-local query/],
] as const) {
  test(`query ${args.join(' ')} ends with 2 and a reason`, async (t) => {
    const { local } = await shared();
    const { code, out, err } = await run(local.endpoint, ...args);
    t.is(code, 2);
    t.is(out, '');
    t.regex(err, message);
  });
}

test('query says that no service runs, or that something else does', async (t) => {
  t.like(await run('http://127.0.0.1:1', 'x'), {
    code: 2,
    err: 'No putlogs-local answers at http://127.0.0.1:1: start it, or use --endpoint.\n',
  });
  const other = createServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1');
  t.teardown(() => other.close());
  await once(other, 'listening');
  const address = other.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  t.like(await run('http://127.0.0.1:1', '--endpoint', url), {
    code: 2,
    err: `What answers at ${url} is not putlogs-local.\n`,
  });
});

test('query --help prints its options', async (t) => {
  const { code, out } = await run('', '--help');
  t.is(code, 0);
  t.regex(out, /^Usage: putlogs-local query/);
});

test('a reader that ends early, such as head, is no failure', async (t) => {
  const made = await bench(t);
  const logEvents = Array.from({ length: 5_000 }, () => ({ timestamp: NOW, message: 'x'.repeat(100) }));
  await made.put({ logEvents });
  const child = spawn(
    process.execPath,
    [CLI, 'query', '--limit', '5000', '--endpoint', made.local.endpoint],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    err += chunk;
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const [code] = await once(child, 'close');
  t.is(err, '');
  t.is(code, 0);
});

test('query is answered by a service at a name that is not of loopback, as that of a container', async (t) => {
  const { local } = await shared();
  // It leads to this machine, but is none of the names that the control interface answers at.
  const name = `http://[::ffff:127.0.0.1]:${local.port}`;
  t.is((await fetch(`${name}/_putlogs/search`)).status, 403);
  t.is((await run(name, 'status:500')).code, 0);
});
