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
  GetLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
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
}

async function listening(t: ExecutionContext, ...args: readonly string[]) {
  const run = new Run('--port', '0', ...args);
  t.teardown(async () => {
    run.child.kill('SIGKILL');
    await run.ended;
  });
  const [, endpoint = ''] = await run.until(/AWS_ENDPOINT_URL_CLOUDWATCH_LOGS=(http:\S+)[\s\S]*Ctrl\+C/);
  const client = new CloudWatchLogsClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  t.teardown(() => client.destroy());
  return { run, endpoint, client };
}

async function running(t: ExecutionContext, ...args: readonly string[]) {
  const { run, endpoint, client } = await listening(t, ...args);
  const put = (message: string, more: object = {}) =>
    client.send(
      new PutLogEventsCommand({
        logGroupName: 'g',
        logStreamName: 's',
        logEvents: [{ timestamp: Date.now(), message }],
        ...more,
      }),
    );
  await client.send(new CreateLogGroupCommand({ logGroupName: 'g' }));
  await client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName: 's' }));
  return { run, put, client, endpoint };
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

test('the greeting says how to point an application at the service', async (t) => {
  const { run } = await running(t);
  t.regex(run.out, /export AWS_REGION=us-east-1\n/);
  t.regex(run.out, /export AWS_ACCESS_KEY_ID=local\n/);
});

test('each event is printed, with its source whenever that changes', async (t) => {
  const { run, put } = await running(t);
  await put('first', { entity: ENTITY });
  await put('second', { entity: ENTITY });
  await put('third');
  await run.until(/third/);
  const events = run.out.slice(run.out.indexOf('\ng s'));
  t.regex(
    events,
    /^\ng s {2}Service checkout generic:default \(Host=db7\)\n[\d:.]+Z first\n[\d:.]+Z second\n\ng s {2}\(no entity\)\n[\d:.]+Z third\n$/,
  );
});

test('refused requests are printed with the reason', async (t) => {
  const { run, put } = await running(t);
  await t.throwsAsync(put('', {}));
  await run.until(/PutLogEvents 400 InvalidParameterException: 1 validation error detected: Value '' at/);
  await t.throwsAsync(put('x', { logStreamName: 'none' }));
  await run.until(/PutLogEvents 400 ResourceNotFoundException: The specified log stream does not exist\./);
});

test('the fault of a request is printed, also if the request succeeded or was not answered', async (t) => {
  const { run, put, endpoint } = await running(t);
  for (const kind of ['throttle', 'html502', 'reset', 'lostAnswer']) {
    await addFault(endpoint, { kind, times: 1 });
    await t.throwsAsync(put(kind));
  }
  await addFault(endpoint, { kind: 'slow', delayMs: 0, times: 1 });
  await put('late');
  await put('done');
  await run.until(/done/);
  const printed = run.out.slice(run.out.indexOf('Press Ctrl+C to end.\n') + 'Press Ctrl+C to end.\n'.length);
  t.is(
    printed.replace(/^[\d:.]+Z/gm, '-'),
    [
      '- PutLogEvents 400 ThrottlingException: Rate exceeded (fault: throttle)',
      '- PutLogEvents 502 (fault: html502)',
      '- PutLogEvents not answered (fault: reset)',
      '',
      'g s  (no entity)',
      '- lostAnswer',
      '- PutLogEvents not answered (fault: lostAnswer)',
      '- late',
      '- PutLogEvents 200 (fault: slow)',
      '- done',
      '',
    ].join('\n'),
  );
});

test('rejected events are printed', async (t) => {
  const { run, put } = await running(t);
  const logEvents = [
    { timestamp: 1, message: 'old' },
    { timestamp: Date.now(), message: 'new' },
  ];
  await put('', { logEvents });
  await run.until(/new\nrejected in part: \{"tooOldLogEventEndIndex":1\}\n/);
  t.false(run.out.includes('old\n'));
});

test('a batch of rejected events is printed', async (t) => {
  const { run, put } = await running(t);
  await put('', { logEvents: [{ timestamp: 1, message: 'old' }] });
  await put('done');
  await run.until(/done/);
  t.regex(run.out, /\ng s {2}\(no entity\)\nall events rejected: \{"tooOldLogEventEndIndex":1\}\n/);
  t.false(run.out.includes('old\n'));
});

test('the reason for the rejection of an entity is printed', async (t) => {
  const { run, put } = await running(t);
  await put('kept', { entity: { keyAttributes: { ...ENTITY.keyAttributes, Type: 'Thing' } } });
  await put('done');
  await run.until(/done/);
  t.regex(run.out, /\(no entity\)\n[\d:.]+Z kept\nentity rejected: InvalidTypeValue\n/);
});

const HOSTILE =
  '\u001b]0;title\u0007\u001b[2J\u009b31m\r\n\tover\u202e\u007f\u061c\u200f\u2028\u2029\u2066\u0085';
/** Control characters, line separators and characters that change the direction of text, except our own newlines. */
const OBEYED = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

test('terminal control characters in events are escaped', async (t) => {
  const { run, put } = await running(t);
  await put(HOSTILE, { entity: { keyAttributes: { ...ENTITY.keyAttributes, Name: '\u001b[31mname' } } });
  await run.until(/over/);
  t.true(run.out.includes('Service \\u001b[31mname generic:default'));
  t.true(
    run.out.includes(
      ' \\u001b]0;title\\u0007\\u001b[2J\\u009b31m\\r\\n\\tover\\u202e\\u007f\\u061c\\u200f\\u2028\\u2029\\u2066\\u0085\n',
    ),
  );
  t.notRegex(run.out, OBEYED);
});

test('terminal control characters are escaped in the control interface too', async (t) => {
  const { put, endpoint } = await running(t);
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

test('terminal control characters are escaped in the reason of a rejected entity too', async (t) => {
  const { run, put, endpoint } = await running(t);
  await addFault(endpoint, { kind: 'entityRejected', errorType: HOSTILE });
  await put('kept', { entity: ENTITY });
  await put('done');
  await run.until(/done/);
  t.true(run.out.includes('entity rejected: \\u001b]0;title'));
  t.notRegex(run.out, OBEYED);
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

test('the newest 10,000 requests are kept', async (t) => {
  const { endpoint } = await running(t);
  const socket = connect(Number(new URL(endpoint).port), '127.0.0.1');
  // Two requests came before these. The last of these asks for the connection to be closed.
  socket.write('GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(9_998));
  socket.end('GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  await once(socket.resume(), 'close');
  const requests = await read(endpoint, 'requests');
  t.is(requests.length, 10_000);
  t.is(requests[0].operation, 'CreateLogStream');
});

test('the newest 32 MiB of events are kept', async (t) => {
  const { endpoint, put, client } = await running(t);
  // With 26 bytes for the event and 400 for its batch, a mebibyte.
  const message = 'x'.repeat(1_048_150);
  for (let mebibytes = 0; mebibytes < 33; mebibytes++) await put(message);
  const events = await read(endpoint, 'events?logGroupName=g');
  t.is(events.length, 32);
  const page = await client.send(new GetLogEventsCommand({ logGroupName: 'g', logStreamName: 's' }));
  t.is(page.events?.length, 1);
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

test('without --chaos there are no faults', async (t) => {
  const { run } = await listening(t);
  t.notRegex(run.out, /chaos/i);
});

test('the largest seed is accepted', async (t) => {
  t.is(await new Run('--chaos=4294967295', '--version').ended, 0);
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
  ['--port', 'x'],
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
  test(`invalid arguments are explained: ${args.join(' ')}`, async (t) => {
    const run = new Run(...args);
    t.is(await run.ended, 2);
    t.regex(run.err, /\n\nUsage: putlogs-local \[options\]\n/);
    t.is(run.out, '');
  });
}

test('the greeting names the page', async (t) => {
  const { run, endpoint } = await running(t);
  t.true(run.out.includes(` on the page ${endpoint}/. `));
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
  const version = new Run('--version');
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
