import { logGroupArn, logStreamArn } from '../operations/arn.js';
import type { Members } from '../operations/members.js';

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html */
const OF_STREAMS: ReadonlySet<string> = new Set(['PutLogEvents', 'GetLogEvents', 'DeleteLogStream']);
const OF_NOTHING: ReadonlySet<string> = new Set(['GetQueryResults', 'StopQuery', 'GetLogRecord']);

/**
 * The resources of a request, in the form in which the service compares them with a policy, as its messages show: the
 * ARN of a stream, which has no name if the request is about a group. This is why policies end in `:*`. Requests about
 * tags have the ARN of the group itself.
 */
export function resourcesOf(operation: string, members: Members): readonly string[] {
  if (OF_NOTHING.has(operation)) return ['*'];
  const arn = members.peek('resourceArn');
  if (arn !== undefined) return [arn];
  const stream = OF_STREAMS.has(operation) ? (members.peek('logStreamName') ?? '') : '';
  const groups = groupsIn(members);
  return (groups.length === 0 ? [''] : groups).map((group) =>
    group.startsWith('arn:') ? `${group}:log-stream:${stream}` : logStreamArn(group, stream),
  );
}

/** The names or ARNs of the groups of a request. */
function groupsIn(members: Members): readonly string[] {
  const single = members.peek('logGroupName') ?? members.peek('logGroupIdentifier');
  if (single !== undefined) return [single];
  return members.peekTexts('logGroupNames') ?? members.peekTexts('logGroupIdentifiers') ?? [];
}

/**
 * CreateLogGroup with tags needs the permission to tag too. In which form the service then compares the group is
 * unknown, so that either is enough.
 */
export const taggedGroupForms = (members: Members): readonly string[] => {
  const group = members.peek('logGroupName') ?? '';
  return [logStreamArn(group, ''), logGroupArn(group)];
};
