import { gzipSync } from 'node:zlib';
import { CHAOS } from '@putlogs/local';
import test from 'ava';
import { bench, DAY, exchange, HOUR, NOW } from '../support.js';

const JSON_TYPE = { 'content-type': 'application/json' };

test('health, requests and events can be read', async (t) => {
  const made = await bench(t);
  await made.put();
  const get = async (path: string) => {
    const { status, headers, body } = await exchange(made.local.port, 'GET', `/_putlogs/${path}`);
    t.is(status, 200);
    t.is(headers['content-type'], 'application/json');
    return JSON.parse(body);
  };
  t.deepEqual(await get('health'), { status: 'ok' });
  t.deepEqual(await get('requests'), JSON.parse(JSON.stringify(made.local.requests)));
  t.deepEqual(await get('events?logGroupName=g'), made.local.events('g'));
  t.deepEqual(await get('events?logGroupName=g&logStreamName=s'), made.local.events('g', 's'));
  t.deepEqual(await get('events?logGroupName=g&logStreamName=none'), []);
});

test('requests to the control interface are not recorded', async (t) => {
  const { local } = await bench(t);
  await exchange(local.port, 'GET', '/_putlogs/health');
  t.is(local.requests.length, 2);
});

test('faults can be added and removed', async (t) => {
  const made = await bench(t);
  const { port } = made.local;
  t.is((await exchange(port, 'POST', '/_putlogs/faults', JSON_TYPE, '{"kind":"throttle"}')).status, 200);
  await t.throwsAsync(made.put(), { name: 'ThrottlingException' });
  t.is((await exchange(port, 'DELETE', '/_putlogs/faults')).status, 200);
  await t.notThrowsAsync(made.put());
});

test('one of several faults can be removed', async (t) => {
  const made = await bench(t);
  const { port } = made.local;
  made.local.fault({ kind: 'throttle', operation: 'CreateLogGroup' });
  made.local.fault({ kind: 'error503' });
  const faults = JSON.parse((await exchange(port, 'GET', '/_putlogs/faults')).body);
  t.deepEqual(faults, [
    { id: 1, fault: { kind: 'throttle', operation: 'CreateLogGroup' } },
    { id: 2, fault: { kind: 'error503' } },
  ]);
  t.is((await exchange(port, 'DELETE', '/_putlogs/faults?id=2')).status, 200);
  t.is((await exchange(port, 'DELETE', '/_putlogs/faults?id=2')).status, 404);
  await t.notThrowsAsync(made.put());
  t.is(JSON.parse((await exchange(port, 'GET', '/_putlogs/faults')).body).length, 1);
});

test('chaos can be switched on and off, and leaves other faults alone', async (t) => {
  const made = await bench(t, { random: () => 0 });
  const { port } = made.local;
  made.local.fault({ kind: 'slow', delayMs: 0, operation: 'DescribeLogGroups' });
  await exchange(port, 'POST', '/_putlogs/chaos');
  await exchange(port, 'POST', '/_putlogs/chaos');
  t.is(JSON.parse((await exchange(port, 'GET', '/_putlogs/faults')).body).length, 1 + CHAOS.length);
  await t.throwsAsync(made.put(), { name: 'ThrottlingException' });
  await exchange(port, 'DELETE', '/_putlogs/chaos');
  await t.notThrowsAsync(made.put());
  t.is(JSON.parse((await exchange(port, 'GET', '/_putlogs/faults')).body).length, 1);
});

test('the clock of the service can be shifted, for events and for signatures', async (t) => {
  const made = await bench(t);
  const { port } = made.local;
  const shift = (body: string, type = JSON_TYPE) => exchange(port, 'POST', '/_putlogs/clock', type, body);
  t.is((await shift('{"offsetMs":14400000}')).status, 200);
  const refused = await t.throwsAsync(made.put());
  t.is(refused?.name, 'InvalidSignatureException');
  // The SDK has corrected its clock by the Date of the refusal.
  await made.putAt(NOW + 4 * HOUR);
  t.is(made.local.events('g')[0]?.ingestionTime, NOW + 4 * HOUR);
  for (const body of ['{}', '{"offsetMs":"1"}', '{"offsetMs":0.5}', '{"offsetMs":1e15}', 'null']) {
    t.is((await shift(body)).status, 400, body);
  }
  t.is((await shift('{"offsetMs":0}', { 'content-type': 'text/plain' })).status, 415);
});

test('groups are listed with their streams and counts', async (t) => {
  const made = await bench(t);
  await made.putAt(NOW, NOW);
  const { body } = await exchange(made.local.port, 'GET', '/_putlogs/groups');
  t.deepEqual(JSON.parse(body), [
    {
      logGroupName: 'g',
      creationTime: NOW,
      logGroupClass: 'STANDARD',
      tags: {},
      streams: [{ logStreamName: 's', count: 2 }],
    },
  ]);
});

test('the record of a request says what was rejected, and how large a compressed body was', async (t) => {
  const made = await bench(t);
  const body = JSON.stringify({
    logGroupName: 'g',
    logStreamName: 's',
    logEvents: [
      { timestamp: NOW - 15 * DAY, message: 'old' },
      { timestamp: NOW, message: 'new' },
    ],
    entity: { keyAttributes: { Type: 'Thing', Name: 'x' } },
  });
  await made.raw('PutLogEvents', gzipSync(body), { 'content-encoding': 'gzip' });
  t.like(made.local.requests.at(-1), {
    status: 200,
    bodyBytes: body.length,
    rejectedLogEventsInfo: { tooOldLogEventEndIndex: 1 },
    rejectedEntityInfo: { errorType: 'InvalidTypeValue' },
  });
});

test('invalid faults are refused with a reason', async (t) => {
  const made = await bench(t);
  const post = (body: string, type = JSON_TYPE) =>
    exchange(made.local.port, 'POST', '/_putlogs/faults', type, body);
  const { status, body } = await post('{"kind":"x"}');
  t.is(status, 400);
  t.regex(JSON.parse(body).message, /unknown kind of fault: x/);
  t.is((await post('{')).status, 400);
  t.is((await post('null')).status, 400);
  t.is((await post('{"kind":"throttle"}', { 'content-type': 'text/plain' })).status, 415);
  await t.notThrowsAsync(made.put());
});

test('an unknown path is not found', async (t) => {
  const { local } = await bench(t);
  t.is((await exchange(local.port, 'GET', '/_putlogs/')).status, 404);
  t.is((await exchange(local.port, 'POST', '/_putlogs/health')).status, 404);
  t.is((await exchange(local.port, 'GET', '/_putlogs/events')).status, 400);
});

test('events that were only counted cannot be read', async (t) => {
  const made = await bench(t, { keepEvents: false });
  await made.put();
  t.is((await exchange(made.local.port, 'GET', '/_putlogs/events?logGroupName=g')).status, 400);
});

for (const [host, status] of [
  ['localhost', 200],
  ['localhost:4586', 200],
  ['127.0.0.1:4586', 200],
  ['[::1]:4586', 200],
  ['example.com', 403],
  ['localhost.example.com', 403],
  ['127.0.0.1.example.com', 403],
  ['192.168.0.1:4586', 403],
] as const) {
  test(`a request for the host ${host} is answered with ${status}`, async (t) => {
    const { local } = await bench(t);
    t.is((await exchange(local.port, 'GET', '/_putlogs/health', { host })).status, status);
  });
}

test('a misspelled parameter removes no fault', async (t) => {
  const { local } = await bench(t);
  local.fault({ kind: 'throttle' });
  const { status } = await exchange(local.port, 'DELETE', '/_putlogs/faults?ID=3');
  t.is(status, 400);
  t.is(JSON.parse((await exchange(local.port, 'GET', '/_putlogs/faults')).body).length, 1);
});

for (const path of ['/', '/_putlogs/health']) {
  test(`HEAD ${path} is answered as GET, without a body`, async (t) => {
    const { local } = await bench(t);
    const { status, body } = await exchange(local.port, 'HEAD', path);
    t.is(status, 200);
    t.is(body, '');
  });
}
