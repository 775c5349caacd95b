import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import test, { type ExecutionContext } from 'ava';
import { type Bench, bench, NOW, sharedBench } from '../support.js';

/** The messages that FilterLogEvents finds with a pattern. */
async function find(made: Bench, filterPattern: string): Promise<readonly (string | undefined)[]> {
  const { events } = await made.client.send(new FilterLogEventsCommand({ logGroupName: 'g', filterPattern }));
  return (events ?? []).map(({ message }) => message);
}

async function withMessages(t: ExecutionContext, messages: readonly string[]): Promise<Bench> {
  const made = await bench(t);
  await put(made, messages);
  return made;
}

const put = (made: Bench, messages: readonly string[]) =>
  made.put({ logEvents: messages.map((message) => ({ timestamp: NOW, message })) });

/** Pattern, then the indexes of the messages that match. */
type Case = readonly [pattern: string, ...matches: readonly number[]];

function cases(title: string, messages: readonly string[], table: readonly Case[]): void {
  const shared = sharedBench((made) => put(made, messages));
  for (const [pattern, ...matches] of table) {
    test(`${title}: ${pattern || 'the empty pattern'}`, async (t) => {
      t.deepEqual(
        await find(await shared(), pattern),
        matches.map((index) => messages[index]),
      );
    });
  }
}

cases(
  'terms',
  [
    '[ERROR 400] BAD REQUEST',
    '[ERROR 419] MISSING ARGUMENTS',
    '[WARN 300] UNAUTHORIZED REQUEST',
    'Exiting with ERRORCODE: -1',
    'say "hi" 100%',
  ],
  [
    ['', 0, 1, 2, 3, 4],
    ['   ', 0, 1, 2, 3, 4],
    ['" "', 0, 1, 2, 3, 4],
    ['ERROR', 0, 1, 3],
    ['error'],
    ['ERROR ARGUMENTS', 1],
    ['  ERROR   REQUEST ', 0],
    ['?ARGUMENTS ?WARN', 1, 2],
    ['?ARGUMENTS ?WARN REQUEST', 0, 2],
    ['"MISSING ARGUMENTS"', 1],
    ['ERROR -ARGUMENTS', 0, 3],
    ['-REQUEST', 1, 3, 4],
    ['-"BAD REQUEST" -ERRORCODE', 1, 2, 4],
    ['?"BAD REQUEST" ?"MISSING ARGUMENTS"', 0, 1],
    ['"[ERROR 4"', 0, 1],
    ['"\\"hi\\""', 4],
    ['419', 1],
    ['%AUTHORIZED%', 2],
    ['%^.ERROR%', 0, 1],
    ['%ERROR.4\\d+%', 0, 1],
    ['%-1$%', 3],
    ['%BAD|MISSING%', 0, 1],
  ],
);

const TRAIL = JSON.stringify({
  eventType: 'UpdateTrail',
  sourceIPAddress: '111.111.111.111',
  arrayKey: ['value', 'another value'],
  objectList: [
    { name: 'a', id: 1, ok: false },
    { name: 'b', id: 2, ok: true },
  ],
  SomeObject: null,
  'user-id': 7,
  latency: 1500,
  text: '1500',
  flag: true,
});

cases(
  'JSON',
  [TRAIL, '{"eventType":"Other","latency":0.001}', 'eventType UpdateTrail', '{"eventType":', '[1]', '7'],
  [
    ['{ $.eventType = "UpdateTrail" }', 0],
    ['{$.eventType=UpdateTrail}', 0],
    ['{ $.eventType = "Update*" }', 0],
    ['{ $.eventType = *t*r* }', 0, 1],
    ['{ $.eventType = "*" }', 0, 1],
    ['{ $.eventType != "UpdateTrail" }', 1],
    ['{ $.eventType = %^Up% }', 0],
    ['{ $.sourceIPAddress != 123.123.* }', 0],
    ['{ $.sourceIPAddress = 111.111.* }', 0],
    ['{ $.arrayKey[0] = "value" }', 0],
    ['{ $.arrayKey[2] = "value" }'],
    ['{ $.arrayKey[*] = "another value" }', 0],
    ['{ $.arrayKey = "value" }'],
    ['{ $.objectList[1].id = 2 }', 0],
    ['{ $.objectList[*].ok IS TRUE }', 0],
    ['{ $.objectList[0].ok IS FALSE }', 0],
    ['{ $.* = "Other" }', 1],
    ['{ $.SomeObject IS NULL }', 0],
    ['{ $.missing IS NULL }'],
    ['{ $.flag IS TRUE }', 0],
    ['{ $.SomeObject NOT EXISTS }', 1],
    ['{ $.objectList NOT EXISTS }', 1],
    ['{ $.toString NOT EXISTS }', 0, 1],
    ['{ $.user-id = 7 }', 0],
    ['{ $.latency > 1499 }', 0],
    ['{ $.latency >= 1500 }', 0],
    ['{ $.latency < 1500 }', 1],
    ['{ $.latency <= 1e-3 }', 1],
    ['{ $.latency = 1.5e+3 }', 0],
    ['{ $.latency = 15* }', 0],
    ['{ $.text > 1499 }', 0],
    ['{ $.eventType > 1 }'],
    ['{ $.latency > -1 && $.eventType = "Other" }', 1],
    ['{ $.eventType = "Other" || $.latency > 1 && $.latency < 1 }', 1],
    ['{ ($.eventType = "Other" || $.latency > 1) && $.flag IS TRUE }', 0],
  ],
);

const ACCESS = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';

cases(
  'delimited',
  [ACCESS, '10.0.0.1 Dev mary [x] "GET /a HTTP/1.0" 200 9', 'ERROR one two', 'WARN one', 'INFO'],
  [
    ['[ip, user, username, timestamp, request =*.html*, status_code = 4*, bytes]', 0],
    ['[ip, user, username, timestamp, request, status_code = 404 || status_code = 200, bytes]', 0, 1],
    ['[ip, user, username, timestamp, request, status_code, bytes > 1000]', 0],
    ['[ip, user, username, timestamp = "10/Oct/2000:13:25:15 -0700", ...]', 0],
    ['[..., status_code = 4*, bytes]', 0],
    ['[..., size < 10]', 1],
    ['[ip, ..., size != 9]', 0, 2, 3],
    ['[..., a, b, c, d, e, f, g]', 0, 1],
    ['[w1=ERROR, w2]', 2],
    ['[w1=ERROR || W1=WARN, w2]', 2, 3],
    ['[w1!=ERROR && w1!=WARN, w2]', 0, 1],
    ['[w1=ERROR, rest="one two"]', 2],
    ['[level]', 0, 1, 2, 3, 4],
    ['[level = INFO]', 4],
    ['[w1 = %^W% || w1 = %^E%, w2]', 2, 3],
    ['[ip = 1*, user, (name = frank || name = mary), ...]', 0, 1],
  ],
);

const INVALID = [
  'RequestId:',
  'a-b',
  '"open',
  '? a',
  '-',
  '%a b%',
  '%(a)%',
  '%\\b%',
  '%[%',
  '%.{1,900}.{1,900}%',
  '%a% b',
  '{ status = 1 }',
  '{ $ = 1 }',
  '{ $. = 1 }',
  '{ $.a }',
  '{ $.a = }',
  '{ $.a == 1 }',
  '{ $.a > x }',
  '{ $.a IS 1 }',
  '{ $.a IS NOT NULL }',
  '{ $.a EXISTS }',
  '{ $.a = 1 && }',
  '{ ($.a = 1 }',
  '{ $.a = 1 } }',
  '{ $.a[*].b[*] = 1 }',
  '{ $.a[*] = 1 || $.b[*] = 1 || $.c[*] = 1 || $.d[*] = 1 }',
  '{ $.a = %1% || $.a = %2% || $.a = %3% }',
  '{}',
  '[]',
  '[a,]',
  '[..., a, ...]',
  '[a = ]',
  '[a b]',
  // https://github.com/awsdocs/amazon-cloudwatch-logs-user-guide/issues/21
  '[ip, user, username, timestamp, request, status_code = 4* && bytes > 1000]',
];

const empty = sharedBench(() => Promise.resolve());

for (const pattern of INVALID) {
  test(`the service refuses ${pattern}`, async (t) => {
    await t.throwsAsync(find(await empty(), pattern), {
      name: 'InvalidParameterException',
      message: 'Invalid filter pattern',
    });
  });
}

for (const [start, end] of ['{}', '[]']) {
  test(`the service says what is wrong with an open ${start}`, async (t) => {
    await t.throwsAsync(find(await empty(), `${start} $.a = 1`), {
      name: 'InvalidParameterException',
      message: `If a filter pattern starts with '${start}' it must end with '${end}'`,
    });
  });
}

test('a pattern of many wildcards takes no time that grows with its power', async (t) => {
  const made = await withMessages(t, [JSON.stringify({ a: 'a'.repeat(100_000) })]);
  t.deepEqual(await find(made, `{ $.a = "${'a*'.repeat(400)}b" }`), []);
});

for (const pattern of [
  '%x*x*x*x*x*x*x*x*x*x*y%',
  '{ $.a = %x*x*x*x*x*x*x*x*x*x*y% }',
  '[a = %x*x*x*x*x*x*x*x*x*x*y%]',
]) {
  test(`${pattern} takes time that grows with the length of a message alone`, async (t) => {
    t.timeout(120_000);
    const xs = 'x'.repeat(2_000);
    const made = await withMessages(t, [xs, JSON.stringify({ a: xs }), `${xs}y`]);
    t.true((await find(made, pattern)).length <= 1);
  });
}
