import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { serve, UsageError } from '@putlogs/local/internal';
import test, { type ExecutionContext } from 'ava';
import { until } from '../../support/until.js';

const CLI = fileURLToPath(new URL('cli.js', import.meta.resolve('@putlogs/local')));

/** Runs the command line. @returns a client for it, and its output and exit code so far */
async function run(t: ExecutionContext, ...args: readonly string[]) {
  const child = spawn(process.execPath, [CLI, '--port', '0', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  t.teardown(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const state = { text: '', code: undefined as number | undefined };
  void ended.then(([code]) => {
    state.code = code;
  });
  for (const output of [child.stdout, child.stderr])
    output.on('data', (chunk: Buffer) => {
      state.text += chunk;
    });
  const find = () => /AWS_ENDPOINT_URL_CLOUDWATCH_LOGS=(http:\S+)[\s\S]*Ctrl\+C/.exec(state.text)?.[1];
  await until('the greeting, or the end', () => find() !== undefined || state.code !== undefined);
  const client = new CloudWatchLogsClient({
    endpoint: find() ?? 'http://127.0.0.1:9',
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  t.teardown(() => client.destroy());
  return { client, state };
}

async function policyFile(t: ExecutionContext, content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'putlogs-policy-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = join(folder, 'policy.json');
  await writeFile(file, content);
  return file;
}

const create = (logGroupName: string) => new CreateLogGroupCommand({ logGroupName });

test('--policy names the file of a policy that is obeyed', async (t) => {
  const statement = {
    Effect: 'Allow',
    Action: 'logs:CreateLogGroup',
    Resource: 'arn:aws:logs:*:*:log-group:/my/*',
  };
  const { client, state } = await run(
    t,
    '--policy',
    await policyFile(t, JSON.stringify({ Statement: statement })),
  );
  await t.notThrowsAsync(client.send(create('/my/app')));
  await t.throwsAsync(client.send(create('/other')), { name: 'AccessDeniedException' });
  await until('the refusal in the output', () => state.text.includes('no identity-based policy allows'));
});

test('a policy that cannot be read or obeyed is an error, with the reason', async (t) => {
  const file = await policyFile(t, '{"Statement":{"Effect":"Allow","Action":"*"}}');
  const cases: readonly (readonly [file: string, reason: RegExp])[] = [
    [file, /--policy .*policy\.json: policy: a statement has either Resource or NotResource/],
    [await policyFile(t, '{'), /--policy .*policy\.json: .*JSON/],
    ['/nowhere/policy.json', /--policy \/nowhere\/policy\.json: ENOENT/],
  ];
  for (const [name, reason] of cases) {
    await t.throwsAsync(serve(['--policy', name]), { instanceOf: UsageError, message: reason });
  }
});

test('--quotas throttles above the quotas of an account', async (t) => {
  const { client } = await run(t, '--quotas');
  let count = 0;
  const names: string[] = [];
  await until('a request is throttled', async () => {
    const burst = Array.from({ length: 50 }, () => client.send(create(`g${count++}`)));
    const ends = await Promise.allSettled(burst);
    for (const end of ends) if (end.status === 'rejected') names.push(end.reason.name);
    return names.length > 0;
  });
  t.deepEqual([...new Set(names)], ['ThrottlingException']);
});
