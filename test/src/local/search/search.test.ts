import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import test, { type ExecutionContext } from 'ava';
import { type Bench, bench, COSTLY_REGEX, costlyMessages, exchange, NOW, putDuring } from '../support.js';

const ENTITY = { keyAttributes: { Type: 'Service', Name: 'shop', Environment: 'ecs:prod' } };

const EVENTS = {
  PINO: {
    level: 50,
    msg: 'Checkout failed',
    path: '/orders/7',
    status: 503,
    res: { statusCode: 503, headers: { 'content-type': 'text/html' } },
    tags: ['slow', 'new'],
    isLast: false,
    nothing: null,
  },
  WINSTON: { level: 'warn', message: 'low on disk', 'a.b': 1 },
  TEXT: '2026-11-24T12:00:00Z ERROR cannot connect to http://db:5432',
};
const MESSAGES = Object.values(EVENTS).map((event) =>
  typeof event === 'string' ? event : JSON.stringify(event),
);
const NAMES = Object.keys(EVENTS);

interface Found {
  readonly total: number;
  readonly events: readonly { readonly message: string; readonly sequence: number }[];
}

async function search(made: Bench, parameters: Readonly<Record<string, string | number>>): Promise<Found> {
  const query = new URLSearchParams(
    Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)]),
  );
  const { status, body } = await exchange(made.local.port, 'GET', `/_putlogs/search?${query}`);
  if (status !== 200) throw new Error(JSON.parse(body).message);
  return JSON.parse(body);
}

/** A service with the three events in `g`, written by an entity. */
async function withEvents(t: ExecutionContext): Promise<Bench> {
  const made = await bench(t);
  await made.put({
    entity: ENTITY,
    logEvents: MESSAGES.map((message, index) => ({ timestamp: NOW - 2 + index, message })),
  });
  return made;
}

const namesOf = ({ events }: Found): string =>
  events.map(({ message }) => NAMES[MESSAGES.indexOf(message)]).join(' ');

for (const [query, expected] of [
  ['', 'PINO WINSTON TEXT'],
  ['   ', 'PINO WINSTON TEXT'],
  ['checkout', 'PINO'],
  ['CHECKOUT Failed', 'PINO'],
  ['"checkout failed"', 'PINO'],
  ['"failed checkout"', ''],
  ['-checkout', 'WINSTON TEXT'],
  ['-"low on"', 'PINO TEXT'],
  ['-', 'PINO TEXT'],
  ['http://db', 'TEXT'],
  ['12:00', 'TEXT'],
  ['level:error', 'PINO TEXT'],
  ['level:50', 'PINO TEXT'],
  ['level:Warning', 'WINSTON'],
  ['level>=warn', 'PINO WINSTON TEXT'],
  ['level>35', 'PINO WINSTON TEXT'],
  ['level<45', 'WINSTON'],
  ['level<error', 'WINSTON'],
  ['level!=error', 'WINSTON'],
  ['-level:error', 'WINSTON'],
  ['level:nonsense', ''],
  ['path:/ORDERS', 'PINO'],
  ['path=/orders', ''],
  ['path=/orders/7', 'PINO'],
  ['status>=500', 'PINO'],
  ['status>503', ''],
  ['status<=503', 'PINO'],
  ['status<1000', 'PINO'],
  ['status:503', 'PINO'],
  ['status:50', ''],
  ['status!=200', 'PINO'],
  ['-status=200', 'PINO WINSTON TEXT'],
  ['statusCode:503', 'PINO'],
  ['res.statusCode:503', 'PINO'],
  ['content-type:html', 'PINO'],
  ['a.b:1', 'WINSTON'],
  ['tags:slow', 'PINO'],
  ['tags:old', ''],
  ['isLast:false', 'PINO'],
  ['nothing:null', 'PINO'],
  ['res:statusCode', 'PINO'],
  ['path:*', 'PINO'],
  ['path:', 'PINO'],
  ['-path:*', 'WINSTON TEXT'],
  ['constructor:*', ''],
  ['msg:"checkout failed" status>=500 -health', 'PINO'],
  ['msg:"checkout \\"failed"', ''],
  ['level:error checkout path:/orders status>=500 -health', 'PINO'],
  ['@group:g @stream=s @service:shop @environment=ecs:prod checkout', 'PINO'],
  ['-@service=shop', ''],
  ['@message:disk', 'WINSTON'],
] as const) {
  test(`the search "${query}" finds ${expected}`, async (t) => {
    t.is(namesOf(await search(await withEvents(t), { query })), expected);
  });
}

test('a value in an array of objects is found by the path to it', async (t) => {
  const made = await bench(t);
  const messages = [{ items: [{ price: 5 }, { price: 7, tags: ['new'] }] }, { items: [{ price: 8 }] }];
  await made.put({
    logEvents: messages.map((message) => ({ timestamp: NOW, message: JSON.stringify(message) })),
  });
  for (const [query, total] of [
    ['items.price=7', 1],
    ['items.price>=5', 2],
    ['items.1.price=7', 1],
    ['items.tags=new', 1],
    ['items.none:*', 0],
  ] as const)
    t.is((await search(made, { query })).total, total, query);
});

/** Values of one field, of all types. */
const STATUSES = [503, 404, '500', 'OK', '5xx', null, true, [200, 502], { code: 503 }];

for (const [query, expected] of [
  ['status>=500', [503, '500', [200, 502]]],
  ['status<500', [404, [200, 502]]],
  ['status!=503', [404, '500', 'OK', '5xx', null, true, [200, 502], { code: 503 }]],
  ['status=500', ['500']],
  ['status:OK', ['OK']],
  ['status:null', [null]],
  ['status>=O', ['OK', null, true, { code: 503 }]],
] as const) {
  test(`of values of all types, ${query} finds those that it can compare`, async (t) => {
    const made = await bench(t);
    const logEvents = STATUSES.map((status) => ({ timestamp: NOW, message: JSON.stringify({ status }) }));
    await made.put({ logEvents });
    const { events } = await search(made, { query });
    t.deepEqual(
      events.map(({ message }) => JSON.parse(message).status),
      expected as unknown,
    );
  });
}

for (const [query, message] of [
  ['status>=', 'A value is missing after status>=.'],
  ['status!= 5', 'A value is missing after status!=.'],
  ['"open', 'A quotation mark has no counterpart.'],
  ['msg:"open', 'A quotation mark has no counterpart.'],
] as const) {
  test(`the search "${query}" is refused`, async (t) => {
    await t.throwsAsync(search(await bench(t), { query }), { message });
  });
}

for (const [what, parameters, expected] of [
  ['a filter pattern', { filterPattern: '{ $.status >= 500 }' }, 'PINO'],
  ['a filter pattern beside a search', { filterPattern: '{ $.level = * }', query: 'disk' }, 'WINSTON'],
  ['a group', { logGroupName: 'g' }, 'PINO WINSTON TEXT'],
  ['a group that does not exist', { logGroupName: 'none' }, ''],
  ['a stream', { logGroupName: 'g', logStreamName: 'other' }, ''],
  ['both times, included', { startTime: NOW - 1, endTime: NOW - 1 }, 'WINSTON'],
  ['a limit, by the newest', { limit: 2 }, 'WINSTON TEXT'],
] as const) {
  test(`events are found by ${what}`, async (t) => {
    t.is(namesOf(await search(await withEvents(t), parameters)), expected);
  });
}

for (const [parameters, message] of [
  [{ filterPattern: '{ $.status' }, /must end with '}'/],
  [{ logGroup: 'g' }, /^Unknown parameter: logGroup; known are query, filterPattern, logGroupName/],
  [{ startTime: '-1h' }, /^startTime is not an integer: -1h$/],
  [{ limit: 0 }, /^limit is an integer from 1 to 10000\.$/],
  [{ limit: 10_001 }, /^limit is/],
] as const) {
  test(`a search with ${JSON.stringify(parameters)} is refused`, async (t) => {
    await t.throwsAsync(search(await bench(t), parameters), { message });
  });
}

test('events of several streams are found in order of time, and those of a deleted group are not', async (t) => {
  const made = await bench(t);
  await made.client.send(new CreateLogStreamCommand({ logGroupName: 'g', logStreamName: 'other' }));
  await made.client.send(new CreateLogGroupCommand({ logGroupName: 'gone' }));
  await made.client.send(new CreateLogStreamCommand({ logGroupName: 'gone', logStreamName: 's' }));
  for (const [logGroupName, logStreamName, timestamp, message] of [
    ['g', 's', NOW, 'second'],
    ['g', 'other', NOW - 5, 'first'],
    ['gone', 's', NOW - 6, 'lost'],
  ] as const) {
    await made.put({ logGroupName, logStreamName, logEvents: [{ timestamp, message }] });
  }
  t.is((await search(made, {})).total, 3);
  await made.client.send(new DeleteLogGroupCommand({ logGroupName: 'gone' }));
  const { total, events } = await search(made, {});
  t.is(total, 2);
  t.deepEqual(
    events.map(({ message }) => message),
    ['first', 'second'],
  );
});

test('what is found can be exported, one event a line', async (t) => {
  const made = await withEvents(t);
  const { status, headers, body } = await exchange(
    made.local.port,
    'GET',
    '/_putlogs/export?query=level>=warn',
  );
  t.is(status, 200);
  t.is(headers['content-type'], 'application/x-ndjson');
  t.is(headers['content-disposition'], 'attachment; filename="putlogs.ndjson"');
  const lines = body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.deepEqual(lines[1], {
    timestamp: NOW - 1,
    message: MESSAGES[1],
    ingestionTime: NOW,
    logStreamName: 's',
    entity: ENTITY,
    sequence: 1,
    logGroupName: 'g',
  });
  t.is(lines.length, 3);
});

test('colours in a text hide neither its level nor its words', async (t) => {
  const made = await bench(t);
  const winston = '\u001b[31merror\u001b[39m: winston err';
  const json = JSON.stringify({ level: '\u001b[33mwarn\u001b[39m', message: 'm' });
  await made.put({ logEvents: [winston, json].map((message) => ({ timestamp: NOW, message })) });
  for (const [query, message] of [
    ['level:error', winston],
    ['level:warn', json],
    ['"error: winston"', winston],
  ] as const) {
    const { events } = await search(made, { query });
    t.deepEqual(
      events.map((event) => event.message),
      [message],
      query,
    );
  }
});

test('a name with a colon and a space is text, as in a message that was pasted', async (t) => {
  const made = await bench(t);
  const messages = ['Error: boom', 'boom, no error', JSON.stringify({ Error: 1, msg: 'boom' })];
  await made.put({ logEvents: messages.map((message) => ({ timestamp: NOW, message })) });
  for (const [query, found] of [
    ['Error: boom', 'Error: boom'],
    ['Error:', messages[2]],
    ['-Error: boom', messages.slice(1).join()],
  ] as const) {
    const { events } = await search(made, { query });
    t.is(events.map(({ message }) => message).join(), found ?? '', query);
  }
});

test('an event that is nested deeply spoils no search', async (t) => {
  const made = await bench(t);
  const deep = `{"msg":"deep","a":${'{"b":'.repeat(20_000)}1${'}'.repeat(20_000)}}`;
  const messages = [deep, JSON.stringify({ a: { b: 'foo' } })];
  await made.put({ logEvents: messages.map((message) => ({ timestamp: NOW, message })) });
  for (const [query, found] of [
    ['a:foo', [1]],
    ['a=foo', []],
    ['a>a', [1]],
    ['msg:deep', [0]],
    ['a:*', [0, 1]],
  ] as const) {
    const { events } = await search(made, { query });
    t.deepEqual(
      events.map(({ message }) => messages.indexOf(message)),
      [...found],
      query,
    );
  }
});

test('a search by a costly pattern leaves other requests time', async (t) => {
  const made = await bench(t);
  await made.put({ logEvents: costlyMessages(10).map((message) => ({ timestamp: NOW, message })) });
  const searching = search(made, { filterPattern: `%${COSTLY_REGEX}%` });
  t.is(await putDuring(made, searching), 'put');
  t.is((await searching).total, 0);
});
