import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import test from 'ava';
import { type Bench, bench, NOW } from '../support.js';

/** What is counted for each PutLogEvents, beside its events. */
const PUT_BYTES = 400;
/** The size that is counted for a PutLogEvents with an event of one character. */
const EVENT_BYTES = PUT_BYTES + 27;

/** Puts each message with a PutLogEvents of its own. */
async function putEach(made: Bench, messages: string, logStreamName = 's'): Promise<void> {
  for (const message of messages) {
    await made.put({ logStreamName, logEvents: [{ timestamp: NOW, message }] });
  }
}

const get = (made: Bench, input: object = {}) =>
  made.client.send(
    new GetLogEventsCommand({ logGroupName: 'g', logStreamName: 's', startFromHead: true, ...input }),
  );

const filter = (made: Bench, input: object = {}) =>
  made.client.send(new FilterLogEventsCommand({ logGroupName: 'g', ...input }));

const text = ({ events = [] }: { events?: { message?: string | undefined }[] | undefined }) =>
  events.map(({ message }) => message).join('');

test('by default all requests and events are kept', async (t) => {
  const made = await bench(t);
  await putEach(made, 'abcdef');
  t.is(made.local.requests.length, 8);
  t.is(made.messages().join(''), 'abcdef');
});

test('with keepRequests the newest requests are kept', async (t) => {
  const made = await bench(t, { keepRequests: 3 });
  await putEach(made, 'a');
  const operations = () => made.local.requests.map(({ operation }) => operation);
  t.deepEqual(operations(), ['CreateLogGroup', 'CreateLogStream', 'PutLogEvents']);
  await putEach(made, 'b');
  t.deepEqual(operations(), ['CreateLogStream', 'PutLogEvents', 'PutLogEvents']);
});

test('with keepRequests: 0 no request is kept, and onRequest is called for each', async (t) => {
  const heard: string[] = [];
  const made = await bench(t, { keepRequests: 0, onRequest: ({ operation }) => void heard.push(operation) });
  t.deepEqual(made.local.requests, []);
  t.deepEqual(heard, ['CreateLogGroup', 'CreateLogStream']);
});

for (const [bytes, kept] of [
  [0, ''],
  [EVENT_BYTES - 1, ''],
  [EVENT_BYTES, 'c'],
  [2 * EVENT_BYTES - 1, 'c'],
  [2 * EVENT_BYTES, 'bc'],
  [3 * EVENT_BYTES, 'abc'],
] as const) {
  test(`of three events, the newest that fit into ${bytes} bytes are kept`, async (t) => {
    const made = await bench(t, { keepEventBytes: bytes });
    await putEach(made, 'abc');
    t.is(made.messages().join(''), kept);
    t.is(text(await get(made)), kept);
    t.is(made.local.count('g'), 3);
  });
}

test('the UTF-8 bytes of accepted events are counted', async (t) => {
  const made = await bench(t, { keepEventBytes: 2 * (PUT_BYTES + 26 + 3) - 1 });
  await putEach(made, '€€');
  t.is(made.messages().join(''), '€');
  const old = { timestamp: 1, message: 'rejected' };
  await made.put({ logEvents: [old, { timestamp: NOW, message: '!' }] });
  t.is(made.messages().join(''), '€!');
});

test('the oldest PutLogEvents of all streams is discarded as a whole', async (t) => {
  const made = await bench(t, { keepEventBytes: EVENT_BYTES + PUT_BYTES + 3 * 27 });
  await made.client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName: 'other' }));
  await made.putAt(NOW, NOW, NOW);
  await putEach(made, 'a', 'other');
  t.is(made.local.events('g').length, 4);
  await putEach(made, 'b', 'other');
  t.deepEqual(made.local.events('g', 's'), []);
  t.is(made.messages().join(''), 'ab');
});

test('a deleted stream, or group, makes room for others', async (t) => {
  const made = await bench(t, { keepEventBytes: 3 * EVENT_BYTES });
  await putEach(made, 'a');
  await made.client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName: 'other' }));
  await putEach(made, 'bc', 'other');
  await made.client.send(new DeleteLogStreamCommand({ logGroupName: 'g', logStreamName: 'other' }));
  await putEach(made, 'de');
  t.is(made.messages().join(''), 'ade');
  await made.client.send(new DeleteLogGroupCommand({ logGroupName: 'g' }));
  await made.client.send(new CreateLogGroupCommand({ logGroupName: 'g' }));
  await made.client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName: 's' }));
  await putEach(made, 'fghi');
  t.is(made.messages().join(''), 'ghi');
});

test('an entity is counted once for the requests that share it', async (t) => {
  const entity = { keyAttributes: { Type: 'Service', Name: 'shop', Environment: 'ecs:prod' } };
  const bytes = JSON.stringify(entity).length;
  const made = await bench(t, { keepEventBytes: 4 * EVENT_BYTES + bytes });
  for (const message of 'abcde') await made.put({ entity, logEvents: [{ timestamp: NOW, message }] });
  // The bytes of the entity are those of the oldest request.
  t.is(made.messages().join(''), 'bcde');
  const { keyAttributes } = entity;
  for (const Name of ['one', 'two'])
    await made.put({
      entity: { keyAttributes: { ...keyAttributes, Name } },
      logEvents: [{ timestamp: NOW, message: Name }],
    });
  t.is(made.messages().join(''), 'eonetwo');
});

test('a reader of GetLogEvents misses no kept event while older ones are discarded', async (t) => {
  const made = await bench(t, { keepEventBytes: 3 * EVENT_BYTES });
  await putEach(made, 'abc');
  const first = await get(made, { limit: 2 });
  t.is(text(first), 'ab');
  await putEach(made, 'd');
  const second = await get(made, { nextToken: first.nextForwardToken, limit: 2 });
  t.is(text(second), 'cd');
  await putEach(made, 'efghi');
  const third = await get(made, { nextToken: second.nextForwardToken });
  t.is(text(third), 'ghi');
  t.is(text(await get(made, { nextToken: third.nextForwardToken })), '');
  t.is(text(await get(made, { nextToken: third.nextBackwardToken })), '');
  const last = await get(made, { startFromHead: false, limit: 1 });
  t.is(text(last), 'i');
  t.is(text(await get(made, { nextToken: last.nextBackwardToken })), 'gh');
  t.is(text(await get(made, { nextToken: second.nextBackwardToken })), '');
});

test('a reader of FilterLogEvents misses no kept event while older ones are discarded', async (t) => {
  const made = await bench(t, { keepEventBytes: 4 * EVENT_BYTES });
  await putEach(made, 'abcd');
  const first = await filter(made, { limit: 2 });
  t.is(text(first), 'ab');
  await putEach(made, 'e');
  const second = await filter(made, { nextToken: first.nextToken, limit: 2 });
  t.is(text(second), 'cd');
  await putEach(made, 'fghi');
  const third = await filter(made, { nextToken: second.nextToken, limit: 2 });
  t.is(text(third), 'fg');
  const fourth = await filter(made, { nextToken: third.nextToken });
  t.is(text(fourth), 'hi');
  t.is(fourth.nextToken, undefined);
});

test('an event keeps its id while older ones are discarded', async (t) => {
  const made = await bench(t, { keepEventBytes: 2 * EVENT_BYTES });
  await putEach(made, 'ab');
  const before = (await filter(made)).events?.at(-1);
  await putEach(made, 'c');
  const after = (await filter(made)).events?.at(0);
  t.deepEqual(after, before);
  t.is(after?.message, 'b');
});
