import {
  CreateLogGroupCommand,
  type CreateLogGroupCommandInput,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DescribeLogGroupsCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import test from 'ava';
import { bench } from '../support.js';

const tags = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, 'value']));

const goodGroups: Record<string, Partial<CreateLogGroupCommandInput>> = {
  'a name of one character': { logGroupName: 'x' },
  'a name of 512 characters': { logGroupName: 'x'.repeat(512) },
  'every kind of character': { logGroupName: '/aws/a.b-c_d#9' },
  'a name that every object has': { logGroupName: '__proto__' },
  'a key of 256 characters': { kmsKeyId: 'k'.repeat(256) },
  'one tag': { tags: tags(1) },
  'fifty tags': { tags: tags(50) },
  'a tag key of 128 characters': { tags: { ['k'.repeat(128)]: 'v' } },
  'an empty tag value': { tags: { k: '' } },
  'a tag value of 256 characters': { tags: { k: 'v'.repeat(256) } },
  'a class': { logGroupClass: 'INFREQUENT_ACCESS' },
};

for (const [name, input] of Object.entries(goodGroups)) {
  test(`a group with ${name} is created`, async (t) => {
    const { client } = await bench(t);
    const logGroupName = input.logGroupName ?? 'new';
    await client.send(new CreateLogGroupCommand({ logGroupName, ...input }));
    const { logGroups = [] } = await client.send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }),
    );
    t.is(logGroups[0]?.logGroupName, logGroupName);
    t.is(logGroups[0]?.kmsKeyId, input.kmsKeyId);
    t.is(logGroups[0]?.logGroupClass, input.logGroupClass ?? 'STANDARD');
  });
}

const NAME_LENGTH = /'logGroupName' failed to satisfy constraint: Member must have length/;
const NAME_PATTERN =
  /'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: \[\\\.\\-_\/#A-Za-z0-9\]\+$/;
const badGroups: Record<string, [Partial<CreateLogGroupCommandInput>, RegExp]> = {
  'an empty name': [{ logGroupName: '' }, NAME_LENGTH],
  'a name of 513 characters': [{ logGroupName: 'x'.repeat(513) }, NAME_LENGTH],
  'a space in its name': [{ logGroupName: 'a b' }, NAME_PATTERN],
  'a colon in its name': [{ logGroupName: 'a:b' }, NAME_PATTERN],
  'a line end in its name': [{ logGroupName: 'a\n' }, NAME_PATTERN],
  'no name': [
    { logGroupName: undefined },
    /^1 validation error detected: Value null at 'logGroupName' .* Member must not be null$/,
  ],
  'a reserved name': [{ logGroupName: 'aws/x' }, /^Log groups starting with AWS\/ are reserved for AWS\.$/],
  'a key of 257 characters': [{ kmsKeyId: 'k'.repeat(257) }, /'kmsKeyId'.*less than or equal to 256$/],
  'no tags': [{ tags: {} }, /'tags'.*greater than or equal to 1$/],
  '51 tags': [{ tags: tags(51) }, /'tags'.*less than or equal to 50$/],
  'a tag key of 129 characters': [
    { tags: { ['k'.repeat(129)]: 'v' } },
    /'tags'.*Map keys must satisfy constraint/,
  ],
  'an empty tag key': [{ tags: { '': 'v' } }, /'tags'.*Map keys must satisfy constraint/],
  'a tag value of 257 characters': [
    { tags: { k: 'v'.repeat(257) } },
    /'tags'.*Map value must satisfy constraint/,
  ],
  'a tag with a comma': [{ tags: { k: 'a,b' } }, /'tags'.*Map value must satisfy constraint/],
  'an unknown class': [
    { logGroupClass: 'CHEAP' as 'STANDARD' },
    /'logGroupClass'.*enum value set: \[STANDARD, INFREQUENT_ACCESS, DELIVERY, ESSENTIALS\]$/,
  ],
};

for (const [name, [input, message]] of Object.entries(badGroups)) {
  test(`a group with ${name} is refused`, async (t) => {
    const { client } = await bench(t);
    const command = new CreateLogGroupCommand({
      logGroupName: 'new',
      ...input,
    } as CreateLogGroupCommandInput);
    await t.throwsAsync(client.send(command), { name: 'InvalidParameterException', message });
    const { logGroups } = await client.send(new DescribeLogGroupsCommand({}));
    t.deepEqual(
      logGroups?.map(({ logGroupName }) => logGroupName),
      ['g'],
    );
  });
}

for (const name of ['x', 'x'.repeat(512), 'a b/[$LATEST]é', '__proto__']) {
  test(`a stream named ${name.slice(0, 20)} (${name.length}) is created`, async (t) => {
    const made = await bench(t);
    await made.client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName: name }));
    await made.put({ logStreamName: name });
    t.is(made.local.events('g', name)[0]?.logStreamName, name);
  });
}

for (const name of ['', 'x'.repeat(513), 'a:b', 'a*b']) {
  test(`a stream named ${name.slice(0, 20)} (${name.length}) is refused`, async (t) => {
    const { client } = await bench(t);
    await t.throwsAsync(client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName: name })), {
      name: 'InvalidParameterException',
      message: /at 'logStreamName' failed to satisfy constraint/,
    });
  });
}

const NO_GROUP = { name: 'ResourceNotFoundException', message: 'The specified log group does not exist.' };
const NO_STREAM = { name: 'ResourceNotFoundException', message: 'The specified log stream does not exist.' };

test('a missing group and a missing stream have different errors', async (t) => {
  const { put, client } = await bench(t).then((made) => ({ put: made.put.bind(made), client: made.client }));
  await t.throwsAsync(put({ logGroupName: 'none' }), NO_GROUP);
  await t.throwsAsync(put({ logStreamName: 'none' }), NO_STREAM);
  await t.throwsAsync(
    client.send(new CreateLogStreamCommand({ logGroupName: 'none', logStreamName: 's' })),
    NO_GROUP,
  );
});

test('an existing group or stream cannot be created again', async (t) => {
  const { client } = await bench(t);
  const name = 'ResourceAlreadyExistsException';
  await t.throwsAsync(client.send(new CreateLogGroupCommand({ logGroupName: 'g' })), {
    name,
    message: 'The specified log group already exists',
  });
  await t.throwsAsync(client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName: 's' })), {
    name,
    message: 'The specified log stream already exists',
  });
});

test('a deleted group or stream is gone, with its events', async (t) => {
  const made = await bench(t);
  await made.put();
  await made.client.send(new DeleteLogStreamCommand({ logGroupName: 'g', logStreamName: 's' }));
  t.deepEqual(made.messages(), []);
  await t.throwsAsync(made.put(), NO_STREAM);
  await made.client.send(new DeleteLogGroupCommand({ logGroupName: 'g' }));
  await t.throwsAsync(made.put(), NO_GROUP);
  await t.throwsAsync(made.client.send(new DeleteLogGroupCommand({ logGroupName: 'g' })), NO_GROUP);
});

for (const retentionInDays of [1, 3, 14, 365, 3653]) {
  test(`a retention of ${retentionInDays} days is kept`, async (t) => {
    const { client } = await bench(t);
    await client.send(new PutRetentionPolicyCommand({ logGroupName: 'g', retentionInDays }));
    const { logGroups } = await client.send(new DescribeLogGroupsCommand({}));
    t.is(logGroups?.[0]?.retentionInDays, retentionInDays);
  });
}

for (const retentionInDays of [-1, 0, 2, 15, 3654]) {
  test(`a retention of ${retentionInDays} days is refused`, async (t) => {
    const { client } = await bench(t);
    await t.throwsAsync(client.send(new PutRetentionPolicyCommand({ logGroupName: 'g', retentionInDays })), {
      name: 'InvalidParameterException',
      message:
        /at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: \[1, 3, 5, /,
    });
  });
}

test('a retention for a missing group is refused', async (t) => {
  const { client } = await bench(t);
  await t.throwsAsync(
    client.send(new PutRetentionPolicyCommand({ logGroupName: 'no', retentionInDays: 1 })),
    NO_GROUP,
  );
});

test('a resource has at most 50 tags, in however many requests they are set', async (t) => {
  const { client } = await bench(t);
  const resourceArn = 'arn:aws:logs:us-east-1:000000000000:log-group:g';
  await client.send(new TagResourceCommand({ resourceArn, tags: tags(50) }));
  await client.send(new TagResourceCommand({ resourceArn, tags: { key0: 'changed' } }));
  await t.throwsAsync(client.send(new TagResourceCommand({ resourceArn, tags: { another: 'x' } })), {
    name: 'TooManyTagsException',
  });
});

test('a missing group cannot be tagged', async (t) => {
  const { client } = await bench(t);
  const tag = (resourceArn: string) => client.send(new TagResourceCommand({ resourceArn, tags: tags(1) }));
  await t.throwsAsync(tag('arn:aws:logs:us-east-1:000000000000:log-group:none'), NO_GROUP);
  await t.throwsAsync(tag('arn:aws:s3:::bucket'), { name: 'InvalidParameterException' });
});
