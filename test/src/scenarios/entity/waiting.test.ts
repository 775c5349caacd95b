import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Options, PipelineDependencies } from '@putlogs/core';
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

/** A metadata service that answers when the test says so, and a pipeline that asks it. */
function setUp(local: Local, options: Options = {}, surroundings: PipelineDependencies = {}) {
  const clock = new ManualClock(Date.now());
  const asked: string[] = [];
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
        asked.push(url);
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
      ...surroundings,
    },
  );
  const told = () => pipeline.reports.filter(({ kind }) => kind === 'entity');
  return { ...pipeline, clock, asked, answer, told, isAborted: () => isAborted };
}

test('the first batch has the entity, however soon it is to go', async (t) => {
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
  ['the entity', { service: undefined, entity: { name: 'mine', environment: 'prod' } }],
] as const) {
  test(`what the user says of ${what} is there from the first batch on, whatever is found`, async (t) => {
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

test('the first batch waits for a second, and not longer, and goes without; intake does not wait', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local);
  pipeline.accept(Date.now(), 'first');
  const flushed = pipeline.flush();
  t.is(pipeline.clock.keepingAlive, 0);
  await pipeline.clock.advance(1000);
  await flushed;
  t.deepEqual(messages(local), ['first']);
  t.is(puts(local).at(-1)?.entity, undefined);
  t.deepEqual(pipeline.told(), []);
});

test('an answer that comes just within the second is in time', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local);
  pipeline.accept(Date.now(), 'first');
  const flushed = pipeline.flush();
  await pipeline.clock.advance(999);
  pipeline.answer();
  await flushed;
  t.deepEqual(puts(local)[0]?.entity?.keyAttributes, EC2);
});

test('what is found later is the entity of later batches, in the same log stream', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local);
  pipeline.accept(Date.now(), 'first');
  await pipeline.clock.advance(1000);
  await pipeline.flush();
  pipeline.answer();
  await until('the report', () => pipeline.told().length > 0);
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

test('a search that finds nobody ends after five seconds: it is no instance then', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local);
  await until('the request', () => pipeline.asked.length > 0);
  await pipeline.clock.advance(5000);
  await until('the report', () => pipeline.told().length > 0);
  pipeline.accept(Date.now(), 'later');
  await pipeline.flush();
  t.deepEqual(local.events('/test/app')[0]?.entity?.keyAttributes, GENERIC);
  t.true(pipeline.isAborted());
  const [report] = pipeline.told();
  const message = report?.kind === 'entity' ? report.message : '';
  t.regex(
    message,
    /^entity Service checkout in generic:default \(.*\)\. The EC2 metadata service at .* did not/,
  );
  t.deepEqual(pipeline.problems(), [], 'any machine that is not on AWS may be so');
});

test('an address that the user names, and at which nobody answers, is a problem', async (t) => {
  const local = await startLocal(t);
  const env = { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1/' };
  const pipeline = setUp(local, {}, { env });
  await until('the request', () => pipeline.asked.length > 0);
  await pipeline.clock.advance(5000);
  await until('the report', () => pipeline.told().length > 0);
  t.deepEqual(pipeline.problems(), ['entity']);
});

test('closing ends the search', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local);
  await until('the request', () => pipeline.asked.length > 0);
  await pipeline.close();
  t.true(pipeline.isAborted());
  await settled();
  t.deepEqual(pipeline.told(), [], 'nobody listens any more');
});

test('whoever leaves waits for the entity for half of closeTimeoutMs at most, and delivers', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local, { closeTimeoutMs: 600 });
  pipeline.accept(Date.now(), 'first');
  const closed = pipeline.close();
  await pipeline.clock.advance(300);
  await closed;
  t.deepEqual(messages(local), ['first']);
  t.deepEqual(pipeline.counts(), allDelivered(1));
});

test('whoever leaves has the entity when it is found by then', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local, { closeTimeoutMs: 600 });
  pipeline.accept(Date.now(), 'first');
  const closed = pipeline.close();
  await pipeline.clock.advance(299);
  pipeline.answer();
  await closed;
  t.deepEqual(puts(local)[0]?.entity?.keyAttributes, EC2);
});

test('nothing is dropped for the sake of the entity: when half of the buffer is full the wait is over', async (t) => {
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

test('with a spool nothing is on disk before the entity is known; then all is, under it', async (t) => {
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

test('files that waited for the entity are closed like all others: the disk is not said to lag', async (t) => {
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
  test(`with a spool and an outage all is in it at the end, though the entity is not known; ${sealed ? '' : 'not '}flushed`, async (t) => {
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

test('a batch that a full buffer drops before the entity is known leaves no file', async (t) => {
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

const whole = { name: 'n', environment: 'e' };
for (const [what, options] of [
  ['entity: false', { entity: false }],
  ['a whole entity', { entity: whole }],
  ['a service whose environment is an option', { entity: { name: 'n' }, environment: 'e' }],
  ['an entity that has no environment', { entity: { type: 'RemoteService', name: 'n' } }],
] as const satisfies readonly (readonly [string, Options])[]) {
  test(`nobody is asked where nothing depends on it: ${what}`, async (t) => {
    const local = await startLocal(t);
    const pipeline = setUp(local, { ...options, logStreamName: '{hostname}' });
    pipeline.accept(Date.now(), 'first');
    await pipeline.flush();
    t.deepEqual(pipeline.asked, []);
    t.is(messages(local).length, 1);
    t.is(pipeline.told().length, 1);
  });
}

test('the name of the log stream may depend on it, with entity: false as well', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local, { entity: false, logStreamName: '{instance}' });
  pipeline.accept(Date.now(), 'first');
  pipeline.answer();
  await pipeline.flush();
  const [event] = local.events('/test/app');
  t.is(event?.logStreamName, ID);
  t.is(event?.entity, null);
});

test('the environment of a whole service is found', async (t) => {
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

test('what was found, and where, is a report', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local);
  pipeline.answer();
  await until('the report', () => pipeline.told().length > 0);
  const [report] = pipeline.told();
  if (report?.kind !== 'entity') throw new Error('there is no report');
  t.is(
    report.message,
    'entity Service checkout in ec2:default (name from UserConfiguration, environment from EC2 metadata service)',
  );
  t.deepEqual(report.entity?.keyAttributes, EC2);
  t.is(report.origins['EC2.InstanceId'], 'EC2 metadata service');
  t.is(report.counts.accepted, 0);
});

test('that no name was found is a report too, and no problem', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local, { service: undefined });
  pipeline.answer();
  await until('the report', () => pipeline.told().length > 0);
  const [report] = pipeline.told();
  t.regex(report?.kind === 'entity' ? report.message : '', /^no entity: nothing names .* PUTLOGS_SERVICE/);
  t.deepEqual(pipeline.problems(), []);
});

test('that the entity is turned off is another report', async (t) => {
  const local = await startLocal(t);
  const pipeline = setUp(local, { entity: false });
  pipeline.answer();
  await until('the report', () => pipeline.told().length > 0);
  const [report] = pipeline.told();
  t.is(report?.kind === 'entity' ? report.message : '', 'no entity: it is turned off');
});
