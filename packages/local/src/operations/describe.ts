import { invalidParameter } from '../refusal/refusal.js';
import type { LogGroup, LogStream } from '../store/store.js';
import { ACCOUNT_ID, logGroupArn, logGroupNameOf, logStreamArn, readLogGroup } from './arn.js';
import type { Members } from './members.js';
import type { Operation } from './operation.js';
import { byName, type Order, readPage } from './paging.js';
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
  const isSearched = readAccounts(members);
  const page = readPage<LogGroup>(members, DESCRIBE_LIMIT, byName);
  return ({ store }) => {
    members.check();
    if (prefix !== undefined && pattern !== undefined) {
      throw invalidParameter(
        'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
      );
    }
    if (identifiers && (prefix ?? pattern ?? logGroupClass) !== undefined) {
      throw invalidParameter('logGroupIdentifiers takes no other filter but includeLinkedAccounts.');
    }
    const names = identifiers && new Set(identifiers.map(logGroupNameOf));
    const groups = [...(isSearched ? store.groups.values() : [])]
      .filter(({ name }) => name.startsWith(prefix ?? '') && name.includes(pattern ?? ''))
      .filter(({ name }) => !names || names.has(name))
      .filter((group) => logGroupClass === undefined || isOfClass(group, logGroupClass));
    const { items, nextToken } = page(groups);
    return { logGroups: items.map(pattern === undefined ? groupAnswer : shortGroupAnswer), nextToken };
  };
};

/** DescribeLogGroups, logGroupClass: a request for one of these two is answered with groups of both. */
const CHEAPER_CLASSES = ['INFREQUENT_ACCESS', 'ESSENTIALS'];

export const isOfClass = (group: LogGroup, wanted: string): boolean =>
  CHEAPER_CLASSES.includes(wanted)
    ? CHEAPER_CLASSES.includes(group.logGroupClass)
    : group.logGroupClass === wanted;

/** Reads which accounts are searched. @returns whether this one is */
export function readAccounts(members: Members): boolean {
  const accounts = members.texts('accountIdentifiers', 0, MAX_ACCOUNTS, ACCOUNT_IDENTIFIER) ?? [];
  const includesLinked = members.boolean('includeLinkedAccounts') ?? false;
  // No account is linked to this one, so other accounts have no groups.
  return !includesLinked || accounts.length === 0 || accounts.includes(ACCOUNT_ID);
}

/**
 * What is answered for `logGroupNamePattern`. The documentation says "only arn, creationTime, and logGroupName"; the
 * service was seen to answer more, such as the ARN that has no asterisk.
 */
const shortGroupAnswer = (group: LogGroup): object => ({
  logGroupName: group.name,
  creationTime: group.creationTime,
  metricFilterCount: 0,
  arn: `${logGroupArn(group.name)}:*`,
  logGroupClass: group.logGroupClass,
  logGroupArn: logGroupArn(group.name),
});

const groupAnswer = (group: LogGroup): object => ({
  ...shortGroupAnswer(group),
  retentionInDays: group.retentionInDays,
  storedBytes: 0,
  kmsKeyId: group.kmsKeyId,
  deletionProtectionEnabled: group.deletionProtectionEnabled,
});

export const describeLogStreams: Operation = (members) => {
  const findGroup = readLogGroup(members);
  const prefix = members.text('logStreamNamePrefix', LOG_STREAM_NAME);
  const byTime = members.text('orderBy', ORDER_BY) === 'LastEventTime';
  const descending = members.boolean('descending') ?? false;
  const page = readPage<LogStream>(members, DESCRIBE_LIMIT, byTime ? byLastEvent : byName);
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

const byLastEvent: Order<LogStream> = ({ name, lastEventTimestamp = 0 }) =>
  `${String(lastEventTimestamp).padStart(16, '0')} ${name}`;
