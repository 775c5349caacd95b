import * as sdk from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateLogGroupCommand,
  type CreateLogGroupCommandInput,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DescribeLogGroupsCommand,
  type DescribeLogGroupsCommandInput,
  DescribeLogStreamsCommand,
  DescribeMetricFiltersCommand,
  FilterLogEventsCommand,
  GetQueryResultsCommand,
  LogGroupClass,
  PutLogGroupDeletionProtectionCommand,
  StartQueryCommand,
  TagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import test from 'ava';
import { membersOf } from '../../support/service-model.js';
import { type Bench, bench, NOW } from '../support.js';

const ARN = 'arn:aws:logs:us-east-1:000000000000:log-group:g';

/** Starts a query, and returns its id. */
async function startedQuery({ client }: Bench): Promise<{ readonly queryId: string | undefined }> {
  const span = { startTime: 0, endTime: NOW };
  const query = new StartQueryCommand({ logGroupName: 'g', queryString: 'fields @message', ...span });
  const { queryId } = await client.send(query);
  return { queryId };
}

/** Puts an event, and returns the service's name of it. */
async function storedRecord(made: Bench): Promise<object> {
  await made.put();
  const id = await startedQuery(made);
  await made.client.send(new GetQueryResultsCommand(id));
  const { results } = await made.client.send(new GetQueryResultsCommand(id));
  return { logRecordPointer: results?.[0]?.find(({ field }) => field === '@ptr')?.value };
}

/** The operations in the README, with their required members, or what makes them. */
const NEEDED: Readonly<Record<string, object | ((made: Bench) => Promise<object>)>> = {
  PutLogEvents: {
    logGroupName: 'g',
    logStreamName: 's',
    logEvents: [{ timestamp: NOW, message: 'hello' }],
  },
  CreateLogGroup: { logGroupName: 'new' },
  CreateLogStream: { logGroupName: 'g', logStreamName: 'new' },
  DeleteLogGroup: { logGroupName: 'g' },
  DeleteLogStream: { logGroupName: 'g', logStreamName: 's' },
  PutLogGroupDeletionProtection: { logGroupIdentifier: 'g', deletionProtectionEnabled: false },
  PutRetentionPolicy: { logGroupName: 'g', retentionInDays: 1 },
  DeleteRetentionPolicy: { logGroupName: 'g' },
  TagResource: { resourceArn: ARN, tags: { a: 'b' } },
  UntagResource: { resourceArn: ARN, tagKeys: ['a'] },
  ListTagsForResource: { resourceArn: ARN },
  TagLogGroup: { logGroupName: 'g', tags: { a: 'b' } },
  UntagLogGroup: { logGroupName: 'g', tags: ['a'] },
  ListTagsLogGroup: { logGroupName: 'g' },
  DescribeIndexPolicies: { logGroupIdentifiers: ['g'] },
  GetDataProtectionPolicy: { logGroupIdentifier: 'g' },
  ListLogGroups: {},
  DescribeLogGroups: {},
  DescribeLogStreams: { logGroupName: 'g' },
  GetLogEvents: { logGroupName: 'g', logStreamName: 's' },
  FilterLogEvents: { logGroupName: 'g' },
  StartLiveTail: { logGroupIdentifiers: [ARN] },
  GetLogGroupFields: { logGroupName: 'g' },
  GetLogRecord: storedRecord,
  StartQuery: { logGroupName: 'g', startTime: 0, endTime: NOW, queryString: 'fields @message' },
  GetQueryResults: startedQuery,
  StopQuery: startedQuery,
};

const neededBy = (operation: string, made: Bench): object | Promise<object> => {
  const needed = NEEDED[operation] ?? {};
  return typeof needed === 'function' ? needed(made) : needed;
};

const send = async (made: Bench, operation: string, input: object) => {
  const { status, body } = await made.raw(operation, JSON.stringify(input));
  const { __type = '', message = '' } = JSON.parse(body);
  return { status, type: String(__type), message: String(message) };
};

for (const operation of Object.keys(NEEDED)) {
  test(`${operation} reads every member of the model`, async (t) => {
    const made = await bench(t);
    const needed = await neededBy(operation, made);
    for (const member of membersOf(operation)) {
      // No member is a list of lists, so an operation that reads the member refuses this.
      const answer = await send(made, operation, { ...needed, [member]: [[0]] });
      t.is(answer.type, 'SerializationException', `${member}: ${answer.message}`);
    }
    t.is((await send(made, operation, needed)).status, 200);
  });
}

const text = (length: number, character = 'x'): string => character.repeat(length);
const many = <T>(length: number, item: T): readonly T[] => Array.from({ length }, () => item);

type Bound = readonly [operation: string, members: object, violation?: RegExp];
const length = (member: string, than: 'greater' | 'less', bound: number): RegExp =>
  new RegExp(
    `at '${member}' failed to satisfy constraint: Member must have length ${than} than or equal to ${bound}`,
  );
const inside = (member: string): RegExp =>
  new RegExp(`at '${member}' failed to satisfy constraint: Member must satisfy constraint: \\[`);
const pattern = (member: string): RegExp =>
  new RegExp(`at '${member}' failed to satisfy constraint: Member must satisfy regular expression pattern: `);

/** Values on both sides of each limit. A violation is refused with a message like the third. */
const BOUNDS: readonly Bound[] = [
  ['PutLogEvents', { sequenceToken: '1' }],
  ['PutLogEvents', { sequenceToken: '' }, length('sequenceToken', 'greater', 1)],
  ['DescribeLogGroups', { logGroupClass: 'ESSENTIALS' }],
  ['DescribeLogGroups', { logGroupClass: 'CHEAP' }, /at 'logGroupClass' .*enum value set/],
  ['DescribeLogGroups', { accountIdentifiers: [] }],
  ['DescribeLogGroups', { accountIdentifiers: many(20, text(12, '0')) }],
  [
    'DescribeLogGroups',
    { accountIdentifiers: many(21, text(12, '0')) },
    length('accountIdentifiers', 'less', 20),
  ],
  ['DescribeLogGroups', { accountIdentifiers: [text(11, '0')] }, inside('accountIdentifiers')],
  ['DescribeLogGroups', { accountIdentifiers: [text(13, '0')] }, inside('accountIdentifiers')],
  ['DescribeLogGroups', { accountIdentifiers: [text(12)] }, inside('accountIdentifiers')],
  ['DescribeLogGroups', { accountIdentifiers: [null] }, inside('accountIdentifiers')],
  ['DescribeLogGroups', { logGroupNamePattern: '' }],
  ['DescribeLogGroups', { logGroupNamePattern: text(512) }],
  ['DescribeLogGroups', { logGroupNamePattern: text(513) }, length('logGroupNamePattern', 'less', 512)],
  ['DescribeLogGroups', { logGroupNamePattern: '*' }, pattern('logGroupNamePattern')],
  ['DescribeLogGroups', { logGroupNamePrefix: text(512) }],
  ['DescribeLogGroups', { logGroupNamePrefix: text(513) }, length('logGroupNamePrefix', 'less', 512)],
  ['DescribeLogGroups', { logGroupNamePrefix: '' }, length('logGroupNamePrefix', 'greater', 1)],
  ['DescribeLogGroups', { logGroupNamePrefix: 'a', logGroupNamePattern: 'a' }, /mutually exclusive/],
  ['DescribeLogGroups', { logGroupIdentifiers: [] }, length('logGroupIdentifiers', 'greater', 1)],
  ['DescribeLogGroups', { logGroupIdentifiers: many(50, text(2048)) }],
  ['DescribeLogGroups', { logGroupIdentifiers: many(51, 'g') }, length('logGroupIdentifiers', 'less', 50)],
  ['DescribeLogGroups', { logGroupIdentifiers: [text(2049)] }, inside('logGroupIdentifiers')],
  ['DescribeLogGroups', { logGroupIdentifiers: [''] }, inside('logGroupIdentifiers')],
  ['DescribeLogGroups', { logGroupIdentifiers: ['a*'] }, inside('logGroupIdentifiers')],
  ['DescribeLogGroups', { logGroupIdentifiers: ['g'], includeLinkedAccounts: true }],
  ['DescribeLogGroups', { logGroupIdentifiers: ['g'], logGroupNamePrefix: 'g' }, /takes no other filter/],
  ['DescribeLogGroups', { logGroupIdentifiers: ['g'], logGroupClass: 'STANDARD' }, /takes no other filter/],
  ['DescribeLogGroups', { limit: 50 }],
  ['DescribeLogGroups', { limit: 51 }, /at 'limit' .*less than or equal to 50/],
  ['DescribeLogGroups', { nextToken: '' }, length('nextToken', 'greater', 1)],
  ['DescribeLogStreams', { logGroupName: null, logGroupIdentifier: 'g' }],
  ['DescribeLogStreams', { logGroupName: null, logGroupIdentifier: ARN }],
  ['DescribeLogStreams', { logGroupIdentifier: 'g' }, /but not both/],
  ['DescribeLogStreams', { logGroupName: null }, /but not both/],
  [
    'DescribeLogStreams',
    { logGroupName: null, logGroupIdentifier: '' },
    length('logGroupIdentifier', 'greater', 1),
  ],
  [
    'DescribeLogStreams',
    { logGroupName: null, logGroupIdentifier: text(2049) },
    length('logGroupIdentifier', 'less', 2048),
  ],
  [
    'DescribeLogStreams',
    { logGroupName: null, logGroupIdentifier: `${ARN}:*` },
    pattern('logGroupIdentifier'),
  ],
  ['DescribeLogStreams', { logStreamNamePrefix: text(512) }],
  ['DescribeLogStreams', { logStreamNamePrefix: text(513) }, length('logStreamNamePrefix', 'less', 512)],
  ['DescribeLogStreams', { limit: 0 }, /at 'limit' .*greater than or equal to 1/],
  ['GetLogEvents', { unmask: true }],
  ['GetLogEvents', { logGroupName: null, logGroupIdentifier: ARN }],
  ['GetLogEvents', { logGroupIdentifier: 'g' }, /but not both/],
  ['FilterLogEvents', { unmask: true, interleaved: false }],
  ['FilterLogEvents', { logGroupName: null, logGroupIdentifier: ARN }],
  ['FilterLogEvents', { logGroupName: null }, /but not both/],
  ['FilterLogEvents', { logStreamNames: [] }, length('logStreamNames', 'greater', 1)],
  ['FilterLogEvents', { logStreamNames: ['s'] }],
  ['FilterLogEvents', { logStreamNames: many(100, 's') }],
  ['FilterLogEvents', { logStreamNames: many(101, 's') }, length('logStreamNames', 'less', 100)],
  ['FilterLogEvents', { logStreamNames: [''] }, inside('logStreamNames')],
  ['FilterLogEvents', { logStreamNames: [text(513)] }, inside('logStreamNames')],
  ['FilterLogEvents', { logStreamNames: ['a:b'] }, inside('logStreamNames')],
  ['FilterLogEvents', { logStreamNames: ['s'], logStreamNamePrefix: 's' }, /mutually exclusive/],
  ['FilterLogEvents', { filterPattern: '' }],
  ['FilterLogEvents', { filterPattern: text(1024) }],
  ['FilterLogEvents', { filterPattern: text(1025) }, length('filterPattern', 'less', 1024)],
  ['FilterLogEvents', { startFromHead: false, startTime: Date.UTC(2024, 0, 1) }],
  [
    'FilterLogEvents',
    { startFromHead: false, startTime: Date.UTC(2024, 0, 1) - 1 },
    /on or after 2024-01-01/,
  ],
  ['FilterLogEvents', { startFromHead: false }, /on or after 2024-01-01/],
  ['PutLogGroupDeletionProtection', { logGroupIdentifier: ARN }],
  [
    'PutLogGroupDeletionProtection',
    { deletionProtectionEnabled: null },
    /at 'deletionProtectionEnabled' .*not be null/,
  ],
  ['CreateLogGroup', { tags: { 'aw:s': 'v' } }],
  ['CreateLogGroup', { tags: { 'aws:x': 'v' } }, /^aws: prefixed tag key names are not allowed/],
  ['CreateLogGroup', { tags: { 'AWS:x': 'v' } }, /^aws: prefixed tag key names are not allowed/],
  ['TagResource', { tags: { 'aws.x': 'aws:v' } }],
  ['TagResource', { tags: { 'aws:x': 'v' } }, /^aws: prefixed tag key names are not allowed/],
  ['TagResource', { resourceArn: ARN.replace('us-east-1', 'eu-west-1') }, /in this account and Region/],
  ['TagResource', { resourceArn: ARN.replace('000000000000', '111111111111') }, /in this account and Region/],
  ['TagResource', { resourceArn: ARN.replace('arn:aws:', 'arn:aws-cn:') }, /in this account and Region/],
  ['TagResource', { resourceArn: `${ARN}:log-stream:s` }, /not that of a log group/],
  ['TagResource', { resourceArn: ARN.replace(':log-group:g', ':destination:g') }, /not that of a log group/],
];

for (const [operation, members, violation] of BOUNDS) {
  const shown = JSON.stringify(members).slice(0, 80);
  test(`${operation} ${violation ? 'refuses' : 'accepts'} ${shown} ${violation?.source ?? ''}`, async (t) => {
    const made = await bench(t);
    const answer = await send(made, operation, { ...NEEDED[operation], ...members });
    t.is(answer.type, violation ? 'InvalidParameterException' : '', answer.message);
    if (violation) t.regex(answer.message, violation);
    else t.is(answer.status, 200);
  });
}

test('a group can have any class that the SDK knows', async (t) => {
  const { client } = await bench(t);
  for (const logGroupClass of Object.values(LogGroupClass)) {
    await client.send(new CreateLogGroupCommand({ logGroupName: logGroupClass, logGroupClass }));
  }
  const classes = async (input: DescribeLogGroupsCommandInput) =>
    (await client.send(new DescribeLogGroupsCommand(input))).logGroups?.map((group) => group.logGroupClass);
  t.deepEqual(await classes({}), [...Object.values(LogGroupClass), 'STANDARD'].sort());
  const cheaper = ['ESSENTIALS', 'INFREQUENT_ACCESS'] as const;
  for (const logGroupClass of cheaper) t.deepEqual(await classes({ logGroupClass }), [...cheaper]);
  t.deepEqual(await classes({ logGroupClass: 'DELIVERY' }), ['DELIVERY']);
});

test('groups are found by part of their name, by identifiers and by account', async (t) => {
  const { client } = await bench(t);
  for (const logGroupName of ['a/g', 'G', 'h'])
    await client.send(new CreateLogGroupCommand({ logGroupName }));
  const describe = async (input: DescribeLogGroupsCommandInput) =>
    (await client.send(new DescribeLogGroupsCommand(input))).logGroups ?? [];
  const names = async (input: DescribeLogGroupsCommandInput) =>
    (await describe(input)).map(({ logGroupName }) => logGroupName);
  t.deepEqual(await names({ logGroupNamePattern: 'g' }), ['a/g', 'g']);
  t.deepEqual(Object.keys((await describe({ logGroupNamePattern: 'h' }))[0] ?? {}).sort(), [
    'arn',
    'creationTime',
    'logGroupArn',
    'logGroupClass',
    'logGroupName',
    'metricFilterCount',
  ]);
  t.deepEqual(await names({ logGroupIdentifiers: ['h', ARN, 'none'] }), ['g', 'h']);
  const elsewhere = { includeLinkedAccounts: true, accountIdentifiers: ['111111111111'] };
  t.deepEqual(await names(elsewhere), []);
  t.deepEqual(await names({ ...elsewhere, accountIdentifiers: ['000000000000'] }), ['G', 'a/g', 'g', 'h']);
  t.deepEqual(await names({ ...elsewhere, accountIdentifiers: undefined }), ['G', 'a/g', 'g', 'h']);
});

test('a protected group and its streams cannot be deleted until the protection ends', async (t) => {
  const { client, local } = await bench(t);
  const group = { logGroupName: 'kept' };
  const stream = { ...group, logStreamName: 's' };
  const input: CreateLogGroupCommandInput = { ...group, deletionProtectionEnabled: true };
  await client.send(new CreateLogGroupCommand(input));
  await client.send(new CreateLogStreamCommand(stream));
  const refused = { name: 'ValidationException', message: /deletion protection/ };
  await t.throwsAsync(client.send(new DeleteLogGroupCommand(group)), refused);
  await t.throwsAsync(client.send(new DeleteLogStreamCommand(stream)), refused);
  const isProtected = async () => {
    const { logGroups } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: 'kept' }));
    return logGroups?.[0]?.deletionProtectionEnabled;
  };
  t.true(await isProtected());
  const change = { logGroupIdentifier: 'kept', deletionProtectionEnabled: false };
  await client.send(new PutLogGroupDeletionProtectionCommand(change));
  t.false(await isProtected());
  await client.send(new DeleteLogStreamCommand(stream));
  await client.send(new DeleteLogGroupCommand(group));
  t.is(local.requests.at(-1)?.status, 200);
});

test('streams that are requested by name must exist', async (t) => {
  const { client } = await bench(t);
  const find = (logStreamNames: string[]) =>
    client.send(new FilterLogEventsCommand({ logGroupName: 'g', logStreamNames }));
  await t.notThrowsAsync(find(['s', 's']));
  await t.throwsAsync(find(['s', 'none']), {
    name: 'ResourceNotFoundException',
    message: 'The specified log stream does not exist.',
  });
});

test('an identifier of another account or Region is refused', async (t) => {
  const { client } = await bench(t);
  const describe = (logGroupIdentifier: string) =>
    client.send(new DescribeLogStreamsCommand({ logGroupIdentifier }));
  await t.throwsAsync(describe(ARN.replace('us-east-1', 'eu-west-1')), { message: /account and Region/ });
  await t.throwsAsync(describe(`${ARN}x`), { name: 'ResourceNotFoundException' });
});

test('the error for an operation that is not implemented names it', async (t) => {
  const { client, local } = await bench(t);
  await t.throwsAsync(client.send(new DescribeMetricFiltersCommand({ logGroupName: 'g' })), {
    name: 'UnsupportedOperationException',
    message: /^@putlogs\/local does not implement DescribeMetricFilters\./,
  });
  t.is(local.requests.at(-1)?.errorType, 'UnsupportedOperationException');
  await client.send(new TagResourceCommand({ resourceArn: ARN, tags: { a: 'b' } }));
});

test('every operation of the SDK is implemented, or known to be missing', async (t) => {
  const made = await bench(t);
  const operations = Object.keys(sdk).flatMap((name) => /^([A-Z]\w+)Command$/.exec(name)?.slice(1) ?? []);
  t.true(operations.length > 100);
  for (const operation of operations) {
    const { type } = await send(made, operation, {});
    if (operation in NEEDED) t.not(type, 'UnsupportedOperationException', operation);
    else t.is(type, 'UnsupportedOperationException', operation);
  }
  for (const operation of ['PutLogEvent', 'constructor', ''])
    t.is((await send(made, operation, {})).type, 'UnknownOperationException');
});

test('a value that has a toString of its own is a violation, and no failure', async (t) => {
  const made = await bench(t);
  const tags = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, { toString: 1 }]));
  const answer = await made.raw('CreateLogGroup', JSON.stringify({ logGroupName: 'x', tags }));
  t.is(answer.status, 400, answer.body);
});
