import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFile,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  rmdir,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  ListTagsForResourceCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { StartOptions } from '@putlogs/local';
import { Journal, Store, startService } from '@putlogs/local/internal';
import test, { type ExecutionContext } from 'ava';
import { until } from '../../support/until.js';

const CLI = fileURLToPath(new URL('cli.js', import.meta.resolve('@putlogs/local')));
const ENTITY = { keyAttributes: { Type: 'Service', Name: 'shop', Environment: 'ecs:prod' } };

interface Event {
  readonly message: string;
  readonly entity: object | null;
  readonly logStreamName: string;
}

/** A service that keeps what it has in a file. */
class Kept {
  readonly client: CloudWatchLogsClient;
  readonly endpoint: string;
  readonly #close: () => Promise<void>;

  constructor(endpoint: string, close: () => Promise<void>) {
    this.endpoint = endpoint;
    this.#close = close;
    this.client = new CloudWatchLogsClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    });
  }

  async end(): Promise<void> {
    this.client.destroy();
    await this.#close();
  }

  put(message: string, more: object = {}) {
    const logEvents = [{ timestamp: Date.now(), message }];
    const where = { logGroupName: 'g', logStreamName: 's' };
    return this.client.send(new PutLogEventsCommand({ ...where, logEvents, ...more }));
  }

  async createStream(): Promise<void> {
    await this.client.send(new CreateLogGroupCommand({ logGroupName: 'g' }));
    await this.client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName: 's' }));
  }

  /** The events of `g` that are kept, without their time of arrival. */
  async events(): Promise<readonly object[]> {
    const response = await fetch(`${this.endpoint}/_putlogs/search?logGroupName=g`);
    const { events }: { readonly events: readonly Event[] } = JSON.parse(await response.text());
    return events.map(({ message, entity, logStreamName }) => ({ message, entity, logStreamName }));
  }

  async streams() {
    const { logStreams } = await this.client.send(new DescribeLogStreamsCommand({ logGroupName: 'g' }));
    return logStreams;
  }

  /** The newest event of `g`, with its id. */
  async lastEvents() {
    const input = { logGroupName: 'g', limit: 1, startFromHead: false, startTime: Date.UTC(2026, 0) };
    return (await this.client.send(new FilterLogEventsCommand(input))).events;
  }

  /** The groups, as the page lists them. */
  async groups(): Promise<unknown> {
    return (await fetch(`${this.endpoint}/_putlogs/groups`)).json();
  }
}

async function temporaryFile(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'putlogs-db-'));
  t.teardown(() => rm(folder, { recursive: true }));
  return join(folder, 'logs.ndjson');
}

function run(t: ExecutionContext, file: string, input: 'ignore' | 'pipe' = 'ignore') {
  const child = spawn(process.execPath, [CLI, '--port', '0', '--db', file], {
    stdio: [input, 'pipe', 'pipe'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  return { child, output: () => output };
}

/** The command, as a process: for signals, standard input, and what it prints. */
async function startProcess(t: ExecutionContext, file: string, input: 'ignore' | 'pipe' = 'ignore') {
  const { child, output } = run(t, file, input);
  await until(
    'the service',
    () => output().includes('Press Ctrl+C'),
    () => sleep(10),
  );
  const endpoint = /ENDPOINT_URL_CLOUDWATCH_LOGS=(\S+)/.exec(output())?.[1] ?? '';
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await once(child, 'exit');
  };
  return { kept: new Kept(endpoint, () => end('SIGTERM')), child, output, end };
}

/** The same service in this process. */
async function start(t: ExecutionContext, file: string, options: StartOptions = {}) {
  const journal = new Journal(file, ({ error }) => t.fail(String(error)));
  const service = await startService(options, { journal });
  t.teardown(() => service.close());
  return { kept: new Kept(service.endpoint, () => service.close()), journal };
}

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`groups, streams and events are there again after ${signal}`, async (t) => {
    const file = await temporaryFile(t);
    const { kept: first, end } = await startProcess(t, file);
    await first.createStream();
    await first.client.send(new CreateLogGroupCommand({ logGroupName: 'gone', tags: { a: 'b' } }));
    await first.client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName: 'gone' }));
    await first.put('in a stream that goes', { logStreamName: 'gone' });
    await first.client.send(new PutRetentionPolicyCommand({ logGroupName: 'g', retentionInDays: 7 }));
    const resourceArn = 'arn:aws:logs:us-east-1:000000000000:log-group:g';
    await first.client.send(new TagResourceCommand({ resourceArn, tags: { team: 'shop' } }));
    await first.put('one', { entity: ENTITY });
    await first.put('two\u2028\ud800');
    await first.client.send(new DeleteLogGroupCommand({ logGroupName: 'gone' }));
    await first.client.send(new DeleteLogStreamCommand({ logGroupName: 'g', logStreamName: 'gone' }));
    const [groups, events] = [await first.groups(), await first.events()];
    t.is(events.length, 2);
    t.regex(await readFile(file, 'utf8'), /DeleteLogStream.*\n$/);
    first.client.destroy();
    await end(signal);
    for (let restart = 0; restart < 2; restart++) {
      const { kept: next, journal } = await start(t, file);
      t.deepEqual(await next.events(), events);
      t.deepEqual(await next.groups(), groups);
      t.deepEqual((await next.client.send(new ListTagsForResourceCommand({ resourceArn }))).tags, {
        team: 'shop',
      });
      const { logGroups } = await next.client.send(new DescribeLogGroupsCommand({}));
      t.like(logGroups?.[0], { logGroupName: 'g', retentionInDays: 7 });
      t.is(logGroups?.length, 1);
      t.is(journal.damagedLines, 0);
      await next.end();
    }
  });
}

test('events of several runs stand together', async (t) => {
  const file = await temporaryFile(t);
  const { kept: first } = await start(t, file);
  await first.createStream();
  await first.put('first');
  await first.end();
  const { kept: second } = await start(t, file);
  await second.put('second');
  await second.end();
  const { kept: third } = await start(t, file);
  t.like(await third.events(), [{ message: 'first' }, { message: 'second' }]);
  await third.end();
});

test('lines of standard input are kept too', async (t) => {
  const file = await temporaryFile(t);
  const { kept: first, child, output } = await startProcess(t, file, 'pipe');
  child.stdin?.write('a line\n');
  await until(
    'the line',
    () => output().includes('a line'),
    () => sleep(10),
  );
  await first.end();
  const { kept: next } = await start(t, file);
  const { logStreams } = await next.client.send(new DescribeLogStreamsCommand({ logGroupName: 'stdin' }));
  t.is(logStreams?.length, 1);
  await next.end();
});

test('a damaged last line, as a kill leaves it, is left out, and said', async (t) => {
  const file = await temporaryFile(t);
  const { kept: first } = await start(t, file);
  await first.createStream();
  await first.put('kept');
  await first.end();
  await appendFile(file, '{"at":1,"logGroupName":"g","ev');
  const { kept: next, output } = await startProcess(t, file);
  await until(
    'the report',
    () => output().includes(`1 damaged line of ${file} was left out.\n`),
    () => sleep(10),
  );
  await next.put('after');
  await next.end();
  const { kept: last, journal } = await start(t, file);
  t.like(await last.events(), [{ message: 'kept' }, { message: 'after' }]);
  t.is(journal.damagedLines, 0);
  await last.end();
  await t.throwsAsync(stat(`${file}.damaged`), { code: 'ENOENT' });
});

test('a file that is damaged elsewhere is put aside as it was, and does not replace an earlier one', async (t) => {
  const file = await temporaryFile(t);
  const { kept: first } = await start(t, file);
  await first.createStream();
  await first.put('kept');
  await first.end();
  const damage = async () => {
    await appendFile(file, 'nonsense\n{"at":1,"operation":"Nonsense","input":{}}\n{"at":1}\n{"at":1,"logGr');
    return readFile(file, 'utf8');
  };
  const before = await damage();
  const { kept: next, journal } = await start(t, file);
  t.is(journal.damagedLines, 4);
  t.is(journal.original, `${file}.damaged`);
  t.is(await readFile(`${file}.damaged`, 'utf8'), before);
  t.like(await next.events(), [{ message: 'kept' }]);
  await next.end();
  const again = await damage();
  const { kept: last, output } = await startProcess(t, file);
  const aside = `${file}.damaged-2`;
  await until(
    'the report',
    () => output().includes(`4 damaged lines of ${file} were left out. The file as it was is ${aside}.\n`),
    () => sleep(10),
  );
  t.is(await readFile(`${file}.damaged`, 'utf8'), before);
  t.is(await readFile(aside, 'utf8'), again);
  t.like(await last.events(), [{ message: 'kept' }]);
  await last.end();
});

test('an entry of an operation that changes nothing is damage', async (t) => {
  const file = await temporaryFile(t);
  const { kept: first } = await start(t, file);
  await first.createStream();
  await first.end();
  await appendFile(file, '{"at":1,"operation":"FilterLogEvents","input":{"logGroupName":"none"}}\n');
  t.is((await start(t, file)).journal.damagedLines, 1);
});

for (const line of [
  '{"at":1,"stream":{"logGroupName":"g","logStreamName":"half"},"discarded":"1"}',
  '{"at":1,"logGroupName":"g","logStreamName":"half","entity":null,"sequence":9,"events":[["1","m"]]}',
  '{"at":1,"logGroupName":"g","logStreamName":"half","entity":null,"sequence":9,"events":[[1,2]]}',
  '{"at":1,"logGroupName":"g","logStreamName":"half","entity":{"keyAttributes":{"Name":1}},"sequence":9,"events":[[1,"m"]]}',
]) {
  test(`an entry whose parts are not of their types is left out whole: ${line}`, async (t) => {
    const file = await temporaryFile(t);
    const first = await small(t, file);
    first.put('kept');
    await first.journal.close();
    await appendFile(file, `${line}\n`);
    const next = await small(t, file);
    t.teardown(() => next.journal.close());
    t.is(next.journal.damagedLines, 1);
    t.is(next.store.find('g', 'half').length, 0);
  });
}

test('a symbolic link to the file stays one, also when there is no file yet', async (t) => {
  const file = await temporaryFile(t);
  const link = `${file}.link`;
  await symlink('logs.ndjson', link);
  for (const message of ['first', 'second']) {
    const made = await small(t, link);
    made.put(message);
    await made.journal.close();
    t.true((await lstat(link)).isSymbolicLink());
  }
  t.regex(await readFile(file, 'utf8'), /second/);
});

for (const content of ['one line\n', '{"level":30,"msg":"of an application"}\n{"at":1}\n', 'no end', '\n']) {
  test(`a file of somebody else is refused, and left as it is: ${JSON.stringify(content)}`, async (t) => {
    const file = await temporaryFile(t);
    await writeFile(file, content);
    await t.throwsAsync(start(t, file), {
      message: /^Cannot keep events in \S+: it is not empty, and no line of it is an entry of this service\./,
    });
    t.is(await readFile(file, 'utf8'), content);
    await t.throwsAsync(stat(`${file}.lock`), { code: 'ENOENT' });
  });
}

test('nobody else can read the file', async (t) => {
  const file = await temporaryFile(t);
  const { kept } = await start(t, file);
  await kept.end();
  t.is((await stat(file)).mode & 0o777, 0o600);
});

test('a second service with the same file is refused, and the first goes on', async (t) => {
  const file = await temporaryFile(t);
  const { kept: first } = await start(t, file);
  await first.createStream();
  await first.put('before');
  const second = run(t, file);
  const [code] = await once(second.child, 'close');
  t.is(code, 1);
  t.is(
    second.output(),
    `Cannot keep events in ${file}: process ${process.pid} of ${hostname()} uses it (${file}.lock).\n`,
  );
  await first.put('after');
  await first.end();
  const { kept: next } = await start(t, file);
  t.is((await next.events()).length, 2);
  await next.end();
});

test('the lock of a process that has died is taken', async (t) => {
  const file = await temporaryFile(t);
  const { kept: first, child, end } = await startProcess(t, file);
  first.client.destroy();
  await end('SIGKILL');
  t.is(await ownerOf(file), child.pid ?? 0);
  const { kept: next } = await start(t, file);
  t.is(await ownerOf(file), process.pid);
  await next.end();
  await t.throwsAsync(readFile(`${file}.lock`), { code: 'ENOENT' });
});

/** The process that a lock names. */
const ownerOf = async (file: string): Promise<number> =>
  Number((await readFile(`${file}.lock`, 'utf8')).split(' ')[0]);

for (const [what, content, ageMs] of [
  ['of a process whose id another one has now', `${process.ppid} ${hostname()} 1`, 0],
  ['of a process of another machine that has not renewed it', '1 elsewhere 5', 11_000],
  ['that is empty, and old', '', 11_000],
  ['of no process', '0 elsewhere 5', 11_000],
] as const) {
  test(`a lock is taken ${what}`, async (t) => {
    const file = await temporaryFile(t);
    await writeFile(`${file}.lock`, content);
    const renewed = new Date(Date.now() - ageMs);
    await utimes(`${file}.lock`, renewed, renewed);
    const { kept } = await start(t, file);
    t.is(await ownerOf(file), process.pid);
    await kept.end();
  });
}

for (const [owner, content] of [
  ['process 1 of elsewhere', '1 elsewhere 5'],
  ['another process', ''],
] as const) {
  test(`a lock that was just renewed is respected: ${content}`, async (t) => {
    const file = await temporaryFile(t);
    await writeFile(`${file}.lock`, content);
    // A busy machine may take longer than a lock is fresh.
    const renewed = new Date(Date.now() + 60_000);
    await utimes(`${file}.lock`, renewed, renewed);
    await t.throwsAsync(start(t, file), {
      message: `Cannot keep events in ${file}: ${owner} uses it (${file}.lock).`,
    });
    t.is(await readFile(`${file}.lock`, 'utf8'), content);
  });
}

test('a file that cannot be opened is refused at the start', async (t) => {
  const { child, output } = run(t, join(await temporaryFile(t), 'no', 'folder'));
  const [code] = await once(child, 'close');
  t.is(code, 1);
  t.regex(output(), /^Cannot keep events in \S+: ENOENT/);
});

/** A message, and room for 31 of them with what each takes in memory. */
const MESSAGE = 'x'.repeat(10_000);
const ROOM: StartOptions = { keepEventBytes: 31.5 * (MESSAGE.length + 426) };

test('what is discarded leaves the file at the next start, but is still counted', async (t) => {
  const file = await temporaryFile(t);
  const { kept: first } = await start(t, file, ROOM);
  await first.createStream();
  for (let count = 0; count < 40; count++) await first.put(MESSAGE);
  const [streams, events] = [await first.streams(), await first.lastEvents()];
  await first.end();
  t.true((await stat(file)).size > 400_000);
  const { kept: next } = await start(t, file, ROOM);
  t.true((await stat(file)).size < 350_000);
  t.is((await next.events()).length, 31);
  t.like(await next.groups(), [{ streams: [{ count: 40 }] }]);
  await next.end();
  const { kept: last } = await start(t, file, ROOM);
  t.like(await last.groups(), [{ streams: [{ count: 40 }] }]);
  t.deepEqual(await last.streams(), streams);
  t.deepEqual(await last.lastEvents(), events);
  await last.put('x');
  t.true(((await last.lastEvents())?.[0]?.eventId ?? '') > (events?.[0]?.eventId ?? ''));
  await last.end();
});

test('a file that grows is rewritten meanwhile', async (t) => {
  const file = await temporaryFile(t);
  const { kept } = await start(t, file, ROOM);
  await kept.createStream();
  // Several at once, so that some arrive while the file is rewritten.
  for (let count = 0; count < 135; count += 9) {
    await Promise.all(Array.from({ length: 9 }, () => kept.put(MESSAGE)));
  }
  await kept.put('last');
  await kept.end();
  t.true((await stat(file)).size < 500_000, `${(await stat(file)).size}`);
  const { kept: next } = await start(t, file, ROOM);
  t.like((await next.events()).at(-1), { message: 'last' });
  t.like(await next.groups(), [{ streams: [{ count: 136 }] }]);
  await next.end();
});

/** A store that keeps the newest 1,000 bytes, and so has its file rewritten after 4,000; and how events get into both. */
async function small(
  t: ExecutionContext,
  file: string,
  onProblem: (problem: { readonly error: unknown }) => unknown = ({ error }) => t.fail(String(error)),
) {
  const store = new Store(true, 1_000);
  const journal = new Journal(file, onProblem);
  await journal.open(store);
  const put = (message: string): void => {
    const sequence = store.takeSequence(1);
    const batch = {
      sequence,
      timestamps: Float64Array.of(1),
      messages: [message],
      ingestionTime: 1,
      entity: null,
    };
    store.ensureStream('g', 's', 1).append(batch);
    journal.batch('g', 's', batch);
  };
  return { store, journal, put };
}

test('what waits while the file is rewritten is in it once', async (t) => {
  const file = await temporaryFile(t);
  const first = await small(t, file);
  // The first is being written, and is enough for the file to be rewritten then, while the others wait.
  first.put('x'.repeat(5_000));
  first.put('second');
  first.put('third');
  await first.journal.close();
  const next = await small(t, file);
  t.teardown(() => next.journal.close());
  const [stream] = next.store.find('g', 's');
  t.deepEqual(
    stream?.events().map(({ message }) => message),
    ['second', 'third'],
  );
  t.is(stream?.count, 3);
  t.is(next.journal.damagedLines, 0);
});

test('a file that cannot be rewritten goes on to grow, and that is told', async (t) => {
  const file = await temporaryFile(t);
  const problems: object[] = [];
  const first = await small(t, file, (problem) => problems.push(problem));
  await mkdir(`${file}.new`);
  first.put('x'.repeat(5_000));
  await first.journal.written;
  await until('the report', () => problems.length > 0);
  t.like(problems, [{ kind: 'notRewritten', error: { code: 'EISDIR' } }]);
  first.put('after');
  await first.journal.written;
  t.regex(await readFile(file, 'utf8'), /"after"/);
  await rmdir(`${file}.new`);
  await first.journal.close();
  const next = await small(t, file);
  t.is(next.store.find('g', 's')[0]?.count, 2);
  await next.journal.close();
});

test('a failed rewrite leaves no other file behind', async (t) => {
  const file = await temporaryFile(t);
  const problems: object[] = [];
  const first = await small(t, file, (problem) => problems.push(problem));
  t.teardown(() => first.journal.close());
  await rm(file);
  await mkdir(file);
  first.put('x'.repeat(5_000));
  await until('the report', () => problems.length > 0);
  await t.throwsAsync(stat(`${file}.new`), { code: 'ENOENT' });
});
