import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import test, { type ExecutionContext } from 'ava';

const CLI = fileURLToPath(new URL('cli.js', import.meta.resolve('@putlogs/local')));

/** A running command line, and what it wrote so far. */
class Run {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  out = '';
  err = '';

  constructor(...args: readonly string[]) {
    this.child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.out += chunk;
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.err += chunk;
    });
    this.ended = once(this.child, 'close').then(([code]) => code);
  }

  /** Waits for a piece of what it writes; rejects when it ends without. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    let over = false;
    void this.ended.then(() => {
      over = true;
    });
    for (;;) {
      const found = pattern.exec(this.out) ?? pattern.exec(this.err);
      if (found) return found;
      if (over) throw new Error(`ended without ${pattern}: ${this.out}${this.err}`);
      await Promise.race([
        once(this.child.stdout ?? this.child, 'data'),
        once(this.child.stderr ?? this.child, 'data'),
        this.ended,
      ]);
    }
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

test('it says how to point an application at it', async (t) => {
  const { run } = await running(t);
  t.regex(run.out, /export AWS_REGION=us-east-1\n/);
  t.regex(run.out, /export AWS_ACCESS_KEY_ID=local\n/);
});

test('it prints each event, and whence when that changes', async (t) => {
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

test('it prints what was refused and why', async (t) => {
  const { run, put } = await running(t);
  await t.throwsAsync(put('', {}));
  await run.until(/PutLogEvents 400 InvalidParameterException: 1 validation error detected: Value '' at/);
  await t.throwsAsync(put('x', { logStreamName: 'none' }));
  await run.until(/PutLogEvents 400 ResourceNotFoundException: The specified log stream does not exist\./);
});

test('it prints which fault a request met, also where it was answered well or not at all', async (t) => {
  const { run, put, endpoint } = await running(t);
  for (const kind of ['throttle', 'html502', 'reset', 'lostAnswer']) {
    await addFault(endpoint, { kind, times: 1 });
    await t.throwsAsync(put(kind));
  }
  await addFault(endpoint, { kind: 'slow', delayMs: 0, times: 1 });
  await put('late');
  await put('done');
  await run.until(/done/);
  const told = run.out.slice(run.out.indexOf('Ctrl+C ends it.\n') + 'Ctrl+C ends it.\n'.length);
  t.is(
    told.replace(/^[\d:.]+Z/gm, '-'),
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

test('it prints what was left out', async (t) => {
  const { run, put } = await running(t);
  const logEvents = [
    { timestamp: 1, message: 'old' },
    { timestamp: Date.now(), message: 'new' },
  ];
  await put('', { logEvents });
  await run.until(/new\nrejected in part: \{"tooOldLogEventEndIndex":1\}\n/);
  t.false(run.out.includes('old\n'));
});

test('it prints that all was left out', async (t) => {
  const { run, put } = await running(t);
  await put('', { logEvents: [{ timestamp: 1, message: 'old' }] });
  await put('done');
  await run.until(/done/);
  t.regex(run.out, /\ng s {2}\(no entity\)\nall events rejected: \{"tooOldLogEventEndIndex":1\}\n/);
  t.false(run.out.includes('old\n'));
});

test('it prints why an entity was rejected', async (t) => {
  const { run, put } = await running(t);
  await put('kept', { entity: { keyAttributes: { ...ENTITY.keyAttributes, Type: 'Thing' } } });
  await put('done');
  await run.until(/done/);
  t.regex(run.out, /\(no entity\)\n[\d:.]+Z kept\nentity rejected: InvalidTypeValue\n/);
});

const HOSTILE =
  '\u001b]0;title\u0007\u001b[2J\u009b31m\r\n\tover\u202e\u007f\u061c\u200f\u2028\u2029\u2066\u0085';
/** Controls, separators of lines and what changes the direction of text, but for the ends of our own lines. */
const OBEYED = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

test('what a terminal obeys is printed, not obeyed', async (t) => {
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

test('what a terminal obeys is not sent to it by those who ask either', async (t) => {
  const { put, endpoint } = await running(t);
  await put(HOSTILE);
  await t.throwsAsync(put(`x`, { logStreamName: `${HOSTILE}:` }));
  for (const path of ['events?logGroupName=g', 'requests']) {
    const text = await (await fetch(`${endpoint}/_putlogs/${path}`)).text();
    t.notRegex(text, OBEYED);
    t.true(JSON.stringify(JSON.parse(text)).includes(JSON.stringify(HOSTILE).slice(1, -1)), path);
  }
});

test('what a terminal obeys is not printed from the arguments either', async (t) => {
  const run = new Run('--port', HOSTILE);
  t.is(await run.ended, 2);
  t.notRegex(run.err, OBEYED);
});

test('the reason of a rejected entity is printed, not obeyed', async (t) => {
  const { run, put, endpoint } = await running(t);
  await addFault(endpoint, { kind: 'entityRejected', errorType: HOSTILE });
  await put('kept', { entity: ENTITY });
  await put('done');
  await run.until(/done/);
  t.true(run.out.includes('entity rejected: \\u001b]0;title'));
  t.notRegex(run.out, OBEYED);
});

test('with --json standard output is JSON alone, safe for a terminal', async (t) => {
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

test('it remembers the newest 10,000 requests', async (t) => {
  const { endpoint } = await running(t);
  const socket = connect(Number(new URL(endpoint).port), '127.0.0.1');
  // Two requests came before these. The last of these asks for the connection to be closed.
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(9_998));
  socket.end('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  await once(socket.resume(), 'close');
  const requests = await read(endpoint, 'requests');
  t.is(requests.length, 10_000);
  t.is(requests[0].operation, 'CreateLogStream');
});

test('it remembers the newest 32 MiB of events', async (t) => {
  const { endpoint, put, client } = await running(t);
  const message = 'x'.repeat(1_048_550);
  for (let mebibytes = 0; mebibytes < 33; mebibytes++) await put(message);
  const events = await read(endpoint, 'events?logGroupName=g');
  t.is(events.length, 32);
  const page = await client.send(new GetLogEventsCommand({ logGroupName: 'g', logStreamName: 's' }));
  t.is(page.events?.length, 1);
});

test('chaos draws the same faults from the same seed', async (t) => {
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

test('chaos without a seed draws one, and prints it', async (t) => {
  const { run } = await listening(t, '--chaos', '--json');
  t.regex(run.err, /with --chaos=\d+\.\n/);
  t.is(run.out, '');
});

test('without chaos there is none', async (t) => {
  const { run } = await listening(t);
  t.notRegex(run.out, /chaos/i);
});

test('the largest seed is one', async (t) => {
  t.is(await new Run('--chaos=4294967295', '--version').ended, 0);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} ends it`, async (t) => {
    const { run } = await running(t);
    run.child.kill(signal);
    t.is(await run.ended, 0);
    t.is(run.err, '');
  });
}

test('it ends when nobody reads it any more', async (t) => {
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
  test(`wrong: ${args.join(' ')}`, async (t) => {
    const run = new Run(...args);
    t.is(await run.ended, 2);
    t.regex(run.err, /\n\nUsage: putlogs-local \[options\]\n/);
    t.is(run.out, '');
  });
}

test('--help and --version', async (t) => {
  const help = new Run('--help');
  t.is(await help.ended, 0);
  t.regex(help.out, /^Usage: putlogs-local/);
  const version = new Run('--version');
  t.is(await version.ended, 0);
  t.regex(version.out, /^\d+\.\d+\.\d+\n$/);
});

test('a port in use is a sentence', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.teardown(() => other.close());
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const run = new Run('--port', String(port));
  t.is(await run.ended, 1);
  t.is(run.err, `Port ${port} of 127.0.0.1 is in use. Choose another with --port, or 0 for a free one.\n`);
});
