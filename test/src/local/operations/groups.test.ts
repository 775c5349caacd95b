import {
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DescribeIndexPoliciesCommand,
  DescribeLogGroupsCommand,
  GetDataProtectionPolicyCommand,
  ListLogGroupsCommand,
  type ListLogGroupsCommandInput,
  ListTagsForResourceCommand,
  ListTagsLogGroupCommand,
  type LogGroupClass,
  PutRetentionPolicyCommand,
  paginateDescribeLogGroups,
  TagLogGroupCommand,
  TagResourceCommand,
  UntagLogGroupCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import test from 'ava';
import { type Bench, bench } from '../support.js';

const arnOf = (name: string): string => `arn:aws:logs:us-east-1:000000000000:log-group:${name}`;

const NO_GROUP = { name: 'ResourceNotFoundException', message: 'The specified log group does not exist.' };

async function tagsOf({ client }: Bench, name: string) {
  const { tags } = await client.send(new ListTagsForResourceCommand({ resourceArn: arnOf(name) }));
  return tags;
}

test('the calls of Terraform for a log group, from its creation to its end', async (t) => {
  const made = await bench(t);
  const { client } = made;
  const logGroupName = '/tf/app';
  const find = async () => {
    const pages = paginateDescribeLogGroups({ client }, { logGroupNamePrefix: logGroupName });
    for await (const { logGroups = [] } of pages) {
      const found = logGroups.find((group) => group.logGroupName === logGroupName);
      if (found) return found;
    }
    return undefined;
  };
  await client.send(
    new CreateLogGroupCommand({ logGroupName, logGroupClass: 'STANDARD', tags: { team: 'a' } }),
  );
  await client.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 7 }));
  const group = await find();
  t.is(group?.arn, `${arnOf(logGroupName)}:*`);
  t.is(group?.retentionInDays, 7);
  t.deepEqual(await tagsOf(made, logGroupName), { team: 'a' });
  // A later plan that changes the tags and removes the retention.
  const resourceArn = arnOf(logGroupName);
  await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['team', 'none'] }));
  await client.send(new TagResourceCommand({ resourceArn, tags: { owner: 'b' } }));
  await client.send(new DeleteRetentionPolicyCommand({ logGroupName }));
  t.is((await find())?.retentionInDays, undefined);
  t.deepEqual(await tagsOf(made, logGroupName), { owner: 'b' });
  await client.send(new DeleteLogGroupCommand({ logGroupName }));
  t.is(await find(), undefined);
  await t.throwsAsync(tagsOf(made, logGroupName), NO_GROUP);
  await t.throwsAsync(client.send(new DeleteRetentionPolicyCommand({ logGroupName })), NO_GROUP);
});

test('what CloudFormation asks of a group beside that: no index policy and no data protection', async (t) => {
  const { client } = await bench(t);
  const indexes = (name: string) =>
    client.send(new DescribeIndexPoliciesCommand({ logGroupIdentifiers: [name] }));
  const protection = (logGroupIdentifier: string) =>
    client.send(new GetDataProtectionPolicyCommand({ logGroupIdentifier }));
  t.deepEqual((await indexes(arnOf('g'))).indexPolicies, []);
  t.is((await protection('g')).policyDocument, undefined);
  await t.throwsAsync(indexes('none'), NO_GROUP);
  await t.throwsAsync(protection('none'), NO_GROUP);
});

test('the deprecated operations see the same tags', async (t) => {
  const made = await bench(t);
  const { client } = made;
  const logGroupName = 'g';
  await client.send(new TagLogGroupCommand({ logGroupName, tags: { a: '1', b: '2' } }));
  t.deepEqual(await tagsOf(made, 'g'), { a: '1', b: '2' });
  await client.send(new UntagLogGroupCommand({ logGroupName, tags: ['a'] }));
  t.deepEqual((await client.send(new ListTagsLogGroupCommand({ logGroupName }))).tags, { b: '2' });
  await t.throwsAsync(client.send(new TagLogGroupCommand({ logGroupName, tags: { 'aws:x': '1' } })), {
    name: 'InvalidParameterException',
    message: 'aws: prefixed tag key names are not allowed for external use.',
  });
});

interface Given {
  readonly name: string;
  readonly logGroupClass?: LogGroupClass;
  readonly tags?: Record<string, string>;
}

const GROUPS: readonly Given[] = [
  { name: '/aws/lambda/orders', tags: { stage: 'Prod', team: 'a' } },
  { name: '/aws/lambda/stock', logGroupClass: 'INFREQUENT_ACCESS', tags: { stage: 'dev' } },
  { name: '/my/aws/lambda', logGroupClass: 'DELIVERY', tags: { team: 'a' } },
];

const LISTS: readonly (readonly [ListLogGroupsCommandInput, ...(readonly string[])])[] = [
  [{}, '/aws/lambda/orders', '/aws/lambda/stock', '/my/aws/lambda', 'g'],
  [{ logGroupNamePattern: 'lambda' }, '/aws/lambda/orders', '/aws/lambda/stock', '/my/aws/lambda'],
  [{ logGroupNamePattern: '^/aws' }, '/aws/lambda/orders', '/aws/lambda/stock'],
  [{ logGroupNamePattern: '^/my/|orders' }, '/aws/lambda/orders', '/my/aws/lambda'],
  [{ logGroupNamePattern: 'LAMBDA' }],
  [{ logGroupClass: 'DELIVERY' }, '/my/aws/lambda'],
  [{ logGroupTags: [{ key: 'team' }] }, '/aws/lambda/orders', '/my/aws/lambda'],
  [{ logGroupTags: [{ key: 'stage', values: ['Prod'] }] }, '/aws/lambda/orders'],
  [{ logGroupTags: [{ key: 'stage', values: ['prod'] }] }],
  [{ logGroupTags: [{ key: 'stage', values: ['prod*'] }] }, '/aws/lambda/orders'],
  [{ logGroupTags: [{ key: 'stage', values: ['*E*'] }] }, '/aws/lambda/stock'],
  [{ logGroupTags: [{ key: 'stage', values: ['*v'] }] }, '/aws/lambda/stock'],
  [{ logGroupTags: [{ key: 'stage', values: ['!Prod'] }] }, '/aws/lambda/stock'],
  [{ logGroupTags: [{ key: 'stage', values: ['x', 'dev'] }] }, '/aws/lambda/stock'],
  [{ logGroupTags: [{ key: 'team', values: ['a'] }, { key: 'stage' }] }, '/aws/lambda/orders'],
  [{ dataSources: [{ name: 'amazon_vpc' }] }],
  [{ fieldIndexNames: ['requestId'] }],
  [{ includeLinkedAccounts: true, accountIdentifiers: ['111111111111'] }],
];

async function withGroups(made: Bench): Promise<void> {
  for (const { name, ...settings } of GROUPS)
    await made.client.send(new CreateLogGroupCommand({ logGroupName: name, ...settings }));
}

for (const [input, ...names] of LISTS) {
  test(`ListLogGroups with ${JSON.stringify(input)}`, async (t) => {
    const made = await bench(t);
    await withGroups(made);
    const { logGroups = [] } = await made.client.send(new ListLogGroupsCommand(input));
    t.deepEqual(
      logGroups.map(({ logGroupName }) => logGroupName),
      [...names],
    );
  });
}

test('ListLogGroups answers names, ARNs and classes, in pages', async (t) => {
  const made = await bench(t);
  await withGroups(made);
  const list = (input: ListLogGroupsCommandInput) => made.client.send(new ListLogGroupsCommand(input));
  const first = await list({ limit: 3, logGroupNamePattern: 'lambda|ggg' });
  t.is(first.nextToken, undefined);
  t.deepEqual(first.logGroups?.[2], {
    logGroupName: '/my/aws/lambda',
    logGroupArn: arnOf('/my/aws/lambda'),
    logGroupClass: 'DELIVERY',
  });
  const { nextToken } = await list({ limit: 3 });
  t.deepEqual(
    (await list({ limit: 3, nextToken })).logGroups?.map(({ logGroupName }) => logGroupName),
    ['g'],
  );
});

test('DescribeLogGroups by class: the two cheaper classes are one', async (t) => {
  const made = await bench(t);
  await withGroups(made);
  const names = async (logGroupClass: LogGroupClass) => {
    const { logGroups } = await made.client.send(new DescribeLogGroupsCommand({ logGroupClass }));
    return logGroups?.map(({ logGroupName }) => logGroupName);
  };
  t.deepEqual(await names('STANDARD'), ['/aws/lambda/orders', 'g']);
  t.deepEqual(await names('INFREQUENT_ACCESS'), ['/aws/lambda/stock']);
});
