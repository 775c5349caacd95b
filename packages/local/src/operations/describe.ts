import { invalidParameter } from '../http/refusal.js';
import type { LogGroup, LogStream } from '../store/store.js';
import { ACCOUNT_ID, logGroupArn, logGroupNameOf, logStreamArn, readLogGroup } from './arn.js';
import type { Members } from './members.js';
import type { Operation } from './operation.js';
import { invalidToken, readToken, writeToken } from './page-token.js';
import {
  ACCOUNT_IDENTIFIER,
  DESCRIBE_LIMIT,
  LOG_GROUP_CLASS,
  LOG_GROUP_IDENTIFIER,
  LOG_GROUP_NAME,
  LOG_GROUP_NAME_PATTERN,
  LOG_STREAM_NAME,
  MAX_ACCOUNTS,
  MAX_LOG_GROUP_IDENTIFIERS,
  ORDER_BY,
} from './rules.js';

export const describeLogGroups: Operation = (members) => {
  const prefix = members.text('logGroupNamePrefix', LOG_GROUP_NAME);
  const pattern = members.text('logGroupNamePattern', LOG_GROUP_NAME_PATTERN);
  const logGroupClass = members.text('logGroupClass', LOG_GROUP_CLASS);
  const identifiers = members.texts(
    'logGroupIdentifiers',
    1,
    MAX_LOG_GROUP_IDENTIFIERS,
    LOG_GROUP_IDENTIFIER,
  );
  const accounts = members.texts('accountIdentifiers', 0, MAX_ACCOUNTS, ACCOUNT_IDENTIFIER) ?? [];
  const includesLinked = members.boolean('includeLinkedAccounts') ?? false;
  const page = readPage<LogGroup>(members, byName);
  return ({ store }) => {
    members.check();
    if (prefix !== undefined && pattern !== undefined) {
      throw invalidParameter('logGroupNamePrefix and logGroupNamePattern are mutually exclusive.');
    }
    if (identifiers && (prefix ?? pattern ?? logGroupClass) !== undefined) {
      throw invalidParameter('logGroupIdentifiers takes no other filter but includeLinkedAccounts.');
    }
    const names = identifiers && new Set(identifiers.map(logGroupNameOf));
    // No account is linked to this one, so other accounts have no groups.
    const isSearched = !includesLinked || accounts.length === 0 || accounts.includes(ACCOUNT_ID);
    const groups = [...(isSearched ? store.groups.values() : [])]
      .filter(({ name }) => name.startsWith(prefix ?? '') && name.includes(pattern ?? ''))
      .filter(({ name }) => !names || names.has(name))
      .filter((group) => logGroupClass === undefined || isOfClass(group, logGroupClass));
    const { items, nextToken } = page(groups, false);
    return { logGroups: items.map(pattern === undefined ? groupAnswer : shortGroupAnswer), nextToken };
  };
};

/** DescribeLogGroups, logGroupClass: a request for one of these two is answered with groups of both. */
const CHEAPER_CLASSES = ['INFREQUENT_ACCESS', 'ESSENTIALS'];

const isOfClass = (group: LogGroup, wanted: string): boolean =>
  CHEAPER_CLASSES.includes(wanted)
    ? CHEAPER_CLASSES.includes(group.logGroupClass)
    : group.logGroupClass === wanted;

/** DescribeLogGroups, logGroupNamePattern: "only arn, creationTime, and logGroupName are included". */
const shortGroupAnswer = ({ name, creationTime }: LogGroup): object => ({
  logGroupName: name,
  creationTime,
  arn: `${logGroupArn(name)}:*`,
});

const groupAnswer = (group: LogGroup): object => ({
  ...shortGroupAnswer(group),
  retentionInDays: group.retentionInDays,
  metricFilterCount: 0,
  logGroupArn: logGroupArn(group.name),
  storedBytes: 0,
  kmsKeyId: group.kmsKeyId,
  logGroupClass: group.logGroupClass,
  deletionProtectionEnabled: group.deletionProtectionEnabled,
});

export const describeLogStreams: Operation = (members) => {
  const findGroup = readLogGroup(members);
  const prefix = members.text('logStreamNamePrefix', LOG_STREAM_NAME);
  const byTime = members.text('orderBy', ORDER_BY) === 'LastEventTime';
  const descending = members.boolean('descending') ?? false;
  const page = readPage<LogStream>(members, byTime ? byLastEvent : byName);
  return ({ store }) => {
    members.check();
    if (byTime && prefix !== undefined) {
      throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
    }
    const group = findGroup(store);
    const streams = [...group.streams.values()].filter(({ name }) => name.startsWith(prefix ?? ''));
    const { items, nextToken } = page(streams, descending);
    return { logStreams: items.map((stream) => streamAnswer(group.name, stream)), nextToken };
  };
};

const streamAnswer = (groupName: string, stream: LogStream): object => ({
  logStreamName: stream.name,
  creationTime: stream.creationTime,
  firstEventTimestamp: stream.firstEventTimestamp,
  lastEventTimestamp: stream.lastEventTimestamp,
  lastIngestionTime: stream.lastIngestionTime,
  arn: logStreamArn(groupName, stream.name),
  storedBytes: 0,
});

/** Returns the sort key of an item: text that is unique in its list. */
type Order<T> = (item: T) => string;

const byName: Order<{ readonly name: string }> = ({ name }) => name;

const byLastEvent: Order<LogStream> = ({ name, lastEventTimestamp = 0 }) =>
  `${String(lastEventTimestamp).padStart(16, '0')} ${name}`;

interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

/** Reads `limit` and `nextToken`, and returns a function that cuts the requested page. */
function readPage<T>(members: Members, order: Order<T>): (all: readonly T[], descending: boolean) => Page<T> {
  const limit = members.integer('limit', DESCRIBE_LIMIT) ?? 50;
  const token = readToken(members, 'page');
  const from = token && decode(token.at);
  return (all, descending) => {
    const sign = descending ? -1 : 1;
    const rest = all
      .map((item) => ({ item, key: order(item) }))
      .sort((a, b) => sign * compare(a.key, b.key))
      .filter(({ key }) => from === undefined || sign * compare(key, from) >= 0);
    const next = rest[limit];
    return {
      items: rest.slice(0, limit).map(({ item }) => item),
      nextToken: next && writeToken({ kind: 'page', at: encode(next.key) }),
    };
  };
}

const encode = (key: string): string => Buffer.from(key).toString('base64url');

function decode(text: string): string {
  const key = Buffer.from(text, 'base64url').toString();
  if (encode(key) !== text) throw invalidToken();
  return key;
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
