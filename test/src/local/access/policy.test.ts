import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  GetQueryResultsCommand,
  PutRetentionPolicyCommand,
  StartLiveTailCommand,
  StartQueryCommand,
  TagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { start } from '@putlogs/local';
import test, { type ExecutionContext } from 'ava';
import { Bench, NOW } from '../support.js';

const LOGS = 'arn:aws:logs:us-east-1:000000000000:log-group';

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly NotAction?: string;
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string;
}

const allow = (
  Action: string | readonly string[],
  Resource: string | readonly string[] = '*',
): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
});

async function under(t: ExecutionContext, ...statements: readonly Statement[]): Promise<Bench> {
  const policy = { Version: '2012-10-17', Statement: statements };
  const made = new Bench(await start({ now: () => NOW, signingClock: () => NOW, policy }));
  t.teardown(async () => {
    made.client.destroy();
    await made.local.close();
  });
  return made;
}

const group = (logGroupName: string, tags?: Record<string, string>) =>
  new CreateLogGroupCommand({ logGroupName, ...(tags && { tags }) });
const stream = (logGroupName: string, logStreamName = 's') =>
  new CreateLogStreamCommand({ logGroupName, logStreamName });

const denied = (operation: string, resource: string, reason?: string) => ({
  name: 'AccessDeniedException',
  message: `User: arn:aws:iam::000000000000:user/local is not authorized to perform: logs:${operation} on resource: ${resource} ${reason ?? `because no identity-based policy allows the logs:${operation} action`}`,
});

test('the policy of the documentation allows what the transports need, for its log group alone', async (t) => {
  const actions = ['logs:PutLogEvents', 'logs:CreateLogStream', 'logs:CreateLogGroup'];
  const made = await under(t, allow(actions, 'arn:aws:logs:*:*:log-group:/my/app:*'));
  const { client } = made;
  await client.send(group('/my/app'));
  await client.send(stream('/my/app'));
  await made.put({ logGroupName: '/my/app' });
  t.is(made.local.count('/my/app'), 1);
  await t.throwsAsync(
    client.send(group('/my/app2')),
    denied('CreateLogGroup', `${LOGS}:/my/app2:log-stream:`),
  );
  await t.throwsAsync(made.put({ logGroupName: 'x' }), denied('PutLogEvents', `${LOGS}:x:log-stream:s`));
  const retention = new PutRetentionPolicyCommand({ logGroupName: '/my/app', retentionInDays: 1 });
  await t.throwsAsync(client.send(retention), denied('PutRetentionPolicy', `${LOGS}:/my/app:log-stream:`));
  const describe = client.send(new DescribeLogGroupsCommand({}));
  await t.throwsAsync(describe, denied('DescribeLogGroups', `${LOGS}::log-stream:`));
  t.is(made.local.requests.at(-1)?.errorType, 'AccessDeniedException');
});

test('a policy without the asterisk at its end does not allow what is about streams', async (t) => {
  const { client } = await under(t, allow('logs:*', `${LOGS}:g`));
  await t.throwsAsync(client.send(group('g')), denied('CreateLogGroup', `${LOGS}:g:log-stream:`));
});

test('a stream can be allowed alone', async (t) => {
  const made = await under(
    t,
    allow(['logs:Create*'], `${LOGS}:g:*`),
    allow('logs:PutLogEvents', `${LOGS}:g:log-stream:mine/*`),
  );
  for (const command of [group('g'), stream('g', 'mine/1'), stream('g', 'other')])
    await made.client.send(command as never);
  await t.notThrowsAsync(made.put({ logStreamName: 'mine/1' }));
  await t.throwsAsync(
    made.put({ logStreamName: 'other' }),
    denied('PutLogEvents', `${LOGS}:g:log-stream:other`),
  );
});

test('a Deny outweighs an Allow', async (t) => {
  const made = await under(t, allow('*'), {
    Effect: 'Deny',
    Action: 'LOGS:put?ogEvents',
    Resource: `${LOGS}:secret:*`,
  });
  for (const name of ['g', 'secret']) {
    await made.client.send(group(name));
    await made.client.send(stream(name));
  }
  await t.notThrowsAsync(made.put());
  await t.throwsAsync(
    made.put({ logGroupName: 'secret' }),
    denied(
      'PutLogEvents',
      `${LOGS}:secret:log-stream:s`,
      'with an explicit deny in an identity-based policy',
    ),
  );
});

test('NotAction and NotResource apply to everything else', async (t) => {
  const { client } = await under(t, {
    Effect: 'Allow',
    NotAction: 'logs:CreateLogStream',
    NotResource: `${LOGS}:h:*`,
  });
  await t.notThrowsAsync(client.send(group('g')));
  await t.throwsAsync(client.send(stream('g')), { name: 'AccessDeniedException' });
  await t.throwsAsync(client.send(group('h')), { name: 'AccessDeniedException' });
});

test('tags need a permission of their own, on the ARN of the group', async (t) => {
  const { client } = await under(t, allow('logs:CreateLogGroup'), allow('logs:TagResource', `${LOGS}:a`));
  await t.notThrowsAsync(client.send(group('a', { k: 'v' })));
  await t.notThrowsAsync(client.send(group('b')));
  await t.throwsAsync(client.send(group('c', { k: 'v' })), {
    name: 'AccessDeniedException',
    message: 'User with accountId: 000000000000 is not authorized to perform CreateLogGroup with Tags',
  });
  const tag = (name: string) =>
    client.send(new TagResourceCommand({ resourceArn: `${LOGS}:${name}`, tags: { k: 'v' } }));
  await t.notThrowsAsync(tag('a'));
  await t.throwsAsync(tag('b'), denied('TagResource', `${LOGS}:b`));
});

test('reading needs a permission for each group', async (t) => {
  const reads = ['logs:StartQuery', 'logs:StartLiveTail', 'logs:GetLogEvents', 'logs:FilterLogEvents'];
  const { client } = await under(t, allow('logs:Create*'), allow(reads, `${LOGS}:g:*`));
  for (const name of ['g', 'h']) await client.send(group(name));
  const span = { startTime: 0, endTime: NOW, queryString: 'fields @message' };
  const query = (...logGroupNames: string[]) =>
    client.send(new StartQueryCommand({ ...span, logGroupNames }));
  const { queryId } = await query('g');
  await t.throwsAsync(query('g', 'h'), denied('StartQuery', `${LOGS}:h:log-stream:`));
  await t.throwsAsync(client.send(new GetQueryResultsCommand({ queryId })), denied('GetQueryResults', '*'));
  const tail = client.send(new StartLiveTailCommand({ logGroupIdentifiers: [`${LOGS}:h`] }));
  await t.throwsAsync(tail, denied('StartLiveTail', `${LOGS}:h:log-stream:`));
  const filter = client.send(new FilterLogEventsCommand({ logGroupIdentifier: `${LOGS}:h` }));
  await t.throwsAsync(filter, denied('FilterLogEvents', `${LOGS}:h:log-stream:`));
  const get = client.send(new GetLogEventsCommand({ logGroupIdentifier: 'h', logStreamName: 's' }));
  await t.throwsAsync(get, denied('GetLogEvents', `${LOGS}:h:log-stream:s`));
});

test('access is decided before faults, and before the request is looked at more closely', async (t) => {
  const made = await under(t, allow('logs:Get*'));
  made.local.fault({ kind: 'throttle', operation: '*' });
  await t.throwsAsync(made.client.send(group('bad name')), { name: 'AccessDeniedException' });
});

const STATEMENT = { Effect: 'Allow', Action: '*', Resource: '*' };
const INVALID: readonly (readonly [unknown, string])[] = [
  [[], 'policy: the document is not an object'],
  [{}, 'policy: a statement is not an object'],
  [{ Statement: STATEMENT, Statements: [] }, "policy: a document has no 'Statements'"],
  [{ Statement: { ...STATEMENT, Effect: 'allow' } }, "policy: Effect is 'Allow' or 'Deny'"],
  [{ Statement: { ...STATEMENT, Condition: {} } }, "policy: 'Condition' of a statement is not supported"],
  [{ Statement: { ...STATEMENT, Principal: '*' } }, "policy: 'Principal' of a statement is not supported"],
  [{ Statement: { ...STATEMENT, NotAction: 'x' } }, 'policy: a statement has either Action or NotAction'],
  [{ Statement: { Effect: 'Allow', Action: '*' } }, 'policy: a statement has either Resource or NotResource'],
  [{ Statement: { ...STATEMENT, Action: [1] } }, 'policy: Action has no text'],
  [
    { Statement: { ...STATEMENT, Resource: `$${'{aws:username}'}` } },
    `policy: variables such as '$${'{aws:username}'}' are not supported`,
  ],
];

for (const [document, message] of INVALID) {
  test(`the document is refused: ${JSON.stringify(document)}`, async (t) => {
    await t.throwsAsync(start({ policy: document as object }), { instanceOf: TypeError, message });
  });
}

test('a member that an operation does not have allows nothing', async (t) => {
  const made = await under(t, allow('logs:*', [`${LOGS}:g:*`, `${LOGS}:g`, `${LOGS}::log-stream:`]));
  await made.client.send(group('g'));
  const stranger = {
    logGroupIdentifier: 'g',
    logGroupIdentifiers: ['g'],
    logGroupNames: ['g'],
    resourceArn: `${LOGS}:g`,
  };
  for (const [operation, input] of [
    ['CreateLogGroup', { logGroupName: 'h' }],
    [
      'PutLogEvents',
      { logGroupName: 'h', logStreamName: 's', logEvents: [{ timestamp: NOW, message: 'x' }] },
    ],
    ['DeleteLogGroup', { logGroupName: 'h' }],
  ] as const) {
    const { body } = await made.raw(operation, JSON.stringify({ ...stranger, ...input }));
    t.like(JSON.parse(body), { __type: 'AccessDeniedException' }, operation);
  }
  // What these are asked for only filters what they answer.
  await t.notThrowsAsync(made.client.send(new DescribeLogGroupsCommand({ logGroupIdentifiers: ['h'] })));
});
