import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  type DescribeLogStreamsCommandInput,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  GetLogEventsCommand,
  type GetLogEventsCommandInput,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Put } from '@putlogs/local';
import test from 'ava';
import { type Bench, bench, COSTLY_REGEX, costlyMessages, NOW, putDuring } from '../support.js';

const get = (made: Bench, input: Partial<GetLogEventsCommandInput> = {}) =>
  made.client.send(new GetLogEventsCommand({ logGroupName: 'g', logStreamName: 's', ...input }));

const filter = (made: Bench, input: Partial<FilterLogEventsCommandInput> = {}) =>
  made.client.send(new FilterLogEventsCommand({ logGroupName: 'g', ...input }));

const streams = (made: Bench, input: Partial<DescribeLogStreamsCommandInput> = {}) =>
  made.client.send(new DescribeLogStreamsCommand({ logGroupName: 'g', ...input }));

const addStream = (made: Bench, logStreamName: string) =>
  made.client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName }));

const ARN = 'arn:aws:logs:us-east-1:000000000000:log-group:g';

const texts = ({ events = [] }: { events?: { message?: string | undefined }[] | undefined }) =>
  events.map(({ message }) => message);

test('events are read in order of time, then of arrival', async (t) => {
  const made = await bench(t);
  await made.put({ logEvents: [{ timestamp: NOW, message: 'late' }] });
  await made.put({ logEvents: [{ timestamp: NOW - 5, message: 'early' }] });
  await made.put({ logEvents: [{ timestamp: NOW, message: 'later' }] });
  t.deepEqual(texts(await get(made)), ['early', 'late', 'later']);
  t.deepEqual(texts(await filter(made)), ['early', 'late', 'later']);
  t.deepEqual(made.messages(), ['late', 'early', 'later']);
});

test('GetLogEvents includes the start time and excludes the end time', async (t) => {
  const made = await bench(t);
  await made.putAt(NOW, NOW + 1, NOW + 2);
  t.deepEqual(texts(await get(made, { startTime: NOW, endTime: NOW + 2 })), ['0', '1']);
});

test('FilterLogEvents includes the start time and the end time', async (t) => {
  const made = await bench(t);
  await made.putAt(NOW - 1, NOW, NOW + 1, NOW + 2);
  t.deepEqual(texts(await filter(made, { startTime: NOW, endTime: NOW + 1 })), ['1', '2']);
});

test('GetLogEvents reads forward, and at the end repeats its token', async (t) => {
  const made = await bench(t);
  await made.putAt(NOW, NOW, NOW);
  const first = await get(made, { startFromHead: true, limit: 2 });
  t.deepEqual(texts(first), ['0', '1']);
  const second = await get(made, { nextToken: first.nextForwardToken, limit: 2 });
  t.deepEqual(texts(second), ['2']);
  const third = await get(made, { nextToken: second.nextForwardToken });
  t.deepEqual(texts(third), []);
  t.is(third.nextForwardToken, second.nextForwardToken);
});

test('GetLogEvents reads backward from the end', async (t) => {
  const made = await bench(t);
  await made.putAt(NOW, NOW, NOW);
  const last = await get(made, { limit: 2 });
  t.deepEqual(texts(last), ['1', '2']);
  const before = await get(made, { nextToken: last.nextBackwardToken, limit: 2 });
  t.deepEqual(texts(before), ['0']);
  t.is(
    (await get(made, { nextToken: before.nextBackwardToken })).nextBackwardToken,
    before.nextBackwardToken,
  );
});

test('a page contains at most 1 MiB, but at least one event', async (t) => {
  const made = await bench(t);
  const message = 'x'.repeat(1_048_550);
  for (let times = 0; times < 3; times++) await made.put({ logEvents: [{ timestamp: NOW, message }] });
  const first = await get(made, { startFromHead: true });
  t.is(first.events?.length, 1);
  t.is((await get(made, {})).events?.length, 1);
  const pages = paginateFilterLogEvents({ client: made.client }, { logGroupName: 'g' });
  const sizes = [];
  for await (const { events } of pages) sizes.push(events?.length);
  t.deepEqual(sizes, [1, 1, 1]);
});

test('FilterLogEvents reads every event once', async (t) => {
  const made = await bench(t);
  await addStream(made, 'other');
  await made.putAt(NOW, NOW + 2);
  await made.put({ logStreamName: 'other', logEvents: [{ timestamp: NOW + 1, message: 'between' }] });
  const seen: unknown[] = [];
  const ids = new Set();
  for await (const page of paginateFilterLogEvents(
    { client: made.client, pageSize: 2 },
    { logGroupName: 'g' },
  )) {
    for (const { logStreamName, message, eventId } of page.events ?? []) {
      seen.push([logStreamName, message]);
      ids.add(eventId);
    }
  }
  t.deepEqual(seen, [
    ['s', '0'],
    ['other', 'between'],
    ['s', '1'],
  ]);
  t.is(ids.size, 3);
});

test('FilterLogEvents reads the requested streams only', async (t) => {
  const made = await bench(t);
  await addStream(made, 'other');
  await made.put();
  await made.put({ logStreamName: 'other', logEvents: [{ timestamp: NOW, message: 'there' }] });
  t.deepEqual(texts(await filter(made, { logStreamNames: ['other'] })), ['there']);
  t.deepEqual(texts(await filter(made, { logStreamNamePrefix: 'o' })), ['there']);
});

test('a pattern finds its events on every page, forward and backward', async (t) => {
  const made = await bench(t);
  const messages = ['a 1', 'b', 'a 2', 'b', 'a 3', 'b'];
  await made.put({ logEvents: messages.map((message) => ({ timestamp: NOW, message })) });
  const found = async (input: Partial<FilterLogEventsCommandInput>) => {
    const pages = [];
    const request = { logGroupIdentifier: ARN, filterPattern: 'a', startTime: NOW, ...input };
    for await (const page of paginateFilterLogEvents({ client: made.client, pageSize: 2 }, request))
      pages.push(texts(page));
    return pages;
  };
  t.deepEqual(await found({}), [['a 1', 'a 2'], ['a 3']]);
  t.deepEqual(await found({ startFromHead: false }), [['a 3', 'a 2'], ['a 1']]);
});

test('a bad token and a bad limit are refused', async (t) => {
  const made = await bench(t);
  const refusal = { name: 'InvalidParameterException' };
  await t.throwsAsync(filter(made, { nextToken: 'f/1' }), { ...refusal, message: /nextToken is invalid/ });
  await t.throwsAsync(get(made, { nextToken: 'x' }), { ...refusal, message: /nextToken is invalid/ });
  await t.throwsAsync(get(made, { limit: 10_001 }), { ...refusal, message: /less than or equal to 10000/ });
  await t.throwsAsync(get(made, { limit: 0 }), { ...refusal, message: /greater than or equal to 1/ });
});

test('streams are described by name and prefix, in pages', async (t) => {
  const made = await bench(t);
  await addStream(made, 'b');
  await addStream(made, 'bb');
  const names = (answer: Awaited<ReturnType<typeof streams>>) =>
    answer.logStreams?.map((each) => each.logStreamName);
  t.deepEqual(names(await streams(made)), ['b', 'bb', 's']);
  t.deepEqual(names(await streams(made, { descending: true })), ['s', 'bb', 'b']);
  t.deepEqual(names(await streams(made, { logStreamNamePrefix: 'b' })), ['b', 'bb']);
  const first = await streams(made, { limit: 2 });
  t.deepEqual(names(first), ['b', 'bb']);
  const second = await streams(made, { limit: 2, nextToken: first.nextToken });
  t.deepEqual(names(second), ['s']);
  t.is(second.nextToken, undefined);
});

test('streams are described in order of their last event', async (t) => {
  const made = await bench(t);
  await addStream(made, 'a');
  await made.putAt(NOW - 10, NOW - 5);
  await made.put({ logStreamName: 'a' });
  await made.putAt(NOW - 20);
  const { logStreams } = await streams(made, { orderBy: 'LastEventTime' });
  t.deepEqual(
    logStreams?.map(({ logStreamName, firstEventTimestamp, lastEventTimestamp }) => [
      logStreamName,
      firstEventTimestamp,
      lastEventTimestamp,
    ]),
    [
      ['s', NOW - 20, NOW - 5],
      ['a', NOW, NOW],
    ],
  );
  await t.throwsAsync(streams(made, { orderBy: 'LastEventTime', logStreamNamePrefix: 'a' }), {
    name: 'InvalidParameterException',
  });
});

test('groups are described by prefix, in pages', async (t) => {
  const made = await bench(t);
  for (const logGroupName of ['h2', 'h1'])
    await made.client.send(new CreateLogGroupCommand({ logGroupName }));
  const describe = (input: object) => made.client.send(new DescribeLogGroupsCommand(input));
  const { logGroups, nextToken } = await describe({ limit: 2 });
  t.deepEqual(
    logGroups?.map((group) => group.logGroupName),
    ['g', 'h1'],
  );
  t.deepEqual(
    (await describe({ limit: 2, nextToken })).logGroups?.map((group) => group.logGroupName),
    ['h2'],
  );
  t.is((await describe({ logGroupNamePrefix: 'h' })).logGroups?.length, 2);
  t.is((await describe({ logGroupNamePrefix: 'x' })).logGroups?.length, 0);
});

test('a stored event has its stream and time of arrival, and nothing else', async (t) => {
  const made = await bench(t);
  await made.put({ logEvents: [{ timestamp: NOW - 7, message: 'x' }] });
  t.deepEqual(made.local.events('g', 's'), [
    { timestamp: NOW - 7, message: 'x', ingestionTime: NOW, logStreamName: 's', entity: null },
  ]);
  t.deepEqual(made.local.events('g', 'none'), []);
  t.deepEqual(made.local.events('none'), []);
});

test('with keepEvents: false events are counted, and reading them is an error', async (t) => {
  const made = await bench(t, { keepEvents: false });
  await made.putAt(NOW, NOW, NOW);
  t.is(made.local.count('g'), 3);
  t.is(made.local.count('g', 's'), 3);
  t.is(made.local.count('g', 'none'), 0);
  t.throws(() => made.local.events('g'), { message: /keepEvents is off/ });
  await t.throwsAsync(get(made), { name: 'InvalidOperationException' });
});

test('onPut gets the accepted events and the rejections', async (t) => {
  const puts: unknown[] = [];
  const made = await bench(t, { onPut: (put) => void puts.push(put) });
  const entity = { keyAttributes: { Type: 'RemoteService', Name: 'db' } };
  await made.put({
    entity,
    logEvents: [
      { timestamp: 1, message: 'old' },
      { timestamp: NOW, message: 'new' },
    ],
  });
  t.deepEqual(puts, [
    {
      logGroupName: 'g',
      logStreamName: 's',
      entity,
      rejectedLogEventsInfo: { tooOldLogEventEndIndex: 1 },
      events: [{ timestamp: NOW, message: 'new', ingestionTime: NOW, logStreamName: 's', entity }],
    },
  ]);
});

test('onPut is called for a PutLogEvents of which no event was accepted', async (t) => {
  const puts: unknown[] = [];
  const made = await bench(t, { onPut: (put) => void puts.push(put) });
  await made.putAt(1, 2);
  t.deepEqual(puts, [
    {
      logGroupName: 'g',
      logStreamName: 's',
      entity: null,
      rejectedLogEventsInfo: { tooOldLogEventEndIndex: 2 },
      events: [],
    },
  ]);
});

test('onPut gets the rejection of an entity', async (t) => {
  const puts: Put[] = [];
  const made = await bench(t, { onPut: (put) => void puts.push(put) });
  await made.put({ entity: { keyAttributes: { Type: 'Thing', Name: 'db' } } });
  await made.put({ entity: { keyAttributes: { Type: 'RemoteService', Name: 'db' } } });
  t.deepEqual(
    puts.map(({ entity, rejectedEntityInfo }) => [entity, rejectedEntityInfo]),
    [
      [null, { errorType: 'InvalidTypeValue' }],
      [{ keyAttributes: { Type: 'RemoteService', Name: 'db' } }, undefined],
    ],
  );
  t.false(puts.some((put) => 'rejectedLogEventsInfo' in put));
});

test('onPut is not called for a refused PutLogEvents', async (t) => {
  const made = await bench(t, { onPut: () => t.fail() });
  await t.throwsAsync(made.put({ logStreamName: 'none' }), { name: 'ResourceNotFoundException' });
  t.is(made.local.requests.at(-1)?.status, 400);
});

test('FilterLogEvents with a costly pattern leaves other requests time', async (t) => {
  const made = await bench(t);
  await made.put({ logEvents: costlyMessages(10).map((message) => ({ timestamp: NOW, message })) });
  const filtering = filter(made, { filterPattern: `%${COSTLY_REGEX}%` });
  t.is(await putDuring(made, filtering), 'put');
  t.deepEqual(texts(await filtering), []);
});
