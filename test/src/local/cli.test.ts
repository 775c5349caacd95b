import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { serve, UsageError } from '@putlogs/local/internal';
import test, { type ExecutionContext } from 'ava';
import { until } from '../support/until.js';

const CLI = fileURLToPath(new URL('cli.js', import.meta.resolve('@putlogs/local')));

/** A running command line and its output so far. */
class Run {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  out = '';
  err = '';

  /** @param args an object among them is the environment */
  constructor(...args: readonly (string | NodeJS.ProcessEnv)[]) {
    const given = args.filter((arg) => typeof arg === 'string');
    const env = args.find((arg) => typeof arg === 'object') ?? process.env;
    this.child = spawn(process.execPath, [CLI, ...given], { stdio: ['ignore', 'pipe', 'pipe'], env });
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.out += chunk;
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.err += chunk;
    });
    this.ended = once(this.child, 'close').then(([code]) => code);
  }

  /** Waits for text in the output; rejects if the process ends without it. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    let over = false;
    void this.ended.then(() => {
      over = true;
    });
    const find = () => pattern.exec(this.out) ?? pattern.exec(this.err);
    await until(
      `${pattern} in the output`,
      () => over || find() !== null,
      () => sleep(10),
    );
    const found = find();
    if (found === null) throw new Error(`ended without ${pattern}: ${this.out}${this.err}`);
    return found;
  }

  /** Waits until it listens. */
  async endpoint(): Promise<string> {
    const [, endpoint = ''] = await this.until(/AWS_ENDPOINT_URL_CLOUDWATCH_LOGS=(http:\S+)[\s\S]*Ctrl\+C/);
    return endpoint;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

/** A client that ends with the test. */
function clientOf(t: ExecutionContext, endpoint: string): CloudWatchLogsClient {
  const client = new CloudWatchLogsClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  t.teardown(() => client.destroy());
  return client;
}

async function listening(t: ExecutionContext, ...args: readonly string[]) {
  const run = new Run('--port', '0', ...args);
  t.teardown(() => run.kill());
  const endpoint = await run.endpoint();
  return { run, endpoint, client: clientOf(t, endpoint) };
}

const putting =
  (client: CloudWatchLogsClient, logStreamName: string) =>
  (message: string, more: object = {}): Promise<unknown> =>
    client.send(
      new PutLogEventsCommand({
        logGroupName: 'g',
        logStreamName,
        logEvents: [{ timestamp: Date.now(), message }],
        ...more,
      }),
    );

/** A service of its own for a test, with the group `g` and its stream `s`. */
async function running(t: ExecutionContext, ...args: readonly string[]) {
  const { run, endpoint, client } = await listening(t, ...args);
  await client.send(new CreateLogGroupCommand({ logGroupName: 'g' }));
  await client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName: 's' }));
  return { run, endpoint, put: putting(client, 's') };
}

/** A service for all tests of what is printed, one after the other. */
let shared: Run | undefined;
let streams = 0;
test.before(async () => {
  shared = new Run('--port', '0');
  await shared.endpoint();
});
test.after.always(() => shared?.kill());

/** A log stream of its own for a test, and what is printed from now on. */
async function printing(t: ExecutionContext) {
  if (!shared) throw new Error('The service has not started.');
  const run = shared;
  const endpoint = await run.endpoint();
  const client = clientOf(t, endpoint);
  const logStreamName = `s${++streams}`;
  if (streams === 1) await client.send(new CreateLogGroupCommand({ logGroupName: 'g' }));
  await client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName }));
  const start = run.out.length;
  const printed = () => run.out.slice(start);
  const untilPrinted = async (pattern: RegExp): Promise<string> => {
    await until(
      `${pattern} in the output`,
      () => pattern.test(printed()),
      () => sleep(10),
    );
    return printed();
  };
  return { endpoint, heading: `\ng ${logStreamName}  `, put: putting(client, logStreamName), untilPrinted };
}

const read = async (endpoint: string, path: string) =>
  JSON.parse(await (await fetch(`${endpoint}/_putlogs/${path}`)).text());

const addFault = (endpoint: string, fault: object) =>
  fetch(`${endpoint}/_putlogs/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault),
  });

const ENTITY = {
  keyAttributes: { Type: 'Service', Name: 'checkout', Environment: 'generic:default' },
  attributes: { Host: 'db7' },
};

test.serial('the greeting says how to point an application at the service, and names the page', async (t) => {
  const { endpoint } = await printing(t);
  const greeting = shared?.out ?? '';
  t.regex(greeting, /export AWS_REGION=us-east-1\n/);
  t.regex(greeting, /export AWS_ACCESS_KEY_ID=local\n/);
  t.true(greeting.includes(` --endpoint-url ${endpoint}\n`));
  t.true(greeting.includes(`  PUTLOGS_ENDPOINT=${endpoint} node app.js`));
  t.true(greeting.includes(` on the page ${endpoint}/. `));
  t.notRegex(greeting, /chaos/i);
});

test.serial('each event is printed, with its source whenever that changes', async (t) => {
  const { put, heading, untilPrinted } = await printing(t);
  await put('first', { entity: ENTITY });
  await put('second', { entity: ENTITY });
  await put('third');
  const printed = await untilPrinted(/third/);
  t.is(
    printed.replace(/^[\d:.]+Z/gm, '-'),
    [
      `${heading}Service checkout generic:default (Host=db7)\n- first\n- second\n`,
      `${heading}(no entity)\n- third\n`,
    ].join(''),
  );
});

test.serial('refused requests are printed with the reason', async (t) => {
  const { put, untilPrinted } = await printing(t);
  await t.throwsAsync(put('', {}));
  await untilPrinted(/PutLogEvents 400 InvalidParameterException: 1 validation error detected: Value '' at/);
  await t.throwsAsync(put('x', { logStreamName: 'none' }));
  await untilPrinted(/PutLogEvents 400 ResourceNotFoundException: The specified log stream does not exist\./);
});

test.serial('the fault of a request is printed, also if it succeeded or was not answered', async (t) => {
  const { put, endpoint, heading, untilPrinted } = await printing(t);
  for (const kind of ['throttle', 'html502', 'reset', 'lostAnswer']) {
    await addFault(endpoint, { kind, times: 1 });
    await t.throwsAsync(put(kind));
  }
  await addFault(endpoint, { kind: 'slow', delayMs: 0, times: 1 });
  await put('late');
  await put('done');
  const printed = await untilPrinted(/done/);
  t.is(
    printed.replace(/^[\d:.]+Z/gm, '-'),
    [
      '- PutLogEvents 400 ThrottlingException: Rate exceeded (fault: throttle)',
      '- PutLogEvents 502 (fault: html502)',
      '- PutLogEvents not answered (fault: reset)',
      `${heading}(no entity)`,
      '- lostAnswer',
      '- PutLogEvents not answered (fault: lostAnswer)',
      '- late',
      '- PutLogEvents 200 (fault: slow)',
      '- done',
      '',
    ].join('\n'),
  );
});

test.serial('rejected events are printed', async (t) => {
  const { put, untilPrinted } = await printing(t);
  const logEvents = [
    { timestamp: 1, message: 'old' },
    { timestamp: Date.now(), message: 'new' },
  ];
  await put('', { logEvents });
  const printed = await untilPrinted(/new\nrejected in part: \{"tooOldLogEventEndIndex":1\}\n/);
  t.false(printed.includes('old\n'));
});

test.serial('a batch of rejected events is printed', async (t) => {
  const { put, heading, untilPrinted } = await printing(t);
  await put('', { logEvents: [{ timestamp: 1, message: 'old' }] });
  await put('done');
  const printed = await untilPrinted(/done/);
  t.true(
    printed.includes(`${heading}(no entity)\nall events rejected: {"tooOldLogEventEndIndex":1}\n`),
    printed,
  );
  t.false(printed.includes('old\n'));
});

test.serial('the reason for the rejection of an entity is printed', async (t) => {
  const { put, untilPrinted } = await printing(t);
  await put('kept', { entity: { keyAttributes: { ...ENTITY.keyAttributes, Type: 'Thing' } } });
  await put('done');
  t.regex(await untilPrinted(/done/), /\(no entity\)\n[\d:.]+Z kept\nentity rejected: InvalidTypeValue\n/);
});

const HOSTILE =
  '\u001b]0;title\u0007\u001b[2J\u009b31m\r\n\tover\u202e\u007f\u061c\u200f\u2028\u2029\u2066\u0085';
/** Control characters, line separators and characters that change the direction of text, except our own newlines. */
const OBEYED = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

test.serial('terminal control characters in events are escaped', async (t) => {
  const { put, untilPrinted } = await printing(t);
  await put(HOSTILE, { entity: { keyAttributes: { ...ENTITY.keyAttributes, Name: '\u001b[31mname' } } });
  const printed = await untilPrinted(/over/);
  t.true(printed.includes('Service \\u001b[31mname generic:default'));
  t.true(
    printed.includes(
      ' \\u001b]0;title\\u0007\\u001b[2J\\u009b31m\\r\\n\\tover\\u202e\\u007f\\u061c\\u200f\\u2028\\u2029\\u2066\\u0085\n',
    ),
  );
  t.notRegex(printed, OBEYED);
});

test.serial('terminal control characters are escaped in the control interface too', async (t) => {
  const { put, endpoint } = await printing(t);
  await put(HOSTILE);
  await t.throwsAsync(put(`x`, { logStreamName: `${HOSTILE}:` }));
  for (const path of ['events?logGroupName=g', 'requests']) {
    const text = await (await fetch(`${endpoint}/_putlogs/${path}`)).text();
    t.notRegex(text, OBEYED);
    t.true(JSON.stringify(JSON.parse(text)).includes(JSON.stringify(HOSTILE).slice(1, -1)), path);
  }
});

test('terminal control characters are escaped in messages about arguments too', async (t) => {
  const run = new Run('--port', HOSTILE);
  t.is(await run.ended, 2);
  t.notRegex(run.err, OBEYED);
});

test.serial('terminal control characters are escaped in the reason of a rejected entity too', async (t) => {
  const { put, endpoint, untilPrinted } = await printing(t);
  await addFault(endpoint, { kind: 'entityRejected', errorType: HOSTILE, times: 1 });
  await put('kept', { entity: ENTITY });
  await put('done');
  const printed = await untilPrinted(/done/);
  t.true(printed.includes('entity rejected: \\u001b]0;title'));
  t.notRegex(printed, OBEYED);
});

test('with --json stdout contains only JSON, safe for a terminal', async (t) => {
  const { run, put } = await running(t, '--json');
  await put(HOSTILE, { entity: ENTITY });
  await put('old', { logEvents: [{ timestamp: 1, message: 'old' }], entity: { attributes: { k: 'v' } } });
  await put('done');
  await run.until(/done/);
  const [first = '', second = ''] = run.out.split('\n');
  t.notRegex(run.out, OBEYED);
  const { timestamp, ingestionTime, ...rest } = JSON.parse(first);
  t.deepEqual(rest, { logGroupName: 'g', logStreamName: 's', message: HOSTILE, entity: ENTITY });
  t.true(Number.isInteger(timestamp) && Number.isInteger(ingestionTime));
  t.like(JSON.parse(second), { message: 'done', entity: null });
});

test('the newest 10,000 requests and the newest 32 MiB of events are kept', async (t) => {
  const { endpoint } = await running(t);
  const socket = connect(Number(new URL(endpoint).port), '127.0.0.1');
  // Two requests came before these. The last of these asks for the connection to be closed.
  socket.write('GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(9_998));
  socket.end('GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  await once(socket.resume(), 'close');
  const requests = await read(endpoint, 'requests');
  t.is(requests.length, 10_000);
  t.is(requests[0].operation, 'CreateLogStream');
  const live = await fetch(`${endpoint}/_putlogs/live`);
  let state = '';
  for await (const chunk of live.body ?? []) {
    state += Buffer.from(chunk).toString();
    if (/"keepEventBytes":\d+\D/.test(state)) break;
  }
  t.regex(state, /"keepEventBytes":33554432\D/);
});

test('--chaos gives the same faults for the same seed', async (t) => {
  const { run, endpoint, client } = await listening(t, '--chaos=222');
  t.regex(run.out, /5 % throttle, 3 % error500, 2 % reset, 1 % slow, 1 % lostAnswer\. .* --chaos=222\.\n/);
  for (let number = 0; number < 10; number++) {
    await client.send(new CreateLogGroupCommand({ logGroupName: `${number}` })).catch(() => undefined);
  }
  const requests: readonly { readonly fault?: string }[] = await read(endpoint, 'requests');
  t.deepEqual(
    requests.map(({ fault = '-' }) => fault),
    ['-', 'reset', 'throttle', '-', 'error500', '-', '-', '-', '-', 'lostAnswer'],
  );
});

test('--chaos without a seed chooses one and prints it', async (t) => {
  const { run } = await listening(t, '--chaos', '--json');
  t.regex(run.err, /use --chaos=\d+\.\n/);
  t.is(run.out, '');
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} ends the service`, async (t) => {
    const { run } = await running(t);
    run.child.kill(signal);
    t.is(await run.ended, 0);
    t.is(run.err, '');
  });
}

test('the service ends when the reader of its output has ended', async (t) => {
  const { run, put } = await running(t);
  run.child.stdout?.destroy();
  await put('unread');
  t.is(await run.ended, 0);
});

for (const args of [
  ['--bogus'],
  ['--port', '65536'],
  ['--port', '-1'],
  ['--host', ''],
  ['--chaos='],
  ['--chaos=x'],
  ['--chaos=-1'],
  ['--chaos=1.5'],
  ['--chaos=4294967296'],
  ['stray'],
]) {
  test(`invalid arguments are refused: ${args.join(' ')}`, async (t) => {
    await t.throwsAsync(serve(args), { instanceOf: UsageError });
  });
}

test('what is wrong with the arguments is printed, with the usage', async (t) => {
  const run = new Run('--port', 'x');
  t.is(await run.ended, 2);
  t.regex(run.err, /^--port is not a port: x\n\nUsage: putlogs-local \[options\]\n/);
  t.is(run.out, '');
});

if (process.platform === 'linux') {
  test('--open opens the page with the program that the system has for it', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'putlogs-open-'));
    t.teardown(() => rm(folder, { recursive: true }));
    const seen = join(folder, 'seen');
    await writeFile(
      join(folder, 'xdg-open'),
      `#!/bin/sh\nprintf %s "$1" > ${seen}.new && mv ${seen}.new ${seen}\n`,
    );
    await chmod(join(folder, 'xdg-open'), 0o755);
    const run = new Run({ PATH: `${folder}:/usr/bin:/bin` }, '--port', '0', '--open');
    t.teardown(() => run.child.kill('SIGKILL'));
    const [, endpoint = ''] = await run.until(/on the page (http:\S+)\. /);
    await until(
      'xdg-open',
      () => existsSync(seen),
      () => sleep(10),
    );
    t.is(await readFile(seen, 'utf8'), endpoint);
  });

  test('--open says so if no program opens a browser, and the service runs', async (t) => {
    const run = new Run({ PATH: '/nonexistent' }, '--port', '0', '--open');
    t.teardown(() => run.child.kill('SIGKILL'));
    const [, address = ''] = await run.until(/No program here opens a browser\. Open (http:\S+) yourself\./);
    t.is((await fetch(`${address}_putlogs/health`)).status, 200);
  });
}

test('--help and --version print help and version', async (t) => {
  const help = new Run('--help');
  t.is(await help.ended, 0);
  t.regex(help.out, /^Usage: putlogs-local/);
  // With the largest seed.
  const version = new Run('--chaos=4294967295', '--version');
  t.is(await version.ended, 0);
  t.regex(version.out, /^\d+\.\d+\.\d+\n$/);
});

test('the error for a port in use is one sentence', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.teardown(() => other.close());
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const run = new Run('--port', String(port));
  t.is(await run.ended, 1);
  t.is(run.err, `Port ${port} of 127.0.0.1 is in use. Choose another with --port, or 0 for a free one.\n`);
});
