import { seededRandom } from '@putlogs/local';
import test from 'ava';
import { CountingClock } from '../../support/counting-clock.js';
import { messages, operations, puts, range, startLocal } from '../../support/harness.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';
import { until } from '../../support/until.js';

const now = () => Date.now();

test('with 30 % throttling, 20 % responses of 500 and 10 % resets all events arrive, and the counts add up', async (t) => {
  const local = await startLocal(t, { random: seededRandom(7) });
  local.fault({ kind: 'throttle', share: 0.3 });
  local.fault({ kind: 'error500', share: 0.3 });
  local.fault({ kind: 'reset', share: 0.2 });
  const pipeline = openPipeline(local, { maxInFlight: 4 });
  for (const i of range(20_000)) {
    pipeline.accept(now(), `record ${i} ${'x'.repeat(200)}`);
    if (i % 500 === 499) await new Promise(setImmediate);
    if (i % 500 === 499) void pipeline.flush();
  }
  await pipeline.flush();
  t.deepEqual(pipeline.counts(), allDelivered(20_000));
  t.is(messages(local).length, 20_000);
  t.is(new Set(messages(local)).size, 20_000);
  const faults = new Set(puts(local).map(({ fault }) => fault));
  t.true(faults.has('throttle') && faults.has('error500') && faults.has('reset'));
});

for (const kind of [
  'throttle',
  'error500',
  'reset',
  'html502',
  'html200',
  'noRequestId',
  'aborted',
] as const) {
  test(`after ${kind} the same events are sent again once`, async (t) => {
    const local = await startLocal(t);
    const pipeline = openPipeline(local);
    local.fault({ kind, times: 2 });
    for (const i of range(10)) pipeline.accept(now(), `record ${i}`);
    await pipeline.flush();
    t.deepEqual(
      messages(local),
      range(10).map((i) => `record ${i}`),
    );
    t.deepEqual(pipeline.counts(), allDelivered(10));
    t.deepEqual(pipeline.problems(), [], 'two failures in a row are not reported');
  });
}

for (const fault of [{ kind: 'hang' }, { kind: 'slow', delayMs: 5000 }] as const) {
  test(`a request with the fault ${fault.kind} times out after requestTimeoutMs and is sent again`, async (t) => {
    const local = await startLocal(t);
    const pipeline = openPipeline(local, { requestTimeoutMs: 300 });
    pipeline.accept(now(), 'before');
    await pipeline.flush();
    local.fault({ ...fault, times: 1 });
    pipeline.accept(now(), 'after');
    await pipeline.flush();
    t.true(messages(local).includes('after'));
    t.is(pipeline.counts().delivered, 2);
    t.is(puts(local).filter((put) => put.fault === fault.kind).length, 1);
  });
}

test('the head of a response within requestTimeoutMs is enough: nothing is sent twice', async (t) => {
  const local = await startLocal(t);
  const clock = new CountingClock(Date.now());
  const pipeline = openPipeline(local, {}, { clock });
  pipeline.accept(now(), 'before');
  await pipeline.flush();
  const before = puts(local).length;
  local.fault({ kind: 'drip', delayMs: 2 ** 30 });
  pipeline.accept(now(), 'after');
  let isFlushed = false;
  void pipeline.flush().then(() => {
    isFlushed = true;
  });
  const { starts } = clock;
  await until('the request', () => puts(local).length > before);
  // The timer starts with the request, when it is sent, and with the head of the response.
  await until('the head of the response', () => clock.starts >= starts + 3);
  await clock.advance(9999);
  t.false(isFlushed);
  await clock.advance(1);
  await until('the flush', () => isFlushed);
  t.deepEqual(messages(local), ['before', 'after']);
  t.deepEqual(pipeline.counts(), allDelivered(2));
  t.deepEqual(pipeline.problems(), ['unreadable-answer']);
  await pipeline.close();
});

test('a response that is lost causes duplicates, but no loss', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local);
  pipeline.accept(now(), 'first');
  await pipeline.flush();
  local.fault({ kind: 'lostAnswer', times: 1 });
  pipeline.accept(now(), 'second');
  await pipeline.flush();
  t.deepEqual(messages(local), ['first', 'second', 'second']);
  t.deepEqual(pipeline.counts(), allDelivered(2));
});

for (const kind of ['expiredToken', 'accessDenied', 'unrecognizedClient', 'invalidSignature'] as const) {
  test(`events wait while the service responds with ${kind}, and one report says so`, async (t) => {
    const local = await startLocal(t);
    const end = local.fault({ kind, operation: '*' });
    const pipeline = openPipeline(local);
    pipeline.accept(now(), 'waits');
    const flushed = pipeline.flush();
    await until('five requests', () => puts(local).length >= 5);
    end();
    await flushed;
    t.deepEqual(messages(local), ['waits']);
    t.deepEqual(pipeline.problems(), ['denied']);
  });
}

test('the report about missing permissions names the actions and the log group', async (t) => {
  const local = await startLocal(t);
  local.fault({ kind: 'accessDenied', operation: '*', times: 1 });
  const pipeline = openPipeline(local);
  pipeline.accept(now(), 'waits');
  await pipeline.flush();
  const [problem] = pipeline.reports.filter((report) => report.kind === 'problem');
  t.regex(problem?.message ?? '', /logs:PutLogEvents.*\/test\/app/);
});

test('a missing log group and log stream are created once for several batches', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local, {
    logStreamName: 'one',
    retentionInDays: 30,
    tags: { team: 'checkout' },
    kmsKeyId: 'arn:aws:kms:eu-central-1:111122223333:key/1',
    logGroupClass: 'STANDARD',
  });
  const day = 86_400_000;
  for (const i of range(4)) pipeline.accept(now() - i * day, `day ${i}`);
  await pipeline.flush();
  t.deepEqual(pipeline.counts(), allDelivered(4));
  const created = operations(local).filter((operation) => operation !== 'PutLogEvents');
  t.deepEqual(created, ['CreateLogStream', 'CreateLogGroup', 'PutRetentionPolicy', 'CreateLogStream']);
});

test('the retention of an existing log group is left alone', async (t) => {
  const local = await startLocal(t);
  const first = openPipeline(local, { logStreamName: 'a' });
  first.accept(now(), 'a');
  await first.flush();
  const second = openPipeline(local, { logStreamName: 'b', retentionInDays: 1 });
  second.accept(now(), 'b');
  await second.flush();
  t.false(operations(local).includes('PutRetentionPolicy'));
  t.deepEqual(second.counts(), allDelivered(1));
});

test('a retention that cannot be set is reported, and delivery goes on', async (t) => {
  const local = await startLocal(t);
  local.fault({ kind: 'accessDenied', operation: 'PutRetentionPolicy' });
  const pipeline = openPipeline(local, { retentionInDays: 30 });
  pipeline.accept(now(), 'record');
  await pipeline.flush();
  t.deepEqual(pipeline.counts(), allDelivered(1));
  t.deepEqual(pipeline.problems(), ['retention']);
});

test('a retention that is throttled is set later', async (t) => {
  const local = await startLocal(t);
  local.fault({ kind: 'throttle', operation: 'PutRetentionPolicy', times: 2 });
  const pipeline = openPipeline(local, { retentionInDays: 30 });
  pipeline.accept(now(), 'record');
  await pipeline.flush();
  const set = local.requests.filter(({ operation }) => operation === 'PutRetentionPolicy');
  t.deepEqual(
    set.map(({ status }) => status),
    [400, 400, 200],
  );
});

test('the retention is set even if the response to the creation was lost', async (t) => {
  const local = await startLocal(t);
  local.fault({ kind: 'lostAnswer', operation: 'CreateLogGroup', times: 1 });
  const pipeline = openPipeline(local, { retentionInDays: 30 });
  pipeline.accept(now(), 'record');
  await pipeline.flush();
  t.is(operations(local).filter((operation) => operation === 'PutRetentionPolicy').length, 1);
  t.deepEqual(pipeline.counts(), allDelivered(1));
});

test('the retention is set if an earlier creation failed', async (t) => {
  const local = await startLocal(t);
  local.fault({ kind: 'error500', operation: 'CreateLogGroup', times: 1 });
  const pipeline = openPipeline(local, { retentionInDays: 30 });
  pipeline.accept(now(), 'record');
  await pipeline.flush();
  const set = local.requests.filter(({ operation }) => operation === 'PutRetentionPolicy');
  t.deepEqual(
    set.map(({ status }) => status),
    [400, 200],
  );
  t.deepEqual(pipeline.problems(), []);
});

test('with createLogGroup: false a missing log group is not created: events wait, and a report says so', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local, { createLogGroup: false, closeTimeoutMs: 0 });
  pipeline.accept(now(), 'waits');
  void pipeline.flush();
  await until('three requests', () => puts(local).length >= 3);
  await pipeline.close();
  t.false(operations(local).includes('CreateLogGroup'));
  t.deepEqual(pipeline.problems(), ['missing', 'not-delivered']);
  t.is(pipeline.counts().dropped.closed, 1);
});

test('if the log stream exists, the permission for PutLogEvents is enough', async (t) => {
  const local = await startLocal(t);
  const first = openPipeline(local, { logStreamName: 'one' });
  first.accept(now(), 'first');
  await first.flush();
  const before = local.requests.length;
  const second = openPipeline(local, { logStreamName: 'one' });
  second.accept(now(), 'second');
  await second.flush();
  t.deepEqual(operations(local).slice(before), ['PutLogEvents']);
});

test('after the service rejects the entity, events are sent without it', async (t) => {
  const local = await startLocal(t);
  local.fault({ kind: 'entityRejected', errorType: 'InvalidAttributes' });
  const pipeline = openPipeline(local, { service: 'checkout' });
  for (const i of range(3)) {
    pipeline.accept(now(), `record ${i}`);
    await pipeline.flush();
  }
  t.deepEqual(pipeline.counts(), allDelivered(3));
  t.deepEqual(pipeline.problems(), ['entity']);
  const stored = puts(local).filter(({ status }) => status === 200);
  t.deepEqual(
    stored.map(({ entity }) => entity !== undefined),
    [true, false, false],
  );
});

test('a request that is refused with an entity is sent once more without it', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local, { service: 'checkout' });
  pipeline.accept(now(), 'before');
  await pipeline.flush();
  local.fault({ kind: 'entityInvalid' });
  for (const i of range(2)) {
    pipeline.accept(now(), `record ${i}`);
    await pipeline.flush();
  }
  t.deepEqual(pipeline.counts(), allDelivered(3));
  t.deepEqual(pipeline.problems(), ['entity']);
  t.is(puts(local).filter(({ fault }) => fault === 'entityInvalid').length, 1);
});

test('events arrive with their entity, and without one if entity is false', async (t) => {
  const local = await startLocal(t);
  const entity = {
    type: 'AWS::Resource',
    resourceType: 'AWS::ECS::Cluster',
    identifier: 'prod',
    attributes: { a: 'b' },
  } as const;
  const pipelines = [
    openPipeline(local, { entity }),
    openPipeline(local, { entity: false, service: 'checkout' }),
  ];
  for (const pipeline of pipelines) {
    pipeline.accept(now(), 'record');
    await pipeline.flush();
  }
  t.deepEqual(
    local.events('/test/app').map((event) => event.entity),
    [
      {
        keyAttributes: { Type: 'AWS::Resource', ResourceType: 'AWS::ECS::Cluster', Identifier: 'prod' },
        attributes: { a: 'b' },
      },
      null,
    ],
  );
});

test('a request that is too large is divided, and everything arrives', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local);
  pipeline.accept(now(), 'opens the stream');
  await pipeline.flush();
  // A server in front of the service refuses the body as too large, and then its first half.
  local.fault({ kind: 'tooLarge413', times: 2 });
  for (const i of range(8)) pipeline.accept(now(), `record ${i}`);
  await pipeline.flush();
  t.is(pipeline.counts().delivered, 9);
  t.is(new Set(messages(local)).size, 9);
});

test('beyond maxBufferBytes the oldest events are dropped, counted and reported, and the newest arrive', async (t) => {
  const local = await startLocal(t);
  const end = local.fault({ kind: 'throttle' });
  const pipeline = openPipeline(local, { maxBufferBytes: 8 * 1024 * 1024, maxInFlight: 1 });
  for (const i of range(16)) pipeline.accept(now(), `${i} ${'x'.repeat(1_000_000)}`);
  await until('two requests', () => puts(local).length >= 2);
  end();
  await pipeline.close();
  const { accepted, delivered, dropped, pending } = pipeline.counts();
  t.is(accepted, 17, '16 records and a loss notice');
  t.is(pending, 0);
  t.true(dropped.bufferFull > 0);
  t.is(delivered + dropped.bufferFull, 17);
  t.true(pipeline.problems().includes('buffer-full'));
  t.true(messages(local).some((message) => message.startsWith('15 ')));
});

test('a loss notice in the log stream says how many events are missing, and from when to when', async (t) => {
  const local = await startLocal(t);
  const end = local.fault({ kind: 'throttle' });
  const pipeline = openPipeline(local, { maxBufferBytes: 8 * 1024 * 1024, maxInFlight: 1 });
  const start = now() - 1000;
  for (const i of range(16)) pipeline.accept(start + i, `${i} ${'x'.repeat(1_000_000)}`);
  await until('two requests', () => puts(local).length >= 2);
  end();
  await pipeline.close();
  const { dropped } = pipeline.counts();
  const [notice, ...more] = local.events('/test/app').filter(({ message }) => message.startsWith('{'));
  t.is(more.length, 0);
  const { level, missingEvents, from, to } = JSON.parse(notice?.message ?? '');
  t.is(level, 'warn');
  t.is(missingEvents, dropped.bufferFull);
  const stored = new Set(messages(local).map((message) => Number.parseInt(message, 10)));
  const missing = range(16).filter((i) => !stored.has(i));
  t.is(Date.parse(from), start + (missing[0] ?? 0));
  t.is(Date.parse(to), start + (missing.at(-1) ?? 0));
  t.is(notice?.timestamp, Date.parse(to));
});

test('close gives up at its deadline and reports the lost events', async (t) => {
  const local = await startLocal(t);
  local.fault({ kind: 'hang', operation: '*' });
  const pipeline = openPipeline(local, { closeTimeoutMs: 100 });
  for (const i of range(7)) pipeline.accept(now(), `record ${i}`);
  await pipeline.close();
  t.is(pipeline.counts().dropped.closed, 7);
  t.is(pipeline.counts().pending, 0);
  t.deepEqual(pipeline.problems(), ['not-delivered']);
});

test('requests are compressed if that makes them smaller, and never with gzip: false', async (t) => {
  const local = await startLocal(t);
  for (const gzip of [true, false]) {
    const pipeline = openPipeline(local, { gzip, logStreamName: `${gzip}` });
    pipeline.accept(now(), 'x'.repeat(10_000));
    await pipeline.flush();
  }
  const stored = puts(local).filter(({ status }) => status === 200);
  t.deepEqual(
    stored.map(({ contentEncoding }) => contentEncoding),
    ['gzip', undefined],
  );
  t.true((stored[0]?.wireBytes ?? 0) < 1000);
});

test.serial('without credentials or a Region one report says what to do, and nothing throws', async (t) => {
  const local = await startLocal(t);
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION } = process.env;
  t.teardown(() => Object.assign(process.env, { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION }));
  delete process.env.AWS_ACCESS_KEY_ID;
  delete process.env.AWS_SECRET_ACCESS_KEY;
  for (const [region, advice] of [
    ['eu-central-1', /AWS_ACCESS_KEY_ID/],
    [undefined, /PUTLOGS_REGION/],
  ] as const) {
    if (region === undefined) delete process.env.AWS_REGION;
    const pipeline = openPipeline(local, { region, closeTimeoutMs: 500 });
    pipeline.accept(now(), 'waits');
    await pipeline.close();
    const [problem] = pipeline.reports.filter((report) => report.kind === 'problem');
    t.is(problem?.code, 'denied');
    t.regex(problem?.message ?? '', advice);
    t.is(pipeline.counts().dropped.closed, 1);
  }
});
