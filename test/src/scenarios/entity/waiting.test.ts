import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Options } from '@putlogs/core';
import type { PipelineDependencies } from '@putlogs/core/internal';
import type { Local } from '@putlogs/local';
import test from 'ava';
import { messages, puts, range, startLocal } from '../../support/harness.js';
import { ManualClock, settled } from '../../support/manual-clock.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';
import { diskIdle, filesIn, spoolFolder } from '../../support/spool-folder.js';
import { until } from '../../support/until.js';

const GENERIC = { Type: 'Service', Name: 'checkout', Environment: 'generic:default' };
const EC2 = { Type: 'Service', Name: 'checkout', Environment: 'ec2:default' };
const ID = 'i-0123456789abcdef0';

/** A pipeline, and a metadata service that does not answer before the test calls `answer`. */
function setUp(local: Local, options: Options = {}, dependencies: PipelineDependencies = {}) {
  const clock = new ManualClock(Date.now());
  const requests: string[] = [];
  let answer = (): void => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  let isAborted = false;
  const pipeline = openPipeline(
    local,
    { service: 'checkout', ...options },
    {
      clock,
      env: {},
      fetch: async (url, { signal }) => {
        requests.push(url);
        const ended = new Promise<never>((_, reject) => {
          signal.addEventListener('abort', () => {
            isAborted = true;
            reject(signal.reason);
          });
        });
        await Promise.race([answered, ended]);
        if (url.endsWith('/api/token')) return { status: 200, text: 'token' };
        return url.endsWith('/instance-id') ? { status: 200, text: ID } : { status: 404, text: '' };
      },
      ...dependencies,
    },
  );
  const entityReports = () => pipeline.reports.filter(({ kind }) => kind === 'entity');
  return { ...pipeline, clock, requests, answer, entityReports, isAborted: () => isAborted };
}

test('the first batch waits for the entity', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local);
  pipeline.accept(Date.now(), 'first');
  const flushed = pipeline.flush();
  pipeline.answer();
  await flushed;
  const [event] = local.events('/test/app');
  t.deepEqual(event?.entity?.keyAttributes, EC2);
  t.is(event?.logStreamName, `${ID}/${process.pid}`);
  t.is(pipeline.clock.timers, 0);
});

for (const [what, options] of [
  ['service and environment', { service: 'mine', environment: 'prod' }],
  ['entity', { service: undefined, entity: { name: 'mine', environment: 'prod' } }],
] as const) {
  test(`a given ${what} is used from the first batch on`, async (t) => {
    const local = await startLocal(t);
    const pipeline = setUp(local, options);
    pipeline.accept(Date.now(), 'first');
    const flushed = pipeline.flush();
    await pipeline.clock.advance(1000);
    await flushed;
    const keyAttributes = { Type: 'Service', Name: 'mine', Environment: 'prod' };
    t.deepEqual(local.events('/test/app')[0]?.entity?.keyAttributes, keyAttributes);
  });
}

test('the first batch waits at most a second, then is sent without an entity; log calls do not wait', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local);
  pipeline.accept(Date.now(), 'first');
  const flushed = pipeline.flush();
  t.is(pipeline.clock.keepingAlive, 0);
  await pipeline.clock.advance(1000);
  await flushed;
  t.deepEqual(messages(local), ['first']);
  t.is(puts(local).at(-1)?.entity, undefined);
  t.deepEqual(pipeline.entityReports(), []);
});

test('an answer within the second is in time', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local);
  pipeline.accept(Date.now(), 'first');
  const flushed = pipeline.flush();
  await pipeline.clock.advance(999);
  pipeline.answer();
  await flushed;
  t.deepEqual(puts(local)[0]?.entity?.keyAttributes, EC2);
});

test('an answer that could not be read for more than five seconds, since this thread was blocked, is in time', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local);
  pipeline.accept(Date.now(), 'first');
  const flushed = pipeline.flush();
  pipeline.clock.jump(8000);
  await pipeline.clock.advance(0);
  t.false(pipeline.isAborted());
  pipeline.answer();
  await flushed;
  t.deepEqual(puts(local)[0]?.entity?.keyAttributes, EC2);
});

test('an entity that is detected later is used for later batches, in the same log stream', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local);
  pipeline.accept(Date.now(), 'first');
  await pipeline.clock.advance(1000);
  await pipeline.flush();
  pipeline.answer();
  await until('the report', () => pipeline.entityReports().length > 0);
  pipeline.accept(Date.now(), 'second');
  await pipeline.flush();
  const events = local.events('/test/app');
  t.deepEqual(
    events.map(({ entity }) => entity?.keyAttributes),
    [undefined, EC2],
  );
  t.deepEqual(
    new Set(events.map(({ logStreamName }) => logStreamName)),
    new Set([`${hostname()}/${process.pid}`]),
  );
});

test('a detection without an answer ends after 5 seconds: the host is not an EC2 instance then', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local);
  await until('the request', () => pipeline.requests.length > 0);
  await pipeline.clock.advance(5000);
  await until('the report', () => pipeline.entityReports().length > 0);
  pipeline.accept(Date.now(), 'later');
  await pipeline.flush();
  t.deepEqual(local.events('/test/app')[0]?.entity?.keyAttributes, GENERIC);
  t.true(pipeline.isAborted());
  const [report] = pipeline.entityReports();
  const message = report?.kind === 'entity' ? report.message : '';
  t.regex(
    message,
    /^entity Service checkout in generic:default \(.*\)\. The EC2 metadata service at .* did not/,
  );
  t.deepEqual(pipeline.problems(), [], 'this is normal outside of AWS');
});

test('a problem is reported if nothing answers at an address that the user set', async (t) => {
  const local = await startLocal(t);
  const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1/' };
  const pipeline = setUp(local, {}, { env });
  await until('the request', () => pipeline.requests.length > 0);
  await pipeline.clock.advance(5000);
  await until('the report', () => pipeline.entityReports().length > 0);
  t.deepEqual(pipeline.problems(), ['entity']);
});

test('close() aborts the detection', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local);
  await until('the request', () => pipeline.requests.length > 0);
  await pipeline.close();
  t.true(pipeline.isAborted());
  await settled();
  t.deepEqual(pipeline.entityReports(), [], 'nothing is reported after the close');
});

test('close() waits for the entity for at most half of closeTimeoutMs, then delivers', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local, { closeTimeoutMs: 600 });
  pipeline.accept(Date.now(), 'first');
  const closed = pipeline.close();
  await pipeline.clock.advance(300);
  await closed;
  t.deepEqual(messages(local), ['first']);
  t.deepEqual(pipeline.counts(), allDelivered(1));
});

test('an entity that is detected within that time is used', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local, { closeTimeoutMs: 600 });
  pipeline.accept(Date.now(), 'first');
  const closed = pipeline.close();
  await pipeline.clock.advance(299);
  pipeline.answer();
  await closed;
  t.deepEqual(puts(local)[0]?.entity?.keyAttributes, EC2);
});

test('no event is dropped to wait for the entity: the wait ends when the buffer is half full', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local, { maxBufferBytes: 8 * 1024 * 1024 });
  const text = 'x'.repeat(1_000_000);
  for (const i of range(4)) pipeline.accept(Date.now(), text + i);
  await settled();
  t.deepEqual(local.requests, []);
  for (const i of range(2)) pipeline.accept(Date.now(), text + i);
  await pipeline.flush();
  t.deepEqual(pipeline.counts(), allDelivered(6));
});

test('events are spooled when the entity is known, and with it', async (t) => {
  const local = await startLocal(t);
  local.fault({ kind: 'reset', operation: '*' });
  const spoolDirectory = spoolFolder(t);
  const batches = () => filesIn(spoolDirectory).filter((file) => file.endsWith('.ndjson'));
  const pipeline = setUp(local, { spoolDirectory });
  pipeline.accept(Date.now(), 'first');
  await settled();
  t.deepEqual(batches(), []);
  pipeline.answer();
  await until('the batch', () => batches().length === 1);
  const lines = () =>
    readFileSync(join(batches()[0] ?? ''), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line.replace(/,$/, '')));
  await until('the lines', () => lines().length === 3);
  const [head, , event] = lines();
  t.deepEqual(head.entity.keyAttributes, EC2);
  t.is(head.logStreamName, `${ID}/${process.pid}`);
  t.is(event.message, 'first');
  local.clearFaults();
  await pipeline.close();
});

test('spool files that waited for the entity are closed, and no slow disk is reported', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local, { spoolDirectory: spoolFolder(t) });
  const batch = async (i: number) => {
    pipeline.accept(Date.now(), `record ${i}`);
    await pipeline.flush();
  };
  // As many as may be open at once.
  const early = range(32).map(batch);
  pipeline.answer();
  await Promise.all(early);
  await diskIdle();
  await batch(32);
  t.deepEqual(pipeline.problems(), []);
  await pipeline.close();
  t.deepEqual(pipeline.counts(), allDelivered(33));
});

for (const sealed of [false, true]) {
  test(`in an outage all events are in the spool at the end, even if the entity is unknown; ${sealed ? '' : 'not '}flushed`, async (t) => {
    const local = await startLocal(t);
    local.fault({ kind: 'reset', operation: '*' });
    const spoolDirectory = spoolFolder(t);
    const pipeline = openPipeline(
      local,
      { spoolDirectory, service: 'checkout', closeTimeoutMs: 0 },
      { env: {}, fetch: () => new Promise(() => undefined) },
    );
    for (const i of range(10)) pipeline.accept(Date.now(), `record ${i}`);
    if (sealed) void pipeline.flush();
    await pipeline.close();
    t.is(pipeline.counts().spooled, 10);
    local.clearFaults();
    const next = openPipeline(local, { spoolDirectory });
    await next.close();
    t.is(messages(local).length, 10);
  });
}

test('a batch that is dropped before the entity is known leaves no file', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const pipeline = setUp(local, { spoolDirectory, maxBufferBytes: 8 * 1024 * 1024 });
  for (const i of range(12)) pipeline.accept(Date.now(), 'x'.repeat(1_000_000) + i);
  await pipeline.flush();
  const { delivered, dropped } = pipeline.counts();
  t.is(delivered + dropped.bufferFull, 12);
  await pipeline.close();
  t.deepEqual(filesIn(spoolDirectory), []);
});

test('the first batch waits for the end of the detection if the name of its log group needs it', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local, { logGroupName: '/apps/{service}/{environment}' });
  pipeline.accept(Date.now(), 'first');
  const flushed = pipeline.flush();
  await until('the request', () => pipeline.requests.length > 0);
  await pipeline.clock.advance(4999);
  t.deepEqual(local.requests, []);
  pipeline.answer();
  await flushed;
  t.deepEqual(messages(local, '/apps/checkout/ec2_default'), ['first']);
  t.is(pipeline.clock.timers, 0);
});

test('a detection without an answer names the log group as far as it got, and so the log stream', async (t) => {
  const local = await startLocal(t);
  const names = { logGroupName: '/apps/{environment}', logStreamName: '{environment}/{service}' };
  const pipeline = setUp(local, names);
  pipeline.accept(Date.now(), 'first');
  const flushed = pipeline.flush();
  await until('the request', () => pipeline.requests.length > 0);
  await pipeline.clock.advance(5000);
  await flushed;
  const [event] = local.events('/apps/generic_default');
  t.is(event?.logStreamName, 'generic_default/checkout');
  t.deepEqual(event?.entity?.keyAttributes, GENERIC);
});

for (const [what, options] of [
  ['options', { environment: 'e', logGroupName: '/apps/{service}/{environment}' }],
  ['a complete entity', { entity: { name: 'n', environment: 'e' }, logGroupName: '/apps/{environment}' }],
  ['nothing, with entity: false', { entity: false, logGroupName: '/apps/{environment}/{instance}' }],
] as const satisfies readonly (readonly [string, Options])[]) {
  test(`the first batch waits for a second only if the name of its log group comes from ${what}`, async (t) => {
    const local = await startLocal(t);
    const pipeline = setUp(local, options);
    pipeline.accept(Date.now(), 'first');
    void pipeline.flush();
    await pipeline.clock.advance(1000);
    await until('the batch', () => puts(local).at(-1)?.status === 200);
    t.is(puts(local).filter(({ status }) => status === 200).length, 1);
  });
}

test('a detection that does not even end when it is aborted holds the first batch for six seconds', async (t) => {
  const local = await startLocal(t);
  const fetch = () => new Promise<never>(() => undefined);
  const pipeline = setUp(local, { logGroupName: '/apps/{environment}' }, { fetch });
  pipeline.accept(Date.now(), 'first');
  const flushed = pipeline.flush();
  await pipeline.clock.advance(6000);
  await flushed;
  t.deepEqual(messages(local, '/apps/unknown'), ['first']);
});

const whole = { name: 'n', environment: 'e' };
for (const [what, options] of [
  ['entity: false', { entity: false }],
  ['a complete entity', { entity: whole }],
  ['a service whose environment is an option', { entity: { name: 'n' }, environment: 'e' }],
  ['an entity that has no environment', { entity: { type: 'RemoteService', name: 'n' } }],
] as const satisfies readonly (readonly [string, Options])[]) {
  test(`the metadata service is not asked if no value depends on it: ${what}`, async (t) => {
    const local = await startLocal(t);
    const pipeline = setUp(local, { ...options, logStreamName: '{hostname}' });
    pipeline.accept(Date.now(), 'first');
    await pipeline.flush();
    t.deepEqual(pipeline.requests, []);
    t.is(messages(local).length, 1);
    t.is(pipeline.entityReports().length, 1);
  });
}

for (const [what, names, logGroupName, logStreamName] of [
  ['stream', { logStreamName: '{instance}' }, '/test/app', ID],
  ['group', { logGroupName: '/apps/{instance}', logStreamName: 'one' }, `/apps/${ID}`, 'one'],
] as const) {
  test(`the metadata service is asked for the name of the log ${what}, also with entity: false`, async (t) => {
    const local = await startLocal(t);
    const pipeline = setUp(local, { entity: false, ...names });
    pipeline.accept(Date.now(), 'first');
    pipeline.answer();
    await pipeline.flush();
    const [event] = local.events(logGroupName);
    t.is(event?.logStreamName, logStreamName);
    t.is(event?.entity, null);
  });
}

test('the environment of a given Service is detected', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local, { entity: { name: 'n' }, logStreamName: 'one' });
  pipeline.accept(Date.now(), 'first');
  pipeline.answer();
  await pipeline.flush();
  t.deepEqual(local.events('/test/app')[0]?.entity, {
    keyAttributes: { Type: 'Service', Name: 'n', Environment: 'ec2:default' },
    attributes: {},
  });
});

test('the entity and its sources are reported', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local);
  pipeline.answer();
  await until('the report', () => pipeline.entityReports().length > 0);
  const [report] = pipeline.entityReports();
  if (report?.kind !== 'entity') throw new Error('no entity was reported');
  t.is(
    report.message,
    'entity Service checkout in ec2:default (name from UserConfiguration, environment from EC2 metadata service)',
  );
  t.deepEqual(report.entity?.keyAttributes, EC2);
  t.is(report.origins['EC2.InstanceId'], 'EC2 metadata service');
  t.is(report.counts.accepted, 0);
});

test('that the service has no name is reported, but not as a problem', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local, { service: undefined });
  pipeline.answer();
  await until('the report', () => pipeline.entityReports().length > 0);
  const [report] = pipeline.entityReports();
  t.regex(
    report?.kind === 'entity' ? report.message : '',
    /^no entity: no name was found .* PUTLOGS_SERVICE/,
  );
  t.deepEqual(pipeline.problems(), []);
});

test('that the entity is turned off is reported', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local, { entity: false });
  pipeline.answer();
  await until('the report', () => pipeline.entityReports().length > 0);
  const [report] = pipeline.entityReports();
  t.is(report?.kind === 'entity' ? report.message : '', 'no entity: it is turned off');
});
