import { CreateLogGroupCommand, CreateLogStreamCommand, type Entity } from '@aws-sdk/client-cloudwatch-logs';
import test from 'ava';
import { bench, DAY, NOW } from '../support.js';

const SERVICE = { Type: 'Service', Name: 'checkout', Environment: 'generic:default' };

const keyAttributes = (more: Record<string, string>): Entity => ({ keyAttributes: { ...SERVICE, ...more } });
const attributes = (given: Record<string, string>): Entity => ({ keyAttributes: SERVICE, attributes: given });
const numbered = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, 'value']));

const accepted: Record<string, Entity> = {
  Service: { keyAttributes: SERVICE },
  RemoteService: { keyAttributes: { Type: 'RemoteService', Name: 'db' } },
  'AWS::Service': { keyAttributes: { Type: 'AWS::Service', Name: 'AWS::DynamoDB' } },
  Resource: { keyAttributes: { Type: 'Resource', ResourceType: 'K8s::Pod', Identifier: 'a|b|c' } },
  'AWS::Resource': {
    keyAttributes: { Type: 'AWS::Resource', ResourceType: 'AWS::EC2::Instance', Identifier: 'i-1' },
  },
  'four key attributes': keyAttributes({ ResourceType: 'x' }),
  'a key attribute of 512 characters': keyAttributes({ Name: 'x'.repeat(512) }),
  'no attributes': attributes({}),
  'ten attributes': attributes(numbered(10)),
  'an attribute key of 256 characters': attributes({ ['k'.repeat(256)]: 'v' }),
  'an attribute of 512 characters': attributes({ k: 'x'.repeat(512) }),
  'an attribute of other scripts': attributes({ k: 'ü "\\ 🙃' }),
};

for (const [name, entity] of Object.entries(accepted)) {
  test(`accepted: ${name}`, async (t) => {
    const made = await bench(t);
    const { rejectedEntityInfo } = await made.put({ entity });
    t.is(rejectedEntityInfo, undefined);
    t.deepEqual(made.local.events('g')[0]?.entity, entity);
    t.deepEqual(made.local.requests.at(-1)?.entity, entity);
  });
}

// A violation of the model fails the whole request.
const refused = [
  {
    name: 'one key attribute',
    entity: { keyAttributes: { Type: 'Service' } },
    words: 'Member must have length greater than or equal to 2',
  },
  {
    name: 'five key attributes',
    entity: keyAttributes({ ResourceType: 'x', Identifier: 'x' }),
    words: 'Member must have length less than or equal to 4',
  },
  {
    name: 'an empty key',
    entity: keyAttributes({ '': 'x' }),
    words:
      'Map keys must satisfy constraint: [Member must have length less than or equal to 32, Member must have length greater than or equal to 1]',
  },
  {
    name: 'a key of 33 characters',
    entity: keyAttributes({ ['k'.repeat(33)]: 'x' }),
    words: 'Map keys must satisfy constraint: [Member must have length less than or equal to 32, ',
  },
  {
    name: 'an empty value',
    entity: keyAttributes({ Name: '' }),
    words:
      'Map value must satisfy constraint: [Member must have length less than or equal to 512, Member must have length greater than or equal to 1]',
  },
  {
    name: 'a value of 513 characters',
    entity: keyAttributes({ Name: 'x'.repeat(513) }),
    words: 'Map value must satisfy constraint: ',
  },
  {
    name: 'eleven attributes',
    entity: attributes(numbered(11)),
    words: 'Member must have length less than or equal to 10',
  },
  {
    name: 'an empty attribute key',
    entity: attributes({ '': 'v' }),
    words: 'Map keys must satisfy constraint: ',
  },
  {
    name: 'an attribute key of 257 characters',
    entity: attributes({ ['k'.repeat(257)]: 'v' }),
    words: 'Map keys must satisfy constraint: [Member must have length less than or equal to 256, ',
  },
  { name: 'an empty attribute', entity: attributes({ k: '' }), words: 'Map value must satisfy constraint: ' },
  {
    name: 'an attribute of 513 characters',
    entity: attributes({ k: 'x'.repeat(513) }),
    words: 'Map value must satisfy constraint: ',
  },
];

for (const { name, entity, words } of refused) {
  test(`refused together with the events: ${name}`, async (t) => {
    const made = await bench(t);
    const error = await t.throwsAsync(made.put({ entity }), { name: 'InvalidParameterException' });
    t.regex(
      error.message,
      /^1 validation error detected: Value '\{.*\}' at 'entity\.(keyA|a)ttributes' failed/,
    );
    t.true(error.message.includes(words), error.message);
    t.is(made.local.count('g'), 0);
  });
}

// An entity that fits the model but is not valid is rejected alone.
const rejected: Record<string, { readonly type: string; readonly entity: Entity }> = {
  'an unknown Type': { type: 'InvalidTypeValue', entity: keyAttributes({ Type: 'Thing' }) },
  'a Type that every object has': {
    type: 'InvalidTypeValue',
    entity: keyAttributes({ Type: 'constructor' }),
  },
  'a key of 32 characters': {
    type: 'InvalidKeyAttributes',
    entity: keyAttributes({ ['k'.repeat(32)]: 'x' }),
  },
  'a key outside the five': { type: 'InvalidKeyAttributes', entity: keyAttributes({ AwsAccountId: '1' }) },
  'no Type': { type: 'MissingRequiredFields', entity: { keyAttributes: { Name: 'x', Environment: 'y' } } },
  'no key attributes': { type: 'MissingRequiredFields', entity: { attributes: { k: 'v' } } },
  'Service without Environment': {
    type: 'MissingRequiredFields',
    entity: { keyAttributes: { Type: 'Service', Name: 'x' } },
  },
  'Service without Name': {
    type: 'MissingRequiredFields',
    entity: { keyAttributes: { Type: 'Service', Environment: 'x' } },
  },
  'RemoteService without Name': {
    type: 'MissingRequiredFields',
    entity: { keyAttributes: { Type: 'RemoteService', Environment: 'x' } },
  },
  'AWS::Service without Name': {
    type: 'MissingRequiredFields',
    entity: { keyAttributes: { Type: 'AWS::Service', Environment: 'x' } },
  },
  'Resource without Identifier': {
    type: 'MissingRequiredFields',
    entity: { keyAttributes: { Type: 'Resource', ResourceType: 'x' } },
  },
  'AWS::Resource without ResourceType': {
    type: 'MissingRequiredFields',
    entity: { keyAttributes: { Type: 'AWS::Resource', Identifier: 'x' } },
  },
};

for (const [name, { type, entity }] of Object.entries(rejected)) {
  test(`rejected alone: ${name}`, async (t) => {
    const made = await bench(t);
    const { rejectedEntityInfo } = await made.put({ entity });
    t.deepEqual(rejectedEntityInfo, { errorType: type } as typeof rejectedEntityInfo);
    t.deepEqual(made.messages(), ['hello']);
    t.is(made.local.events('g')[0]?.entity, null);
  });
}

for (const [logGroupClass, errorType] of [
  ['STANDARD', undefined],
  ['INFREQUENT_ACCESS', 'UnsupportedLogGroupType'],
  ['DELIVERY', 'UnsupportedLogGroupType'],
] as const) {
  test(`an entity in a group of class ${logGroupClass} is ${errorType === undefined ? 'accepted' : 'rejected'}`, async (t) => {
    const made = await bench(t);
    await made.client.send(new CreateLogGroupCommand({ logGroupName: 'other', logGroupClass }));
    await made.client.send(new CreateLogStreamCommand({ logGroupName: 'other', logStreamName: 's' }));
    const { rejectedEntityInfo } = await made.put({
      logGroupName: 'other',
      entity: { keyAttributes: SERVICE },
    });
    t.is(rejectedEntityInfo?.errorType, errorType);
    t.is(made.local.count('other'), 1);
  });
}

test('one answer can reject an entity and events', async (t) => {
  const made = await bench(t);
  const answer = await made.put({
    logEvents: [
      { timestamp: NOW - 15 * DAY, message: 'old' },
      { timestamp: NOW, message: 'new' },
    ],
    entity: keyAttributes({ Type: 'Thing' }),
  });
  t.is(answer.rejectedEntityInfo?.errorType, 'InvalidTypeValue');
  t.deepEqual(answer.rejectedLogEventsInfo, { tooOldLogEventEndIndex: 1 });
  t.deepEqual(made.messages(), ['new']);
});

test('without an entity, none is stored', async (t) => {
  const made = await bench(t);
  await made.put();
  t.is(made.local.events('g')[0]?.entity, null);
  t.false(Object.hasOwn(made.local.requests.at(-1) ?? {}, 'entity'));
});
