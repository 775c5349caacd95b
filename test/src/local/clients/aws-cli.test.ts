import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { type Local, start } from '@putlogs/local';
import test, { type ExecutionContext } from 'ava';
import { until } from '../../support/until.js';

/** An installed AWS CLI. Version 2 alone has `tail`; `start-live-tail` came in 2024. */
interface AwsCli {
  readonly path: string;
  readonly version: string;
  readonly hasTail: boolean;
  readonly hasLiveTail: boolean;
}

/** The first on the PATH, and Debian's. */
const CLIS: readonly AwsCli[] = ['aws', '/usr/bin/aws'].flatMap((path) => {
  const version = versionOf(path);
  return version === undefined
    ? []
    : [{ path, version, hasTail: version.startsWith('2.'), hasLiveTail: isSince2024(version) }];
});

function versionOf(path: string): string | undefined {
  try {
    return /aws-cli\/([\d.]+)/.exec(
      execFileSync(path, ['--version'], { encoding: 'utf8', stdio: 'pipe' }),
    )?.[1];
  } catch {
    return undefined;
  }
}

function isSince2024(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major === 1 ? minor >= 33 : minor >= 16;
}

/** A test with the first CLI that has what it needs. Without one, it is skipped, and its title says so. */
function withCli(
  title: string,
  isUsable: (cli: AwsCli) => boolean,
  run: (t: ExecutionContext, made: CliBench) => Promise<void>,
): void {
  const cli = CLIS.find(isUsable);
  if (!cli) {
    test.skip(`${title} (skipped: no AWS CLI that has this is installed)`, () => undefined);
    return;
  }
  test(`${title} (aws-cli ${cli.version})`, async (t) => {
    const made = new CliBench(cli, await start());
    t.teardown(() => made.close());
    await run(t, made);
  });
}

/** Runs `aws logs` against a service. */
class CliBench {
  readonly local: Local;
  readonly #cli: AwsCli;
  readonly #client: CloudWatchLogsClient;

  constructor(cli: AwsCli, local: Local) {
    this.#cli = cli;
    this.local = local;
    this.#client = new CloudWatchLogsClient({
      endpoint: local.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
  }

  async close(): Promise<void> {
    this.#client.destroy();
    await this.local.close();
  }

  /** @returns the parsed output */
  async aws(...args: readonly string[]) {
    const { stdout } = await promisify(execFile)(this.#cli.path, this.#all(args), { env: this.#env });
    return stdout === '' ? {} : JSON.parse(stdout);
  }

  /** Starts a command that does not end by itself. */
  follow(t: ExecutionContext, ...args: readonly string[]): { readonly text: string } {
    const child: ChildProcess = spawn(this.#cli.path, this.#all(args), { env: this.#env });
    const ended = once(child, 'close');
    t.teardown(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    const output = { text: '' };
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        output.text += chunk;
      });
    return output;
  }

  /** Creates the group `g` with its stream `s`, and puts messages. With the SDK, which starts faster. */
  async withMessages(...messages: readonly string[]): Promise<void> {
    await this.#client.send(new CreateLogGroupCommand({ logGroupName: 'g' }));
    await this.#client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName: 's' }));
    await this.put(...messages);
  }

  async groups() {
    return (await this.#client.send(new DescribeLogGroupsCommand({}))).logGroups;
  }

  async put(...messages: readonly string[]): Promise<void> {
    const logEvents = messages.map((message) => ({ timestamp: Date.now(), message }));
    await this.#client.send(new PutLogEventsCommand({ logGroupName: 'g', logStreamName: 's', logEvents }));
  }

  #all(args: readonly string[]): string[] {
    return ['logs', ...args, '--endpoint-url', this.local.endpoint, '--output', 'json'];
  }

  get #env(): NodeJS.ProcessEnv {
    const { PATH, HOME } = process.env;
    return {
      PATH,
      HOME,
      ...this.local.env,
      AWS_PAGER: '',
      PYTHONUNBUFFERED: '1',
    };
  }
}

const always = (): boolean => true;
const ARN = 'arn:aws:logs:us-east-1:000000000000:log-group:g';
const GROUP = ['--log-group-name', 'g'];

interface Message {
  readonly message: string;
}
const textsOf = (events: readonly Message[]): readonly string[] => events.map(({ message }) => message);

withCli('groups, tags and retention', always, async (t, made) => {
  await made.aws('create-log-group', ...GROUP, '--tags', 'team=a');
  await made.aws('put-retention-policy', ...GROUP, '--retention-in-days', '7');
  const { logGroups } = await made.aws('describe-log-groups', '--log-group-name-prefix', 'g');
  t.like(logGroups[0], { logGroupName: 'g', retentionInDays: 7, arn: `${ARN}:*` });
  t.deepEqual((await made.aws('list-tags-for-resource', '--resource-arn', ARN)).tags, { team: 'a' });
  await made.aws('delete-log-group', ...GROUP);
  t.deepEqual(await made.groups(), []);
});

withCli('events, with a filter and in pages', always, async (t, made) => {
  await made.withMessages('{"status":500}', '{"status":200}', '{"status":503}', 'plain');
  const { events } = await made.aws(
    'get-log-events',
    ...GROUP,
    '--log-stream-name',
    's',
    '--start-from-head',
  );
  t.is(events.length, 4);
  const filter = ['--filter-pattern', '{ $.status >= 500 }', '--page-size', '1'];
  const found = await made.aws('filter-log-events', ...GROUP, ...filter);
  t.deepEqual(textsOf(found.events), ['{"status":500}', '{"status":503}']);
  const refused = made.aws('filter-log-events', ...GROUP, '--filter-pattern', '{');
  await t.throwsAsync(refused, { message: /InvalidParameterException.*must end with '\}'/ });
});

withCli('a query, its results and a record', always, async (t, made) => {
  await made.withMessages('{"level":"error","ms":7}', '{"level":"info"}');
  const now = Math.floor(Date.now() / 1_000);
  const span = ['--start-time', String(now - 60), '--end-time', String(now + 60)];
  const query = ['--query-string', 'fields ms | filter level = "error"'];
  const { queryId } = await made.aws('start-query', ...GROUP, ...span, ...query);
  const results = () => made.aws('get-query-results', '--query-id', queryId);
  t.is((await results()).status, 'Running');
  const { status, results: rows } = await results();
  t.is(status, 'Complete');
  t.deepEqual(rows[0][0], { field: 'ms', value: '7' });
  const { logRecord } = await made.aws('get-log-record', '--log-record-pointer', rows[0][1].value);
  t.is(logRecord.level, 'error');
  const { logGroupFields } = await made.aws('get-log-group-fields', ...GROUP);
  t.true(
    logGroupFields.some(
      ({ name, percent }: { name: string; percent: number }) => name === 'ms' && percent === 50,
    ),
  );
  const refused = made.aws('start-query', ...GROUP, ...span, '--query-string', 'fields @message | bad');
  await t.throwsAsync(refused, { message: /MalformedQueryException.*unexpected symbol found bad at line 1/ });
});

withCli(
  'tail --follow with a filter',
  ({ hasTail }) => hasTail,
  async (t, made) => {
    await made.withMessages('error before', 'other before');
    const output = made.follow(t, 'tail', 'g', '--follow', '--filter-pattern', 'error');
    await until('the first event', () => output.text.includes('error before'));
    await made.put('other after', 'error after');
    await until('the next event', () => output.text.includes('error after'));
    t.notRegex(output.text, /other/);
  },
);

withCli(
  'start-live-tail with a filter',
  ({ hasLiveTail }) => hasLiveTail,
  async (t, made) => {
    await made.withMessages('error before');
    const groups = ['--log-group-identifiers', ARN];
    const output = made.follow(t, 'start-live-tail', ...groups, '--log-event-filter-pattern', 'error');
    const isOpen = () => made.local.requests.some(({ operation }) => operation === 'StartLiveTail');
    await until('the session', () => isOpen() || output.text.includes('rror'));
    await made.put('other after', 'error after');
    await until('an event', () => output.text.includes('error after'));
    t.notRegex(output.text, /other|before/);
  },
);
