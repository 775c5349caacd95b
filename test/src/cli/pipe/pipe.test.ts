import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { answer } from '../../support/answer.js';
import { Command, putlogs } from '../../support/command.js';
import { range } from '../../support/harness.js';
import { linesIn, spoolFolder } from '../../support/spool-folder.js';
import { until } from '../../support/until.js';
import { arrived, environment, service } from './support.js';

test.serial('putlogs pipe sends each line of stdin, and ends when all are delivered', async (t) => {
  const local = await service(t);
  const input = `${range(1000)
    .map((i) => `line ${i}`)
    .join('\n')}\n\nlast, without a newline`;
  const { code, stdout, stderr } = await putlogs(['pipe'], { env: environment(local), input });
  t.is(code, 0);
  t.is(stdout + stderr, '');
  t.is(local.count('/my/app'), 1001);
  t.true(arrived(local).includes('last, without a newline'));
  t.is(local.events('/my/app')[0]?.entity?.keyAttributes?.Name, 'checkout');
});

test.serial(
  "JSON lines keep their own time and text, and Pino's levels become names if that is wished",
  async (t) => {
    const local = await service(t);
    const time = Date.now() - 60_000;
    const input = `{"level":30,"time":${time},"msg":"a"}\n{"timestamp":"${new Date(time + 1).toISOString()}","msg":"b"}\n`;
    const { code } = await putlogs(['pipe', '--level-labels'], { env: environment(local), input });
    t.is(code, 0);
    t.deepEqual(
      local.events('/my/app').map(({ timestamp, message }) => [timestamp, message]),
      [
        [time, `{"level":"info","time":${time},"msg":"a"}`],
        [time + 1, `{"timestamp":"${new Date(time + 1).toISOString()}","msg":"b"}`],
      ],
    );
  },
);

test.serial(
  '--multiline joins the lines of a record, also the first ones, which match nothing',
  async (t) => {
    const local = await service(t);
    const input = '  at the start\nError: first\n  at a\n\n  at b\nError: second\n';
    await putlogs(['pipe', '--multiline', '^\\S'], { env: environment(local), input });
    t.deepEqual(arrived(local), ['  at the start', 'Error: first\n  at a\n\n  at b', 'Error: second']);
  },
);

test('a record of several lines is sent although no other follows', async (t) => {
  const local = await service(t);
  const command = new Command(['pipe', '--multiline', '^\\S'], {
    env: environment(local),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  command.child.stdin?.write('Error: first\n  at a\n');
  await until('the record', () => local.count('/my/app') === 1);
  t.deepEqual(arrived(local), ['Error: first\n  at a']);
  command.child.stdin?.end();
  t.is((await command.ended).code, 0);
  t.is(local.count('/my/app'), 1);
});

test.serial('--tee writes what is read to stdout, byte for byte', async (t) => {
  const local = await service(t);
  const input = 'a\r\n\u00e4\u001b[31m\n\nno newline';
  const { code, stdout } = await putlogs(['pipe', '--tee'], { env: environment(local), input });
  t.is(code, 0);
  t.is(stdout, input);
  t.is(local.count('/my/app'), 3);
});

test.serial('--json prints the counts at the end', async (t) => {
  const local = await service(t);
  const { stderr } = await putlogs(['pipe', '--json'], { env: environment(local), input: 'a\n\nb\n' });
  t.like(JSON.parse(stderr), { accepted: 3, delivered: 2, dropped: { empty: 1 }, pending: 0 });
});

test.serial('what the service rejects is told, and the exit code is 1', async (t) => {
  const local = await service(t);
  local.fault({ kind: 'poison', text: 'bad' });
  const { code, stderr } = await putlogs(['pipe'], { env: environment(local), input: 'good\nbad\n' });
  t.is(code, 1);
  t.regex(stderr, /^putlogs: invalid-event: /m);
  t.regex(stderr, /^putlogs: 1 event delivered, 1 lost$/m);
});

test('while the service is down, events are lost without a spool, which is told', async (t) => {
  const local = await service(t);
  local.fault({ kind: 'error500' });
  const env = environment(local, { PUTLOGS_CLOSE_TIMEOUT_MS: '500' });
  const { code, stderr } = await putlogs(['pipe'], { env, input: 'a\nb\n' });
  t.is(code, 1);
  t.regex(stderr, /^putlogs: 0 events delivered, 2 lost$/m);
});

test('with a spool they are left there, and the next call sends them', async (t) => {
  const local = await service(t);
  const end = local.fault({ kind: 'error500' });
  const env = environment(local, {
    PUTLOGS_CLOSE_TIMEOUT_MS: '500',
    PUTLOGS_SPOOL_DIRECTORY: spoolFolder(t),
  });
  const first = await putlogs(['pipe'], { env, input: 'a\nb\n' });
  t.is(first.code, 0);
  t.regex(first.stderr, /^putlogs: 0 events delivered, 2 left in the spool$/m);
  end();
  const second = await putlogs(['pipe'], { env, input: 'c\n' });
  t.is(second.code, 0);
  t.deepEqual(arrived(local), ['a', 'b', 'c']);
});

test.serial('a kill loses nothing that is in the spool: replay sends it', async (t) => {
  const local = await service(t);
  const end = local.fault({ kind: 'error500' });
  const root = spoolFolder(t);
  const env = environment(local, { PUTLOGS_SPOOL_DIRECTORY: root });
  const command = new Command(['pipe'], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  command.child.stdin?.write('a\nb\n');
  await until('the events on disk', () => linesIn(root) === 4);
  command.child.kill('SIGKILL');
  await command.ended;
  end();
  const { code } = await putlogs(['replay', root], { env });
  t.is(code, 0);
  t.deepEqual(arrived(local), ['a', 'b']);
  t.is(local.events('/my/app')[0]?.entity?.keyAttributes?.Name, 'checkout');
});

test.serial('a file that is larger than the buffer loses nothing, though the service is slow', async (t) => {
  const local = await service(t, { keepEvents: false });
  local.fault({ kind: 'slow', delayMs: 200 });
  const line = `${'x'.repeat(999)}\n`;
  const input = line.repeat(15_000);
  const env = environment(local, { PUTLOGS_MAX_BUFFER_BYTES: String(8 * 1024 * 1024) });
  const { code, stderr } = await putlogs(['pipe', '--json'], { env, input });
  t.is(code, 0, stderr);
  t.is(local.count('/my/app'), 15_000);
});

test.serial('many short lines fit too, each of which takes more room than its text', async (t) => {
  const local = await service(t, { keepEvents: false });
  local.fault({ kind: 'slow', delayMs: 200 });
  const env = environment(local, { PUTLOGS_MAX_BUFFER_BYTES: String(8 * 1024 * 1024) });
  const { code, stderr } = await putlogs(['pipe', '--json'], { env, input: 'y\n'.repeat(400_000) });
  t.is(code, 0, stderr);
  t.is(local.count('/my/app'), 400_000);
});

test('an outage does not hold the writer up', async (t) => {
  const local = await service(t, { keepEvents: false });
  local.fault({ kind: 'error500' });
  const input = `${'x'.repeat(999)}\n`.repeat(15_000);
  const env = environment(local, {
    PUTLOGS_MAX_BUFFER_BYTES: String(8 * 1024 * 1024),
    PUTLOGS_CLOSE_TIMEOUT_MS: '0',
    PUTLOGS_REPORT_TO_STDERR: 'false',
  });
  const { code, stderr } = await putlogs(['pipe', '--json'], { env, input });
  t.is(code, 1);
  t.like(JSON.parse(stderr), { accepted: 15_000, delivered: 0 });
});

for (const [what, args, why] of [
  ['no log group', ['pipe'], /--log-group-name \(PUTLOGS_LOG_GROUP_NAME\): expected/],
  [
    'an invalid pattern',
    ['pipe', '--log-group-name', '/a', '--multiline', '('],
    /--multiline is not a regular/,
  ],
] as const) {
  test(`${what} is an error before anything is read or started`, async (t) => {
    const { code, stdout, stderr } = await answer([...args, '--', 'echo', 'started']);
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, why);
  });
}

test('without a log group the error names the doctor', async (t) => {
  const { stderr } = await answer(['pipe']);
  t.regex(stderr, /^putlogs doctor explains them\.$/m);
});

test.serial('a module that cannot be loaded is told, since records are sent without it', async (t) => {
  const local = await service(t);
  const module = join(spoolFolder(t), 'redact.mjs');
  writeFileSync(module, 'export const format = (');
  const { code, stderr } = await putlogs(['pipe', '--module', module], {
    env: environment(local),
    input: 'a\n',
  });
  t.is(code, 0);
  t.regex(stderr, /^putlogs: module: .*redact\.mjs/m);
});

test.serial('an error of stdin is told, and what was read before is delivered', async (t) => {
  const local = await service(t);
  const server = createServer().listen(0, '127.0.0.1');
  t.teardown(() => server.close());
  await once(server, 'listening');
  const stdin = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [[writer]] = (await Promise.all([once(server, 'connection'), once(stdin, 'connect')])) as [
    [Socket],
    unknown,
  ];
  const command = new Command(['pipe', '--tee'], { env: environment(local), stdio: [stdin, 'pipe', 'pipe'] });
  stdin.destroy();
  writer.write('before\n');
  await command.until(/before/);
  writer.resetAndDestroy();
  const { code } = await command.ended;
  t.deepEqual(arrived(local), ['before']);
  t.is(code, 1);
  t.regex(command.stderr, /^putlogs: reading failed: read ECONNRESET/m);
});

test.serial('a reader of stderr that ends does not end putlogs: all is delivered', async (t) => {
  const local = await service(t);
  const end = local.fault({ kind: 'accessDenied' });
  const command = new Command(['pipe', '--json'], {
    env: environment(local),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  command.child.stdin?.write('a\n');
  await command.until(/denied/);
  command.child.stderr?.destroy();
  end();
  command.child.stdin?.end();
  const [code] = await once(command.child, 'exit');
  t.is(code, 0);
  t.deepEqual(arrived(local), ['a']);
});

test('a record of several lines is not cut while putlogs itself pauses reading', async (t) => {
  const local = await service(t, { keepEvents: false });
  // For longer than a record waits for its next line.
  local.fault({ kind: 'slow', delayMs: 2500 });
  const record = `Error: first\n${`  at ${'x'.repeat(1000)}\n`.repeat(200)}`;
  const env = environment(local, { PUTLOGS_MAX_BUFFER_BYTES: String(8 * 1024 * 1024) });
  const { code } = await putlogs(['pipe', '--multiline', '^\\S'], { env, input: record.repeat(60) });
  t.is(code, 0);
  t.is(local.count('/my/app'), 60);
});
