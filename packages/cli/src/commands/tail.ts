import { Option } from 'commander';
import { addOptionFlags, type Given, givenOptions } from '../flags/option-flags.js';
import { resolveWithoutGroup } from '../flags/resolve.js';
import type { AddCommand } from '../program.js';
import type { TailOptions } from '../tail/run-tail.js';
import { parseSince } from '../tail/since.js';
import { streamPattern } from '../tail/stream-pattern.js';
import { UsageError } from '../terminal/usage-error.js';

interface Flags {
  readonly since: string;
  readonly follow?: boolean;
  readonly poll?: boolean;
  readonly filter?: string;
  readonly stream?: string;
  readonly showEntity?: boolean;
  readonly raw?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  putlogs tail /my/app --since 2h --follow
  putlogs tail /my/app --filter '{ $.level = "error" }'
  putlogs tail /my/app /my/worker --stream 'db7*' --json`;

export const addTail: AddCommand = (program, end) => {
  const command = program
    .command('tail')
    .summary('Read events back, and follow what arrives')
    .description(
      'Prints the events of log groups, with lines of JSON unfolded. It follows with Live Tail, which AWS charges by the minute, or by polling.',
    )
    .argument('[group...]', 'log groups; default: --log-group-name')
    .option(
      '-s, --since <time>',
      'from when on: 30s, 10m, 2h, 1d, or a time such as 2026-11-24T12:00:00Z',
      '10m',
    )
    .option('-f, --follow', 'go on with what arrives')
    .option('--poll', 'follow by asking every two seconds instead of by Live Tail')
    .option('--filter <pattern>', 'a filter pattern of CloudWatch Logs')
    .option('--stream <pattern>', 'the beginning of the names of log streams, or a pattern with *')
    .addOption(
      new Option(
        '--show-entity',
        'say who wrote the events; takes a query, which AWS charges for by the data scanned',
      ).conflicts('json'),
    )
    .addOption(new Option('--raw', 'print messages as they are').conflicts('json'))
    .option('--json', 'print each event as a line of JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (names: readonly string[], flags: Flags) => {
      const options = optionsFrom(names, flags, givenOptions(command, process.env));
      const { runTail } = await import('../tail/run-tail.js');
      end(await runTail(options));
    });
  addOptionFlags(command, ['region', 'profile', 'roleArn', 'endpoint']);
};

/** Unlike one that is written to, a log group that is read may be one of AWS: aws/spans. */
const GROUP_NAME = /^[.\-_/#A-Za-z0-9]{1,512}$/;

/** @throws {UsageError} */
function optionsFrom(names: readonly string[], flags: Flags, given: Given): TailOptions {
  const own = given.options.logGroupName ?? given.env.PUTLOGS_LOG_GROUP_NAME;
  const groups = names.length === 0 && own ? [own] : names;
  if (groups.length === 0) throw new UsageError('Which log group? putlogs tail /my/app');
  for (const group of groups)
    if (!GROUP_NAME.test(group))
      throw new UsageError(`log group: expected 1 to 512 letters, digits and . - _ / #; given: ${group}`);
  const since = parseSince(flags.since, Date.now());
  if (since === undefined)
    throw new UsageError(`--since: expected 30s, 10m, 2h, 1d or a time; given: ${flags.since}`);
  const { filter, follow = false, poll = false, raw = false, json = false, showEntity = false } = flags;
  return {
    config: resolveWithoutGroup(given),
    env: given.env,
    groups,
    since,
    filterPattern: filter,
    streams: streamPattern(flags.stream),
    follow: poll ? 'poll' : follow ? 'live' : 'no',
    entity: showEntity,
    raw,
    json,
  };
}
