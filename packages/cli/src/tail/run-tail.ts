import type { CloudWatchLogsClient, LogGroup } from '@aws-sdk/client-cloudwatch-logs';
import type { Config, EnvironmentVariables } from '@putlogs/core';
import { classify, isLoopback } from '@putlogs/core/internal';
import { redact } from '@putlogs/core/main-thread';
import { AwsAccess } from '../aws/access.js';
import { findLogGroup } from '../aws/log-groups.js';
import { moduleConnection } from '../aws/module-connection.js';
import { safe, stderr, stdout } from '../terminal/output.js';
import { Progress } from '../terminal/progress.js';
import { awaitLogGroup } from './await-log-group.js';
import { entitiesOf } from './entities.js';
import { EventPrinter } from './event-printer.js';
import { type FollowOptions, follow, poll, readAll } from './follow.js';
import { type LogGroupName, LogSource } from './log-source.js';
import type { StreamPattern } from './stream-pattern.js';

export interface TailOptions {
  readonly config: Config;
  readonly env: EnvironmentVariables;
  readonly groups: readonly string[];
  readonly since: number;
  readonly filterPattern: string | undefined;
  readonly streams: StreamPattern;
  readonly follow: 'no' | 'live' | 'poll';
  readonly entity: boolean;
  readonly json: boolean;
  readonly raw: boolean;
}

/** Prints events of log groups. @returns the exit code */
export async function runTail(options: TailOptions): Promise<number> {
  const { config, env } = options;
  const onProblem = (text: string) => stderr.line(`putlogs: ${safe(text)}`);
  const access = new AwsAccess({ ...config, ...moduleConnection(config, onProblem) }, env);
  const progress = new Progress();
  const interrupt = new AbortController();
  const end = () => interrupt.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    progress.begin('Asking CloudWatch Logs');
    return await tail(access, options, progress, interrupt.signal);
  } catch (error) {
    if (interrupt.signal.aborted) return 0;
    progress.end();
    stderr.line(`putlogs: ${redact(explain(error))}`);
    return 1;
  } finally {
    progress.end();
    process.off('SIGINT', end).off('SIGTERM', end);
    access.close();
  }
}

async function tail(
  access: AwsAccess,
  options: TailOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  const endpoint = await access.endpoint();
  // Live Tail has a host of its own, `stream-…`, which a service on this machine has not.
  const isLocal = isLoopback(endpoint.hostname);
  const client = access.logs({ disableHostPrefix: isLocal });
  const note = (text: string) => {
    progress.clear();
    stderr.line(`putlogs: ${safe(text)}`);
  };
  const groups: LogGroupName[] = [];
  for (const logGroupName of options.groups) {
    const find = () => findLogGroup(client, logGroupName);
    const missing = async () => `there is no log group ${logGroupName} in ${await access.region()}`;
    const group = (await find()) ?? (await appearing({ find, missing, signal, note }, options.follow));
    if (group === undefined) return options.follow === 'no' ? 1 : 0;
    groups.push({ logGroupName, arn: group.logGroupArn ?? group.arn?.replace(/:\*$/, '') ?? logGroupName });
  }
  if (!options.json)
    for (const group of groups) {
      const head = await headOf(client, group, options, { isLocal, signal, note });
      progress.clear();
      stdout.line(stdout.style('bold', head));
    }
  progress.begin('Reading');
  const { json, raw, since, filterPattern, streams } = options;
  const printer = new EventPrinter({ json, raw, showGroup: groups.length > 1 });
  const source = new LogSource(client, { filterPattern, streams });
  if (options.follow !== 'no') progress.end();
  for await (const event of eventsOf({ source, groups, since, signal, note }, options.follow)) {
    progress.end();
    printer.print(event);
  }
  return 0;
}

interface Missing extends Pick<FollowOptions, 'signal' | 'note'> {
  find(): Promise<LogGroup | undefined>;
  /** What the user should know. */
  missing(): Promise<string>;
}

/** Who follows waits for a log group that is missing. @returns undefined if it does not come */
async function appearing(
  { find, missing, signal, note }: Missing,
  how: TailOptions['follow'],
): Promise<LogGroup | undefined> {
  if (how === 'no') note(`${await missing()}.`);
  else note(`${await missing()} yet: waiting for it.`);
  return how === 'no' ? undefined : awaitLogGroup(find, { signal, note });
}

function eventsOf(options: FollowOptions, how: TailOptions['follow']) {
  if (how === 'live') return follow(options);
  return how === 'poll' ? poll(options) : readAll(options);
}

/** The log group, and the entities that wrote to it. They take a query, which AWS charges for. */
async function headOf(
  client: CloudWatchLogsClient,
  { logGroupName }: LogGroupName,
  { entity, since }: TailOptions,
  { isLocal, signal, note }: Pick<FollowOptions, 'signal' | 'note'> & { readonly isLocal: boolean },
): Promise<string> {
  const entities =
    entity || isLocal
      ? await entitiesOf(client, logGroupName, since, signal).catch((error) => {
          if (entity && !signal.aborted) note(`the entities cannot be read: ${redact(explain(error))}`);
          return [];
        })
      : [];
  const written = entities.length === 0 ? '' : `  ${entities.map(safe).join(', ')}`;
  return `${safe(logGroupName)}${written}`;
}

function explain(error: unknown): string {
  const { kind, failure } = classify(error);
  if (failure.name === 'RegionMissing') return 'no AWS Region is known: name it by --region or AWS_REGION';
  const cause = `${failure.name}: ${failure.message}`;
  if (kind === 'denied') return `${cause} (putlogs doctor says more)`;
  return kind === 'unavailable'
    ? `CloudWatch Logs cannot be reached (${cause}); putlogs doctor says more`
    : cause;
}
