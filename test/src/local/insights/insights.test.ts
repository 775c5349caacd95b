import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  GetLogGroupFieldsCommand,
  GetLogRecordCommand,
  GetQueryResultsCommand,
  PutRetentionPolicyCommand,
  StartQueryCommand,
  type StartQueryCommandInput,
  StopQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import test from 'ava';
import {
  type Bench,
  bench,
  COSTLY_REGEX,
  costlyMessages,
  DAY,
  HOUR,
  NOW,
  putDuring,
  SECOND,
  sharedBench,
} from '../support.js';

const start = ({ client }: Bench, input: Partial<StartQueryCommandInput> = {}) =>
  client.send(
    new StartQueryCommand({
      logGroupName: 'g',
      startTime: (NOW - HOUR) / SECOND,
      endTime: NOW / SECOND,
      queryString: 'fields @message',
      ...input,
    }),
  );

const results = ({ client }: Bench, queryId: string | undefined, maxItems?: number, nextToken?: string) =>
  client.send(new GetQueryResultsCommand({ queryId, maxItems, nextToken }));

/** Runs a query to its end. */
async function complete(made: Bench, input: Partial<StartQueryCommandInput>) {
  const { queryId } = await start(made, input);
  await results(made, queryId);
  return results(made, queryId);
}

/** The rows of a query, without `@ptr`. */
async function rowsOf(made: Bench, input: Partial<StartQueryCommandInput>) {
  const { results: rows = [] } = await complete(made, input);
  return rows.map((row) =>
    Object.fromEntries(row.filter(({ field }) => field !== '@ptr').map(({ field, value }) => [field, value])),
  );
}

/** Five events, a minute and a half apart; the last is at NOW - 1 s. */
const MESSAGES = [
  '{"level":"info","path":"/a","ms":12,"ok":true,"user":{"id":7},"tags":["x","y"]}',
  '{"level":"error","path":"/a","ms":250,"ok":false,"note":"ERROR one"}',
  '{"level":"info","path":"/b","ms":31.5,"ok":true,"nothing":null}',
  'plain user=ann method=get latency=15 ERROR two',
  '{"level":"error","path":"/b","ms":9,"ok":false,"note":""}',
];
const timeOf = (index: number): number => NOW - SECOND - (MESSAGES.length - 1 - index) * 90 * SECOND;

async function withMessages(made: Bench): Promise<Bench> {
  await made.put({
    logEvents: MESSAGES.map((message, index) => ({ timestamp: timeOf(index), message })),
    entity: {
      keyAttributes: { Type: 'Service', Name: 'shop', Environment: 'dev' },
      attributes: { Host: 'h' },
    },
  });
  return made;
}

type Row = Readonly<Record<string, string>>;
type Case = readonly [query: string, ...rows: readonly Row[]];

const CASES: readonly Case[] = [
  // Without fields: time and message, newest first.
  [
    'filter level = "error" | limit 1',
    { '@timestamp': '2026-11-24 11:59:59.000', '@message': MESSAGES[4] ?? '' },
  ],
  ['fields path | sort @timestamp asc | limit 3', { path: '/a' }, { path: '/a' }, { path: '/b' }],
  ['fields path | sort @timestamp', { path: '/a' }, { path: '/a' }, { path: '/b' }, {}, { path: '/b' }],
  [
    'fields user.id, tags.1, ok, nothing | filter ispresent(user.id)',
    { 'user.id': '7', 'tags.1': 'y', ok: '1' },
  ],
  [
    'fields @logStream, @log, @ingestionTime | limit 1',
    { '@logStream': 's', '@log': '000000000000:g', '@ingestionTime': '2026-11-24 12:00:00.000' },
  ],
  [
    'fields @entity.KeyAttributes.Name, @entity.Attributes.Host | limit 1',
    { '@entity.KeyAttributes.Name': 'shop', '@entity.Attributes.Host': 'h' },
  ],
  // filter
  ['fields ms | filter ms > 12 and level = "info"', { ms: '31.5' }],
  ['fields ms | filter ms >= 12 and ms <= 31.5', { ms: '31.5' }, { ms: '12' }],
  ['fields ms | filter path != "/a"', { ms: '9' }, { ms: '31.5' }],
  ['fields ms | filter path = "/b" or ms = 12', { ms: '9' }, { ms: '31.5' }, { ms: '12' }],
  ['fields ms | filter not (path = "/b") and ispresent(path)', { ms: '250' }, { ms: '12' }],
  ['fields ms | filter path in ["/b", "/c"] and ok = 0', { ms: '9' }],
  ['fields ms | filter path not in ["/b"] and ok = true', { ms: '12' }],
  ['filter @message like /error/ | stats count(*) as n', { n: '2' }],
  ['filter @message like /(?i)error/ | stats count(*) as n', { n: '3' }],
  ['filter @message like "ERROR" | stats count(*) as n', { n: '2' }],
  ["filter @message not like 'ERROR' | stats count(*) as n", { n: '3' }],
  ['filter @message =~ /user=\\w+/ | stats count(*) as n', { n: '1' }],
  ['filter strcontains(@message, "two") | stats count(*) as n', { n: '1' }],
  ['# a comment | with a pipe\nfields ms | filter ms = 9', { ms: '9' }],
  ['fields ms\n  # | filter ms = 0\n | filter ms = 9', { ms: '9' }],
  // parse
  [
    'parse @message "user=* method=* latency=* " as who, how, took | filter ispresent(who) | display who, how, took',
    { who: 'ann', how: 'get', took: '15' },
  ],
  [
    'parse @message /user=(?<who>\\w+).*latency=(?<took>\\d+)/ | filter took > 9 | display who, took',
    { who: 'ann', took: '15' },
  ],
  [
    'parse "plain *" as rest | filter ispresent(rest) | display rest',
    { rest: 'user=ann method=get latency=15 ERROR two' },
  ],
  // expressions
  [
    'fields ms * 2 + 1 as x, ms - 2 - 1 as y, 2 ^ 3 % 3 as z | filter ms = 9 | display x, y, z',
    { x: '19', y: '6', z: '2' },
  ],
  ['fields (ms + 1) / 2, -ms | filter ms = 9', { '(ms + 1) / 2': '5', '-ms': '-9' }],
  ['fields ms / 0 as x | filter ms = 9 | display x', {}],
  [
    'fields concat(level, "-", path) as c, toupper(level) as u, strlen(path) as l, substr(level, 1, 2) as s | filter ms = 9 | display c, u, l, s',
    { c: 'error-/b', u: 'ERROR', l: '2', s: 'rr' },
  ],
  [
    'fields trim("  a "), ltrim("xxa", "x"), rtrim("axx", "x"), replace(level, "r", "R") | filter ms = 9',
    {
      'trim("  a ")': 'a',
      'ltrim("xxa", "x")': 'a',
      'rtrim("axx", "x")': 'a',
      'replace(level, "r", "R")': 'eRRoR',
    },
  ],
  [
    'fields abs(ms - 10) as a, ceil(1.2) as b, floor(1.8) as c, greatest(ms, 10) as d, least(ms, 10) as e, sqrt(ms) as f | filter ms = 9 | display a, b, c, d, e, f',
    { a: '1', b: '2', c: '1', d: '10', e: '9', f: '3' },
  ],
  [
    'fields coalesce(none, level) as a, isempty(note) as b, isblank(none) as c, if(ms > 5, "slow", "fast") as d | filter ms = 9 | display a, b, c, d',
    { a: 'error', b: '1', c: '1', d: 'slow' },
  ],
  [
    'fields datefloor(@timestamp, 1h) as a, dateceil(@timestamp, 1h) as b, toMillis(@timestamp) as c, fromMillis(0) as d | limit 1 | display a, b, c, d',
    {
      a: '2026-11-24 11:00:00.000',
      b: '2026-11-24 12:00:00.000',
      c: String(NOW - SECOND),
      d: '1970-01-01 00:00:00.000',
    },
  ],
  ['fields isValidIp("::1") as a, isValidIpV4("::1") as b | limit 1 | display a, b', { a: '1', b: '0' }],
  ['fields `user.id` as `a-b` | filter ispresent(`a-b`) | display `a-b`', { 'a-b': '7' }],
  // stats
  [
    'stats count(*), avg(ms), max(ms), min(ms), sum(ms) by path | sort path',
    { 'count(*)': '1', 'sum(ms)': '0' },
    { path: '/a', 'count(*)': '2', 'avg(ms)': '131', 'max(ms)': '250', 'min(ms)': '12', 'sum(ms)': '262' },
    { path: '/b', 'count(*)': '2', 'avg(ms)': '20.25', 'max(ms)': '31.5', 'min(ms)': '9', 'sum(ms)': '40.5' },
  ],
  [
    'stats count(*) as n by bin(5m) | sort n',
    { 'bin(5m)': '2026-11-24 11:50:00.000', n: '1' },
    { 'bin(5m)': '2026-11-24 11:55:00.000', n: '4' },
  ],
  [
    'stats count() as n by bin(1h) as hour, level | sort level desc | display n, level, hour | limit 1',
    { n: '2', level: 'info', hour: '2026-11-24 11:00:00.000' },
  ],
  ['stats sum(ms) / count(*) as each', { each: '60.5' }],
  [
    'stats count(note) as n, count_distinct(level) as d, stddev(ms) as s',
    { n: '2', d: '2', s: '116.67717214605435' },
  ],
  ['stats pct(ms, 50) as p, pct(ms, 99) as q, median(ms) as m', { p: '12', q: '250', m: '12' }],
  [
    'filter ispresent(ms) | stats earliest(ms) as a, latest(ms) as b, sortsFirst(path) as c, sortsLast(path) as d',
    { a: '12', b: '9', c: '/a', d: '/b' },
  ],
  ['stats max(ms) as worst by path | filter worst > 100 | display path', { path: '/a' }],
  ['stats count(*) as n by path | stats max(n) as most', { most: '2' }],
  ['filter ms > 1000 | stats count(*) as n', { n: '0' }],
  // A text that is no number is neither above nor below one.
  ['filter level >= 50 or level < 50 or ok > level | stats count(*) as n', { n: '0' }],
  ['filter level >= "f" and level < path | stats count(*) as n', { n: '0' }],
  ['filter level >= "f" | stats count(*) as n', { n: '2' }],
  ['fields coalesce(ms, level) as a | stats min(a) as low, max(a) as high', { low: '9', high: '250' }],
  ['fields if(ms > 20, ms, level) as a | stats min(a) as low, max(a) as high', { low: 'error', high: '250' }],
  ['filter ms > 1000 | stats count(*) as n by path'],
  // sort, dedup, limit
  [
    'fields ms | filter ispresent(ms) | sort path desc, ms asc',
    { ms: '9' },
    { ms: '31.5' },
    { ms: '12' },
    { ms: '250' },
  ],
  [
    'fields path, ms | filter ispresent(path) | sort ms desc | dedup path',
    { path: '/a', ms: '250' },
    { path: '/b', ms: '31.5' },
  ],
  ['fields path | dedup path, level | limit 2', { path: '/b' }, {}],
  ['fields none | dedup none', {}, {}, {}, {}, {}],
  ['FIELDS ms | SORT ms DESC | LIMIT 1', { ms: '250' }],
];

const shared = sharedBench(withMessages);

for (const [queryString, ...rows] of CASES) {
  test(`query: ${queryString.replaceAll('\n', ' ⏎ ')}`, async (t) => {
    t.deepEqual(await rowsOf(await shared(), { queryString }), [...rows]);
  });
}

const REFUSED: readonly (readonly [query: string, message: string])[] = [
  ['count(*)', 'unexpected symbol found count at line 1 and position 0'],
  ['fields @message | bad', 'unexpected symbol found bad at line 1 and position 18'],
  ['fields @message\n| filter', 'unexpected symbol found <EOF> at line 2 and position 8'],
  ['fields @message limit 3', 'unexpected symbol found limit at line 1 and position 16'],
  ['filter ms == 3', 'unexpected symbol found = at line 1 and position 11'],
  ['filter (ms = 3', 'unexpected symbol found <EOF> at line 1 and position 14'],
  ['filter nope(ms)', 'unexpected symbol found nope at line 1 and position 7'],
  ['filter abs(ms, 2) = 1', 'unexpected symbol found abs at line 1 and position 7'],
  ['filter count(*) > 1', 'unexpected symbol found count at line 1 and position 7'],
  ['stats sum(avg(ms))', 'unexpected symbol found avg at line 1 and position 10'],
  ['stats count(*) by bin(5)', 'unexpected symbol found 5 at line 1 and position 22'],
  ['limit many', 'unexpected symbol found many at line 1 and position 6'],
  ['filter a like b', 'unexpected symbol found b at line 1 and position 14'],
  ['filter a like /(/', 'unexpected symbol found /(/ at line 1 and position 14'],
  ['filter a like /(?=b)/', 'unexpected symbol found /(?=b)/ at line 1 and position 14'],
  ['parse @message "a*b*" as x', 'unexpected symbol found a*b* at line 1 and position 15'],
  ['fields a; b', 'unexpected symbol found ; at line 1 and position 8'],
  ['', 'unexpected symbol found <EOF> at line 1 and position 0'],
  ['fields a | dedup a | sort a', 'unexpected symbol found sort at line 1 and position 21'],
  ['fields a as b | parse @message "*" as b', 'Ephemeral field is already defined: b'],
  ['stats count(*) as n by path | sort level', 'Unknown symbols found in or after stats: level'],
  ['fields @message | pattern @message', "@putlogs/local does not implement the command 'pattern'."],
];

for (const [queryString, message] of REFUSED) {
  test(`the query is refused: ${queryString.replaceAll('\n', ' ⏎ ')}`, async (t) => {
    await t.throwsAsync(start(await shared(), { queryString }), { name: 'MalformedQueryException', message });
  });
}

test('a query is running when it is first asked for, then complete', async (t) => {
  const made = await withMessages(await bench(t));
  const { queryId } = await start(made, { queryString: 'fields ms | filter ms > 20 | limit 1' });
  const first = await results(made, queryId);
  t.is(first.status, 'Running');
  t.deepEqual(first.results, []);
  const second = await results(made, queryId);
  t.is(second.status, 'Complete');
  t.is(second.queryLanguage, 'CWLI');
  t.is(second.results?.length, 1);
  t.like(second.statistics, { recordsMatched: 2, recordsScanned: 5, logGroupsScanned: 1 });
  t.is(
    second.statistics?.bytesScanned,
    MESSAGES.reduce((sum, { length }) => sum + length + 26, 0),
  );
  t.deepEqual((await results(made, queryId)).results, second.results);
});

test('a query that is stopped is cancelled, and cannot be stopped again', async (t) => {
  const made = await bench(t);
  const stop = (queryId: string | undefined) => made.client.send(new StopQueryCommand({ queryId }));
  const { queryId } = await start(made);
  t.true((await stop(queryId)).success);
  t.is((await results(made, queryId)).status, 'Cancelled');
  await t.throwsAsync(stop(queryId), { name: 'InvalidParameterException', message: /not running/ });
  const ended = (await start(made)).queryId;
  await results(made, ended);
  await results(made, ended);
  await t.throwsAsync(stop(ended), { name: 'InvalidParameterException', message: /not running/ });
  await t.throwsAsync(stop('none'), { name: 'ResourceNotFoundException' });
});

for (const queryString of [
  `filter @message like /${COSTLY_REGEX}/`,
  `fields @message like /${COSTLY_REGEX}/ as found`,
  `sort @message like /${COSTLY_REGEX}/`,
  `stats sum(@message like /${COSTLY_REGEX}/)`,
]) {
  test(`a query leaves other requests time, and can be stopped: ${queryString}`, async (t) => {
    const made = await bench(t);
    await made.put({ logEvents: costlyMessages(10).map((message) => ({ timestamp: NOW, message })) });
    const { queryId } = await start(made, { queryString });
    await results(made, queryId);
    const waiting = results(made, queryId);
    t.is(await putDuring(made, waiting), 'put');
    t.is((await results(made, queryId)).status, 'Running');
    await made.client.send(new StopQueryCommand({ queryId }));
    t.is((await waiting).status, 'Cancelled');
    t.is((await results(made, queryId)).status, 'Cancelled');
  });
}

test('results have pages', async (t) => {
  const made = await withMessages(await bench(t));
  const { queryId } = await start(made, { queryString: 'fields @message' });
  await results(made, queryId);
  const first = await results(made, queryId, 3);
  const second = await results(made, queryId, 3, first.nextToken);
  t.deepEqual([first.results?.length, second.results?.length], [3, 2]);
  t.is(second.nextToken, undefined);
  await t.throwsAsync(results(made, queryId, 3, 'other/3'), {
    message: 'The specified nextToken is invalid.',
  });
});

test('the limit of the request and of the query both hold', async (t) => {
  const made = await withMessages(await bench(t));
  const count = async (limit: number, queryString: string) =>
    (await rowsOf(made, { limit, queryString })).length;
  t.is(await count(2, 'fields @message'), 2);
  t.is(await count(4, 'fields @message | limit 3'), 3);
  t.is(await count(2, 'fields @message | limit 3'), 2);
});

test('a query reads the events from its start to its end, in seconds or milliseconds', async (t) => {
  const made = await bench(t);
  await made.putAt(NOW - 2 * SECOND - 1, NOW - 2 * SECOND, NOW - SECOND + 999, NOW);
  const messages = async (startTime: number, endTime: number) =>
    (await rowsOf(made, { startTime, endTime })).map((row) => row['@message']);
  const [from, to] = [NOW / SECOND - 2, NOW / SECOND];
  t.deepEqual(await messages(from, to), ['3', '2', '1']);
  t.deepEqual(await messages(NOW - 2 * SECOND, NOW), ['3', '2', '1']);
  await t.throwsAsync(messages(to, from), { name: 'InvalidParameterException' });
});

test("a field of a message that begins with @ gets another one, so that it is not the service's", async (t) => {
  const made = await bench(t);
  await made.put({ logEvents: [{ timestamp: NOW, message: '{"@message":"own","a":{"@b":1}}' }] });
  const rows = await rowsOf(made, { queryString: 'fields @@message, a.@b' });
  t.deepEqual(rows, [{ '@@message': 'own', 'a.@b': '1' }]);
});

test('a query of several groups', async (t) => {
  const made = await bench(t);
  await made.client.send(new CreateLogGroupCommand({ logGroupName: 'h' }));
  await made.client.send(new CreateLogStreamCommand({ logGroupName: 'h', logStreamName: 's' }));
  await made.put({ logEvents: [{ timestamp: NOW - 1, message: 'a' }] });
  await made.put({ logGroupName: 'h', logEvents: [{ timestamp: NOW, message: 'b' }] });
  const identifiers = ['g', 'arn:aws:logs:us-east-1:000000000000:log-group:h'];
  for (const input of [{ logGroupNames: ['g', 'h'] }, { logGroupIdentifiers: identifiers }]) {
    const rows = await rowsOf(made, {
      ...input,
      logGroupName: undefined,
      queryString: 'fields @log, @message',
    });
    t.deepEqual(rows, [
      { '@log': '000000000000:h', '@message': 'b' },
      { '@log': '000000000000:g', '@message': 'a' },
    ]);
  }
  await t.throwsAsync(start(made, { logGroupNames: ['h'] }), { message: /^Exactly one of/ });
  await t.throwsAsync(start(made, { logGroupName: undefined }), { message: /^Exactly one of/ });
  await t.throwsAsync(start(made, { logGroupName: 'none' }), {
    name: 'ResourceNotFoundException',
    message: "Log group 'none' does not exist for account ID '000000000000'",
  });
  await t.throwsAsync(start(made, { logGroupName: undefined, logGroupIdentifiers: ['arn:aws:s3:::b'] }), {
    name: 'InvalidParameterException',
    message: /is not that of a log group/,
  });
  const many = Array.from({ length: 51 }, (_, index) => `g${index}`);
  await t.throwsAsync(start(made, { logGroupName: undefined, logGroupNames: many }), {
    message: /50 log groups/,
  });
  await t.throwsAsync(start(made, { queryLanguage: 'SQL' }), {
    message: /does not implement queries in SQL/,
  });
});

test('a time before the group existed, or after its events expired, is refused', async (t) => {
  const made = await bench(t);
  const refused = {
    name: 'MalformedQueryException',
    message:
      "Query's end date and time is either before the log groups creation time or exceeds the log groups log retention settings ([0,15])",
  };
  const before = { startTime: 0, endTime: NOW / SECOND - 1 };
  await t.throwsAsync(start(made, before), refused);
  await t.notThrowsAsync(start(made, { ...before, endTime: NOW / SECOND }));
  let now = NOW;
  const later = await bench(t, { now: () => now, signingClock: () => NOW });
  await later.client.send(new PutRetentionPolicyCommand({ logGroupName: 'g', retentionInDays: 1 }));
  now += 2 * DAY;
  await t.throwsAsync(start(later), refused);
});

test('GetLogRecord finds the event of a row, with all its fields', async (t) => {
  const made = await withMessages(await bench(t));
  const { results: rows } = await complete(made, { queryString: 'fields level | filter ms = 9' });
  const logRecordPointer = rows?.[0]?.find(({ field }) => field === '@ptr')?.value;
  const record = (pointer: string | undefined) =>
    made.client.send(new GetLogRecordCommand({ logRecordPointer: pointer }));
  t.deepEqual((await record(logRecordPointer)).logRecord, {
    '@timestamp': String(NOW - SECOND),
    '@ingestionTime': String(NOW),
    '@message': MESSAGES[4] ?? '',
    '@logStream': 's',
    '@log': '000000000000:g',
    '@ptr': logRecordPointer ?? '',
    level: 'error',
    path: '/b',
    ms: '9',
    ok: '0',
    note: '',
    '@entity.KeyAttributes.Type': 'Service',
    '@entity.KeyAttributes.Name': 'shop',
    '@entity.KeyAttributes.Environment': 'dev',
    '@entity.Attributes.Host': 'h',
  });
  await t.throwsAsync(record('x'), {
    name: 'InvalidParameterException',
    message: /logRecordPointer is invalid/,
  });
  await made.client.send(new DeleteLogGroupCommand({ logGroupName: 'g' }));
  await t.throwsAsync(record(logRecordPointer), { name: 'ResourceNotFoundException' });
});

test('GetLogGroupFields tells how many of the recent events have a field', async (t) => {
  const made = await withMessages(await bench(t));
  const fields = async (time?: number) => {
    const input = { logGroupIdentifier: 'arn:aws:logs:us-east-1:000000000000:log-group:g', time };
    const { logGroupFields = [] } = await made.client.send(new GetLogGroupFieldsCommand(input));
    return Object.fromEntries(logGroupFields.map(({ name, percent }) => [name, percent]));
  };
  t.like(await fields(), {
    '@message': 100,
    '@logStream': 100,
    level: 80,
    note: 40,
    'user.id': 20,
    'tags.0': 20,
  });
  t.deepEqual(await fields(NOW / SECOND - 20 * 60), {});
  // Eight minutes before the newest event, so that the others are in reach too.
  t.like(await fields(timeOf(4) / SECOND - 8 * 60), { '@message': 100, level: 80 });
});

test('more than 100 queries are not kept', async (t) => {
  const made = await bench(t);
  const { queryId } = await start(made);
  for (let count = 0; count < 99; count++) await start(made);
  await results(made, queryId);
  await start(made);
  await t.throwsAsync(results(made, queryId), { name: 'ResourceNotFoundException' });
});

for (const queryString of [
  'parse @message /(?<a>(x+x+)+y)/ | stats count(a) as n',
  'filter @message like /(x+x+)+y/ | stats count(*) as n',
]) {
  test(`${queryString} takes time that grows with the length of a message alone`, async (t) => {
    t.timeout(120_000);
    const made = await bench(t);
    await made.put({ logEvents: [{ timestamp: NOW, message: 'x'.repeat(2_000) }] });
    t.deepEqual(await rowsOf(made, { queryString }), [{ n: '0' }]);
  });
}

test('a message that is nested deeply has the fields above', async (t) => {
  const made = await bench(t);
  const message = `{"name":"deep","a":${'['.repeat(20_000)}1${']'.repeat(20_000)},"after":1}`;
  await made.put({ logEvents: [{ timestamp: NOW, message }] });
  t.deepEqual(await rowsOf(made, { queryString: 'fields name, after' }), [{ name: 'deep', after: '1' }]);
});

for (const expression of ['('.repeat(9_000), '-'.repeat(9_000), 'not '.repeat(2_400), 'abs('.repeat(2_400)]) {
  test(`what is nested too deep is malformed: ${expression.slice(0, 10)}…`, async (t) => {
    const made = await bench(t);
    const input = { logGroupName: 'g', startTime: 0, endTime: NOW, queryString: `filter ${expression}` };
    const { status, body } = await made.raw('StartQuery', JSON.stringify(input));
    t.is(status, 400);
    t.like(JSON.parse(body), { __type: 'MalformedQueryException' });
  });
}

test('a period of zero is malformed', async (t) => {
  const made = await bench(t);
  const input = { logGroupName: 'g', startTime: 0, endTime: NOW, queryString: 'stats count(*) by bin(0s)' };
  const { body } = await made.raw('StartQuery', JSON.stringify(input));
  t.like(JSON.parse(body), { __type: 'MalformedQueryException' });
});
