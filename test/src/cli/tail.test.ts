import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { type Local, type StartOptions, start } from '@putlogs/local';
import test, { type ExecutionContext } from 'ava';
import { answer } from '../support/answer.js';
import { Command, testOnTerminal } from '../support/command.js';
import { range } from '../support/harness.js';
import { until } from '../support/until.js';

const ENTITY = { keyAttributes: { Type: 'Service', Name: 'checkout', Environment: 'ecs:prod' } };

/** A service, and a way to write to it. */
async function service(t: ExecutionContext, options: StartOptions = {}) {
  const local: Local = await start(options);
  t.teardown(() => local.close());
  const client = new CloudWatchLogsClient({
    endpoint: local.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  t.teardown(() => client.destroy());
  const known = new Set<string>();
  const put = async (
    messages: readonly string[],
    { group = '/my/app', stream = 'a', at = Date.now() - 1000 } = {},
  ) => {
    const names = { logGroupName: group, logStreamName: stream };
    if (!known.has(group)) await client.send(new CreateLogGroupCommand(names));
    if (!known.has(`${group} ${stream}`)) await client.send(new CreateLogStreamCommand(names));
    known.add(group).add(`${group} ${stream}`);
    const logEvents = messages.map((message, i) => ({ timestamp: at + i, message }));
    await client.send(new PutLogEventsCommand({ ...names, logEvents, entity: ENTITY }));
  };
  return { local, put };
}

/** The messages in lines of JSON. */
function messagesIn(stdout: string): string[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).message);
}

const PINO = JSON.stringify({
  level: 30,
  time: 1,
  pid: 1,
  hostname: 'db7',
  msg: 'order placed',
  orderId: 42,
  path: '/a b',
});
const WINSTON = JSON.stringify({
  level: 'error',
  message: 'failed',
  err: { type: 'Error', stack: 'Error: x\n    at y' },
});

test.serial(
  'putlogs tail prints events in order of time, with JSON unfolded and the entity at the head',
  async (t) => {
    const { local, put } = await service(t);
    const at = Date.now() - 60_000;
    await put(['plain text', PINO, WINSTON], { at });
    const { code, stdout, stderr } = await answer(['tail', '/my/app'], { env: local.env });
    t.is(code, 0);
    t.is(stderr, '');
    const time = (i: number) => new Date(at + i).toISOString().slice(11, 23);
    t.deepEqual(stdout.split('\n'), [
      '/my/app  Service checkout in ecs:prod',
      `${new Date(at).toISOString().slice(0, 10)} a`,
      `${time(0)} plain text`,
      `${time(1)} INFO  order placed time=1 orderId=42 path="/a b"`,
      `${time(2)} ERROR failed`,
      '             Error: x',
      '                 at y',
      '',
    ]);
  },
);

test.serial('--raw prints messages as they are, --json lines of JSON', async (t) => {
  const { local, put } = await service(t);
  const at = Date.now() - 60_000;
  await put([PINO], { at });
  const raw = await answer(['tail', '--raw', '/my/app'], { env: local.env });
  t.true(raw.stdout.includes(PINO));
  const json = await answer(['tail', '--json', '/my/app'], { env: local.env });
  t.like(JSON.parse(json.stdout), {
    logGroupName: '/my/app',
    logStreamName: 'a',
    timestamp: at,
    message: PINO,
  });
});

test.serial('--since, --filter and --stream choose what is read', async (t) => {
  const { local, put } = await service(t);
  const hour = 3_600_000;
  await put(['old'], { at: Date.now() - 3 * hour });
  await put(['{"level":"error","n":1}', '{"level":"info","n":2}'], { stream: 'db7/1' });
  await put(['{"level":"error","n":3}'], { stream: 'web/db7' });
  const read = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await answer(['tail', '--json', ...args, '/my/app'], {
      env: local.env,
    });
    t.is(code, 0, stderr);
    return messagesIn(stdout).map((message) => /\d/.exec(message)?.[0] ?? message);
  };
  t.deepEqual((await read()).toSorted(), ['1', '2', '3']);
  t.deepEqual((await read('-s', '4h')).toSorted(), ['1', '2', '3', 'old']);
  t.deepEqual((await read('--since', new Date(Date.now() - 4 * hour).toISOString())).length, 4);
  t.deepEqual((await read('--filter', '{ $.level = "error" }')).toSorted(), ['1', '3']);
  t.deepEqual(await read('--stream', 'db7'), ['1', '2']);
  t.deepEqual(await read('--stream', '*db7'), ['3']);
  t.deepEqual(await read('--stream', 'w*7'), ['3']);
});

test.serial('several log groups are merged in order of time', async (t) => {
  const { local, put } = await service(t);
  const at = Date.now() - 60_000;
  await put(['1', '4'], { group: '/a', at });
  await put(['2', '3'], { group: '/b', at });
  await put(['5'], { group: '/a', at: at + 5 });
  const { stdout } = await answer(['tail', '--json', '/a', '/b'], { env: local.env });
  t.deepEqual(messagesIn(stdout), ['1', '2', '4', '3', '5']);
  const text = await answer(['tail', '/a', '/b'], { env: local.env });
  t.regex(text.stdout, /^\d{4}-\d\d-\d\d \/b a$/m);
});

test.serial('all pages are read', async (t) => {
  const { local, put } = await service(t);
  for (const i of range(4))
    await put(
      range(900).map((n) => `${i}-${n} ${'.'.repeat(1000)}`),
      { at: Date.now() - 60_000 + 1000 * i },
    );
  const { stdout } = await answer(['tail', '--json', '/my/app'], { env: local.env });
  t.is(new Set(messagesIn(stdout)).size, 3600);
});

for (const [how, args, denied, note] of [
  ['Live Tail', ['--follow'], false, ''],
  ['polling', ['--poll'], false, ''],
  [
    'polling where Live Tail is denied',
    ['--follow'],
    true,
    'putlogs: Live Tail cannot be used (AccessDeniedException). Asking every 2 s instead.\n',
  ],
] as const) {
  test(`by ${how}, each event is printed once: those that were there, and those that arrive`, async (t) => {
    const { local, put } = await service(t);
    if (denied) local.fault({ kind: 'accessDenied', operation: 'StartLiveTail' });
    // Equal events of the same moment are several all the same.
    const at = Date.now() - 60_000;
    await put(['before'], { at });
    await put(['before'], { at });
    const command = new Command(['tail', '--json', ...args, '/my/app'], { env: local.env });
    await command.until(/before[\s\S]*before/);
    await put(['first']);
    await command.until(/first/);
    await put(['second'], { stream: 'b' });
    await command.until(/second/);
    command.child.kill('SIGINT');
    t.is((await command.ended).code, 0);
    t.deepEqual(messagesIn(command.stdout), ['before', 'before', 'first', 'second']);
    t.is(command.stderr, note);
    const operations = local.requests
      .filter(({ status }) => status === 200)
      .map(({ operation }) => operation);
    t.is(operations.includes('StartLiveTail'), how === 'Live Tail');
  });
}

test.serial('--follow prints what arrives while what was there is read', async (t) => {
  const { local, put } = await service(t);
  await put(['before']);
  // The answer has what was there when it was asked for.
  const end = local.fault({ kind: 'slow', delayMs: 1000, operation: 'FilterLogEvents' });
  const command = new Command(['tail', '--json', '--follow', '/my/app'], { env: local.env });
  await until(
    'the question',
    () => local.requests.some(({ operation }) => operation === 'FilterLogEvents'),
    () => sleep(5),
  );
  await put(['meanwhile'], { at: Date.now() });
  end();
  await command.until(/meanwhile/);
  await put(['after'], { at: Date.now() });
  await command.until(/after/);
  command.child.kill('SIGTERM');
  t.is((await command.ended).code, 0);
  t.deepEqual(messagesIn(command.stdout), ['before', 'meanwhile', 'after']);
});

test('an event that is both there and arrives is printed once', async (t) => {
  const { local, put } = await service(t);
  await put(['before']);
  // Live Tail has begun when the question is refused; it is asked again.
  local.fault({ kind: 'throttle', operation: 'FilterLogEvents', times: 2 });
  const command = new Command(['tail', '--json', '--follow', '/my/app'], { env: local.env });
  await until(
    'the question',
    () => local.requests.some(({ operation }) => operation === 'FilterLogEvents'),
    () => sleep(5),
  );
  await put(['meanwhile'], { at: Date.now() });
  await command.until(/meanwhile/);
  await put(['after'], { at: Date.now() });
  await command.until(/after/);
  command.child.kill('SIGTERM');
  await command.ended;
  t.deepEqual(messagesIn(command.stdout), ['before', 'meanwhile', 'after']);
});

test.serial('what Live Tail leaves out is told', async (t) => {
  const { local, put } = await service(t);
  await put(['before']);
  const command = new Command(['tail', '--json', '--follow', '/my/app'], { env: local.env });
  await command.until(/before/);
  await put(range(2000).map((i) => `record ${i}`));
  await command.until(/Live Tail leaves some out/);
  command.child.kill('SIGINT');
  t.is((await command.ended).code, 0);
  t.is(
    command.stderr,
    'putlogs: More than 500 events a second: Live Tail leaves some out. --poll does not.\n',
  );
});

test.serial('events are escaped', async (t) => {
  const { local, put } = await service(t);
  const bad = '\u001b[31mred\u202e\u0007';
  await put([bad, JSON.stringify({ level: bad, msg: `a\n${bad}`, [bad]: bad })]);
  for (const args of [['tail'], ['tail', '--raw'], ['tail', '--json']]) {
    const { stdout } = await answer([...args, '/my/app'], { env: local.env });
    t.notRegex(stdout.replaceAll('\n', ''), /[\p{Cc}\u202e]/u);
    t.true(stdout.includes('\\u001b[31mred'));
  }
});

for (const [noColor, isColoured] of [
  ['', true],
  ['1', false],
] as const) {
  testOnTerminal(
    `on a terminal levels are ${isColoured ? '' : 'not '}coloured with NO_COLOR=${noColor}`,
    async (t) => {
      const { local, put } = await service(t);
      await put([WINSTON]);
      const env = { ...local.env, TERM: 'xterm', ...(noColor && { NO_COLOR: noColor }) };
      const command = Command.onTerminal(['tail', '/my/app'], { env });
      t.is((await command.ended).code, 0);
      t.is(command.stdout.includes('\u001b[31mERROR'), isColoured);
    },
  );
}

test.serial('a log group that does not exist, or may not be read, is an error', async (t) => {
  const { local, put } = await service(t);
  await put(['x']);
  const missing = await answer(['tail', '/my/ap'], { env: local.env });
  t.is(missing.code, 1);
  t.is(missing.stderr, 'putlogs: there is no log group /my/ap in us-east-1.\n');
  local.fault({ kind: 'accessDenied', operation: 'FilterLogEvents' });
  const denied = await answer(['tail', '--json', '/my/app'], { env: local.env });
  t.is(denied.code, 1);
  t.regex(
    denied.stderr,
    /^putlogs: AccessDeniedException: .*logs:FilterLogEvents.*\(putlogs doctor says more\)$/m,
  );
});

for (const how of ['--follow', '--poll'])
  test(`${how} waits for a log group that does not exist yet, also in an outage`, async (t) => {
    const { local, put } = await service(t);
    const command = new Command(['tail', '--json', how, '/my/app'], { env: local.env });
    await command.until(/waiting for it/);
    const end = local.fault({ kind: 'throttle', operation: 'DescribeLogGroups' });
    await command.until(/Trying again/);
    await put(['first']);
    end();
    await command.until(/first/);
    command.child.kill('SIGINT');
    t.is((await command.ended).code, 0);
    t.deepEqual(messagesIn(command.stdout), ['first']);
    const [waiting, outage, ...more] = command.stderr.trimEnd().split('\n');
    t.is(waiting, 'putlogs: there is no log group /my/app in us-east-1 yet: waiting for it.');
    t.regex(outage ?? '', /^putlogs: ThrottlingException: .*Trying again\.$/);
    t.deepEqual(more, []);
  });

test.serial('a signal ends the wait for a log group', async (t) => {
  const { local } = await service(t);
  const command = new Command(['tail', '--follow', '/my/app'], { env: local.env });
  await command.until(/waiting for it/);
  command.child.kill('SIGTERM');
  t.is((await command.ended).code, 0);
  t.is(command.stdout, '');
});

test('without a Region, it says how to name one', async (t) => {
  const { code, stderr } = await answer(['tail', '/my/app']);
  t.is(code, 1);
  t.is(stderr, 'putlogs: no AWS Region is known: name it by --region or AWS_REGION\n');
});

test.serial('without a log group, that of the options is read', async (t) => {
  const { local, put } = await service(t);
  await put(['x']);
  const env = { ...local.env, PUTLOGS_LOG_GROUP_NAME: '/my/app' };
  const { stdout } = await answer(['tail', '--json'], { env });
  t.deepEqual(messagesIn(stdout), ['x']);
});

for (const [args, why] of [
  [['tail'], /Which log group\?/],
  [['tail', '--since', 'yesterday', '/a'], /--since: expected 30s, 10m, 2h, 1d or a time; given: yesterday/],
  [['tail', 'bad name'], /^putlogs: log group: expected 1 to 512 letters, .*; given: bad name$/m],
  [['tail', '--log-group-name', '/{service}'], /^putlogs: log group: expected .*; given: \/\{service\}$/m],
] as const) {
  test(`putlogs ${args.join(' ')} is a mistake`, async (t) => {
    const { code, stderr } = await answer(args);
    t.is(code, 2);
    t.regex(stderr, why);
  });
}

for (const [message, line] of [
  [{ message: { a: 1 } }, ' message={"a":1}'],
  [{ msg: 'a', message: 'b' }, 'b msg=a'],
  [{ level: 'constructor', msg: 'a' }, 'CONSTRUCTOR a'],
  [{ level: { a: 1 }, msg: 'a' }, 'a level={"a":1}'],
  [{ msg: 'a', cause: { stack: 's', code: 1 } }, 'a cause={"stack":"s","code":1}'],
  [
    { msg: 'a', err: { type: 'Error', message: 'x', stack: 'Error: x', code: 'E1' } },
    'a err.code=E1\n Error: x',
  ],
  [{ msg: 'a', stack: 'one', err: { stack: 'two' } }, 'a err={"stack":"two"}\n one'],
  [{ msg: 'a', time: '2001-01-01T00:00:00Z', v: 2 }, 'a time=2001-01-01T00:00:00Z v=2'],
] as const) {
  test.serial(`nothing of a line of JSON is left out: ${JSON.stringify(message)}`, async (t) => {
    const { local, put } = await service(t);
    await put([JSON.stringify(message)]);
    const { code, stdout } = await answer(['tail', '/my/app'], { env: local.env });
    t.is(code, 0);
    const printed = stdout.split('\n').slice(2, -1).join('\n');
    t.is(printed.replace(/^\S+ /, '').replaceAll(/\n +/g, '\n '), line);
  });
}

test('a session that the service ends after three hours is followed by another', async (t) => {
  let offset = 0;
  const { local, put } = await service(t, { now: () => Date.now() + offset });
  await put(['before']);
  const command = new Command(['tail', '--json', '--follow', '/my/app'], { env: local.env });
  await command.until(/before/);
  offset = 3 * 3_600_000;
  const sessions = () => local.requests.filter(({ operation }) => operation === 'StartLiveTail').length;
  await until(
    'another session',
    () => sessions() === 2,
    () => sleep(10),
  );
  await put(['after']);
  await command.until(/after/);
  command.child.kill('SIGINT');
  t.is((await command.ended).code, 0);
  t.deepEqual(messagesIn(command.stdout), ['before', 'after']);
  t.is(command.stderr, '');
});

test.serial('Live Tail is not blamed for what else is denied', async (t) => {
  const { local, put } = await service(t);
  await put(['before']);
  local.fault({ kind: 'accessDenied', operation: 'FilterLogEvents' });
  const { code, stderr } = await answer(['tail', '--json', '--follow', '/my/app'], { env: local.env });
  t.is(code, 1);
  t.regex(stderr, /^putlogs: AccessDeniedException: .*logs:FilterLogEvents/);
});

test('--poll goes on after an outage, which it tells once', async (t) => {
  const { local, put } = await service(t);
  await put(['before']);
  const command = new Command(['tail', '--json', '--poll', '/my/app'], { env: local.env });
  await command.until(/before/);
  const end = local.fault({ kind: 'error500', operation: 'FilterLogEvents' });
  await command.until(/Trying again/);
  end();
  await put(['after']);
  await command.until(/after/);
  command.child.kill('SIGINT');
  t.is((await command.ended).code, 0);
  t.is(command.stderr.trimEnd().split('\n').length, 1);
  t.deepEqual(messagesIn(command.stdout), ['before', 'after']);
});

test('an event of the future does not hide those of now', async (t) => {
  const { local, put } = await service(t);
  await put(['future'], { at: Date.now() + 3_600_000 });
  const command = new Command(['tail', '--json', '--poll', '/my/app'], { env: local.env });
  await command.until(/future/);
  await put(['now']);
  await command.until(/now/);
  command.child.kill('SIGINT');
  await command.ended;
  t.deepEqual(messagesIn(command.stdout), ['future', 'now']);
});

testOnTerminal('on a terminal no line of progress stands between the events', async (t) => {
  const { local, put } = await service(t);
  await put(['before']);
  const command = Command.onTerminal(['tail', '--follow', '/my/app'], { env: local.env });
  await command.until(/before/);
  await put(['first']);
  await command.until(/first/);
  await put(['second'], { stream: 'b' });
  await command.until(/second/);
  command.child.kill('SIGINT');
  await command.ended;
  t.notRegex(command.stdout.slice(command.stdout.indexOf('before')), /Reading/);
});

test.serial('--show-entity tells why there is none', async (t) => {
  const { local, put } = await service(t);
  await put(['x']);
  local.fault({ kind: 'accessDenied', operation: 'StartQuery' });
  const { code, stderr } = await answer(['tail', '--show-entity', '/my/app'], { env: local.env });
  t.is(code, 0);
  t.regex(stderr, /^putlogs: the entities cannot be read: AccessDeniedException: .*logs:StartQuery/);
});

for (const flag of ['--raw', '--show-entity'])
  test(`${flag} and --json exclude each other`, async (t) => {
    const { code, stderr } = await answer(['tail', flag, '--json', '/my/app']);
    t.is(code, 2);
    t.regex(stderr, /cannot be used with option '--json'/);
  });
