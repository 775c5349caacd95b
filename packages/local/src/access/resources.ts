import { logGroupArn, logStreamArn } from '../operations/arn.js';
import type { Members } from '../operations/members.js';

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html */
const OF_STREAMS: ReadonlySet<string> = new Set(['PutLogEvents', 'GetLogEvents', 'DeleteLogStream']);
const OF_NOTHING: ReadonlySet<string> = new Set(['GetQueryResults', 'StopQuery', 'GetLogRecord']);

/** The ARN of the log group itself. */
const OF_TAGS: ReadonlySet<string> = new Set(['TagResource', 'UntagResource', 'ListTagsForResource']);

const IN_ONE_OF_TWO = ['logGroupName', 'logGroupIdentifier'] as const;
/** The members that name log groups, where that is not `logGroupName` alone. Others of a request name nothing. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  PutLogGroupDeletionProtection: ['logGroupIdentifier'],
  GetDataProtectionPolicy: ['logGroupIdentifier'],
  DescribeIndexPolicies: ['logGroupIdentifiers'],
  StartLiveTail: ['logGroupIdentifiers'],
  DescribeLogStreams: IN_ONE_OF_TWO,
  GetLogEvents: IN_ONE_OF_TWO,
  FilterLogEvents: IN_ONE_OF_TWO,
  GetLogGroupFields: IN_ONE_OF_TWO,
  StartQuery: ['logGroupName', 'logGroupNames', 'logGroupIdentifiers'],
  // What they are asked for only filters what they answer.
  DescribeLogGroups: [],
  ListLogGroups: [],
};

/**
 * The resources of a request, in the form in which the service compares them with a policy, as its messages show: the
 * ARN of a stream, which has no name if the request is about a group. This is why policies end in `:*`. Requests about
 * tags have the ARN of the group itself.
 */
export function resourcesOf(operation: string, members: Members): readonly string[] {
  if (OF_NOTHING.has(operation)) return ['*'];
  if (OF_TAGS.has(operation)) return [members.peek('resourceArn') ?? ''];
  const stream = OF_STREAMS.has(operation) ? (members.peek('logStreamName') ?? '') : '';
  const groups = (MEMBERS[operation] ?? ['logGroupName']).flatMap(
    (name) => members.peek(name) ?? members.peekTexts(name) ?? [],
  );
  return (groups.length === 0 ? [''] : groups).map((group) =>
    group.startsWith('arn:') ? `${group}:log-stream:${stream}` : logStreamArn(group, stream),
  );
}

/**
 * CreateLogGroup with tags needs the permission to tag too. In which form the service then compares the group is
 * unknown, so that either is enough.
 */
export const taggedGroupForms = (members: Members): readonly string[] => {
  const group = members.peek('logGroupName') ?? '';
  return [logStreamArn(group, ''), logGroupArn(group)];
};
