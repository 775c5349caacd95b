import test from 'ava';
import { bench, exchange } from '../support.js';

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
