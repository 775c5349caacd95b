import { readdirSync } from 'node:fs';
import type { Options } from '@putlogs/core';
import type { Local, Put } from '@putlogs/local';
import { startInstanceMetadata } from '@putlogs/local/metadata';
import { createStream } from '@putlogs/pino';
import { CloudWatchTransport } from '@putlogs/winston';
import test from 'ava';
import fc from 'fast-check';
import pino from 'pino';
import winston from 'winston';
import { optionsFor, puts, range, startLocal } from '../../support/harness.js';
import { ManualClock, settled } from '../../support/manual-clock.js';
import { allDelivered, openPipeline } from '../../support/pipeline.js';
import { filesIn, spoolFolder } from '../../support/spool-folder.js';
import { until } from '../../support/until.js';

const DAY = 86_400_000;
const GROUP = '/test/app';

/** The numbers of the records in each log stream, in order. */
function streams(local: Local): Record<string, number[]> {
  const names = [...new Set(puts(local).flatMap(({ logStreamName }) => logStreamName ?? []))];
  const numbersIn = (name: string) => local.events(GROUP, name).map(({ message }) => JSON.parse(message).i);
  return Object.fromEntries(names.map((name) => [name, numbersIn(name)]));
}

/** 300 records, three tenants in turn. */
const TENANTS = ['acme', 'globex', 'initech'];
const records = range(300).map((i) => ({ i, tenant: TENANTS[i % 3] }));
const byTenant = Object.fromEntries(
  TENANTS.map((tenant, n) => [`${tenant}/logs`, range(100).map((k) => 3 * k + n)]),
);
const template = { logStreamName: '{record.tenant}/logs' };

/** A logger that is garbage-collected loses its worker: thread-stream terminates it. */
const held = new Set<pino.Logger>();

/** Every way into a pipeline: logs the records and resolves when they have arrived. */
const LOGGERS: Readonly<Record<string, (options: Options, records: readonly object[]) => Promise<void>>> = {
  async Pino(options, all) {
    const log = pino(pino.transport({ target: '@putlogs/pino', options }));
    held.add(log);
    for (const record of all) log.info(record, 'hello');
    await new Promise<void>((resolve, reject) => log.flush((error) => (error ? reject(error) : resolve())));
    held.delete(log);
  },
  async 'Pino in-process'(options, all) {
    const stream = createStream(options);
    const log = pino(stream);
    for (const record of all) log.info(record, 'hello');
    await new Promise<void>((resolve) => stream.flush(resolve));
    stream.end();
  },
  Winston: (options, all) => logWithWinston({ ...options, worker: true }, all),
  'Winston in-process': (options, all) => logWithWinston({ ...options, worker: false }, all),
};

async function logWithWinston(
  options: Options & { readonly worker: boolean },
  all: readonly object[],
): Promise<void> {
  const transport = new CloudWatchTransport(options);
  const log = winston.createLogger({ transports: [transport] });
  for (const record of all) log.info('hello', record);
  await transport.flush();
  log.close();
}

for (const [name, log] of Object.entries(LOGGERS)) {
  test(`${name}: each tenant's records are in its own log stream, in order`, async (t) => {
    const local = await startLocal(t);
    await log({ ...optionsFor(local), ...template }, records);
    t.deepEqual(streams(local), byTenant);
    t.is(puts(local).filter(({ status }) => status === 200).length, 3);
  });

  test(`${name}: {record.level} is the name of the level`, async (t) => {
    const local = await startLocal(t);
    await log({ ...optionsFor(local), logStreamName: '{record.level}' }, [{ i: 1 }]);
    t.deepEqual(streams(local), { info: [1] });
  });

  test(`${name}: serviceField sets the service of each record's entity`, async (t) => {
    const local = await startLocal(t);
    const options = { ...optionsFor(local), serviceField: 'app.name', service: 'own', environment: 'test' };
    await log(options, [
      { i: 0, app: { name: 'cart' } },
      { i: 1, app: { name: 'search' } },
      { i: 2 },
      { i: 3, app: { name: 'cart' } },
    ]);
    const sent = puts(local).filter(({ status }) => status === 200);
    const services = sent.map(({ entity, events }) => [entity?.keyAttributes?.Name, events]);
    t.deepEqual(services.toSorted(), [
      ['cart', 2],
      ['own', 1],
      ['search', 1],
    ]);
    for (const { entity } of sent) {
      t.is(entity?.keyAttributes?.Environment, 'test');
      t.is(entity?.attributes?.['AWS.ServiceNameSource'], 'UserConfiguration');
    }
  });
}

test('colour codes around a level or a service are not part of the name', async (t) => {
  const local = await startLocal(t);
  const options = {
    ...optionsFor(local),
    logStreamName: '{record.level}',
    serviceField: 'module',
    environment: 'test',
  };
  const transport = new CloudWatchTransport({ ...options, worker: false });
  const { colorize, combine, json } = winston.format;
  const log = winston.createLogger({ transports: [transport], format: combine(colorize(), json()) });
  log.info('hello', { i: 1, module: '\u001b[36mcheckout\u001b[0m' });
  await transport.flush();
  t.deepEqual(streams(local), { info: [1] });
  t.is(puts(local)[0]?.entity?.keyAttributes?.Name, 'checkout');
});

test("{record.level} is the number of Pino's custom levels", async (t) => {
  const local = await startLocal(t);
  const stream = createStream({ ...optionsFor(local), logStreamName: '{record.level}' });
  const log = pino({ customLevels: { notice: 35 } }, stream);
  log.notice({ i: 1 });
  await new Promise<void>((resolve) => stream.flush(resolve));
  stream.end();
  t.deepEqual(streams(local), { 35: [1] });
});

for (const [what, tenant, stream] of [
  ['is missing', undefined, 'unknown'],
  ['is null', null, 'unknown'],
  ['is empty', '', 'unknown'],
  ['is blank', '   ', 'unknown'],
  ['is blank with tabs and newlines', '\t\n\u00a0', 'unknown'],
  ['is padded', ' acme ', ' acme '],
  ['is an object', { id: 7 }, 'unknown'],
  ['is an array', ['acme'], 'unknown'],
  ['is a number', 42, '42'],
  ['is true', true, 'true'],
  ['is the number of a level in another field', 30, '30'],
  ['contains invalid characters', 'a:b*c', 'a_b_c'],
  ['is a template', '{date}{pid}{record.i}', '{date}{pid}{record.i}'],
  ['contains a replacement pattern', "$&$1$'", "$&$1$'"],
  ['is too long', 'x'.repeat(600), 'x'.repeat(512)],
  ['is too long by half a character', `${'x'.repeat(511)}🙃`, 'x'.repeat(511)],
  ['is Unicode', 'Ünïcödé 東京 🙃', 'Ünïcödé 東京 🙃'],
  ['contains a lone surrogate', 'a\ud800b', 'a\ufffdb'],
  ['contains whitespace', 'a\nb\tc', 'a_b_c'],
  ['contains slashes', 'a/b/c', 'a_b_c'],
] as const) {
  test(`the log stream of a field that ${what}`, async (t) => {
    const local = await startLocal(t);
    const pipeline = openPipeline(local, { logStreamName: '{record.tenant}' });
    pipeline.accept(Date.now(), JSON.stringify({ i: 1, tenant }));
    await pipeline.flush();
    t.deepEqual(streams(local), { [stream]: [1] });
    t.deepEqual(pipeline.counts(), allDelivered(1));
  });
}

for (const text of [
  'no JSON',
  '{"tenant":"acme"',
  '"acme"',
  '[{"tenant":"acme"}]',
  'null',
  '{"__proto__":1}',
]) {
  test(`text that is not a record goes to unknown, unchanged: ${text}`, async (t) => {
    const local = await startLocal(t);
    const pipeline = openPipeline(local, { logStreamName: '{record.tenant}{record.constructor.name}' });
    pipeline.accept(Date.now(), text);
    await pipeline.flush();
    t.deepEqual(
      local.events(GROUP, 'unknownunknown').map(({ message }) => message),
      [text],
    );
  });
}

test('all parts of a long record go to the same log stream', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local, { logStreamName: '{record.tenant}' });
  const text = JSON.stringify({ text: 'x'.repeat(2_500_000), tenant: 'acme' });
  pipeline.accept(Date.now(), text);
  await pipeline.flush();
  const parts = local.events(GROUP, 'acme').map(({ message }) => message);
  t.is(parts.length, 3);
  t.is(parts.join('').length, text.length);
});

test('{uuid} and {pid} are the same for all tenants', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local, { logStreamName: '{record.tenant} {uuid} {pid}' });
  for (const i of range(20)) pipeline.accept(Date.now(), JSON.stringify({ i, tenant: `t${i}` }));
  await pipeline.flush();
  const names = Object.keys(streams(local));
  t.is(names.length, 20);
  t.is(new Set(names.map((name) => name.split(' ').slice(1).join())).size, 1);
});

// Serial, since these tests keep the event loop busy.
test.serial('with a spool the records of many tenants all arrive, in order', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const pipeline = openPipeline(local, {
    logStreamName: '{record.tenant}',
    maxLogStreams: 5000,
    spoolDirectory,
  });
  const tenants = 1050;
  for (const i of range(2 * tenants)) {
    pipeline.accept(NOON_TODAY + i, JSON.stringify({ i, tenant: `t${i % tenants}` }));
  }
  await pipeline.flush();
  const expected = range(tenants).map((n) => [`t${n}`, [n, n + tenants]] as const);
  const byTime = Object.entries(streams(local)).map(([name, all]) => [name, all.toSorted((a, b) => a - b)]);
  t.deepEqual(Object.fromEntries(byTime), Object.fromEntries(expected));
  t.deepEqual(pipeline.counts(), allDelivered(2 * tenants));
  t.deepEqual(pipeline.problems(), []);
  await pipeline.close();
  t.deepEqual(readdirSync(spoolDirectory), []);
});

test.serial(
  'records that thousands of tenants log at once are in the spool when the process ends',
  async (t) => {
    const local = await startLocal(t);
    const spoolDirectory = spoolFolder(t);
    local.fault({ kind: 'throttle', operation: '*' });
    const options = {
      logStreamName: '{record.tenant}',
      maxLogStreams: 5000,
      spoolDirectory,
      closeTimeoutMs: 0,
    };
    const pipeline = openPipeline(local, options);
    const tenants = 3000;
    for (const i of range(tenants)) pipeline.accept(Date.now(), JSON.stringify({ tenant: `t${i}` }));
    await pipeline.close();
    t.is(pipeline.counts().spooled, tenants);
  },
);

/** The service rejects timestamps that are far from its own time. */
const NOON_TODAY = Date.now() - 3_600_000;

for (const service of ['café', 'x'.repeat(513), ' ', 'a\u007fb', 'tab\there', { name: 'x' }, null]) {
  test(`the invalid service ${JSON.stringify(service).slice(0, 20)} is replaced by the service of the process`, async (t) => {
    const local = await startLocal(t);
    const pipeline = openPipeline(local, { serviceField: 'service', service: 'own', environment: 'test' });
    pipeline.accept(Date.now(), JSON.stringify({ service }));
    pipeline.accept(Date.now(), '{}');
    await pipeline.flush();
    const [put, ...more] = puts(local).filter(({ status }) => status === 200);
    t.deepEqual(more, []);
    t.is(put?.events, 2);
    t.is(put?.entity?.keyAttributes?.Name, 'own');
  });
}

test('records that name a service have its entity even if the process has no service', async (t) => {
  const local = await startLocal(t);
  const metadata = await startInstanceMetadata({ tags: { 'aws:autoscaling:groupName': 'my-asg' } });
  t.teardown(() => metadata.close());
  const pipeline = openPipeline(local, { serviceField: 'service' }, { env: metadata.env, hostname: 'db7' });
  pipeline.accept(Date.now(), '{"service":"cart"}');
  pipeline.accept(Date.now(), 'without a service');
  await pipeline.flush();
  const byMessage = new Map(local.events(GROUP).map(({ message, entity }) => [message, entity]));
  t.is(byMessage.get('without a service'), null);
  t.deepEqual(byMessage.get('{"service":"cart"}'), {
    keyAttributes: { Type: 'Service', Name: 'cart', Environment: 'ec2:my-asg' },
    attributes: {
      PlatformType: 'AWS::EC2',
      'EC2.InstanceId': 'i-0123456789abcdef0',
      'EC2.AutoScalingGroup': 'my-asg',
      Host: 'db7',
      'AWS.ServiceNameSource': 'UserConfiguration',
    },
  });
});

test('if the user sets the environment, records that name a service do not wait for the detection', async (t) => {
  const local = await startLocal(t);
  const clock = new ManualClock(Date.now());
  const options = { serviceField: 'service', environment: 'test' };
  const silent = { env: {}, fetch: () => new Promise<never>(() => undefined) };
  const pipeline = openPipeline(local, options, { clock, ...silent });
  pipeline.accept(Date.now(), '{"service":"cart"}');
  const flushed = pipeline.flush();
  await clock.advance(1000);
  await flushed;
  const [put] = puts(local).filter(({ status }) => status === 200);
  t.deepEqual(put?.entity?.keyAttributes, { Type: 'Service', Name: 'cart', Environment: 'test' });
});

test('an entity with ten attributes does not get another one for the source of its name', async (t) => {
  const local = await startLocal(t);
  const attributes = Object.fromEntries(range(10).map((i) => [`key${i}`, 'value']));
  const pipeline = openPipeline(local, {
    serviceField: 'service',
    entity: { name: 'own', environment: 'test', attributes },
  });
  pipeline.accept(Date.now(), '{"service":"cart"}');
  await pipeline.flush();
  const [put] = puts(local).filter(({ status }) => status === 200);
  t.deepEqual(put?.entity, {
    keyAttributes: { Type: 'Service', Name: 'cart', Environment: 'test' },
    attributes,
  });
});

test('each request holds the records of one log stream, one service and one day', async (t) => {
  const record = fc.record({
    tenant: fc.constantFrom('a', 'b', 'a:b', 'a/b', 'a\nb', 'a_b', undefined, '', 7),
    service: fc.constantFrom('cart', ' cart ', 'search', 'café', undefined),
    daysAgo: fc.nat({ max: 2 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 60 }), async (all) => {
      const stored: Put[] = [];
      const local = await startLocal(t, { onPut: (put) => stored.push(put) });
      const pipeline = openPipeline(local, {
        logStreamName: '{record.tenant}/{date}',
        serviceField: 'service',
        service: 'own',
        environment: 'test',
      });
      for (const [i, { tenant, service, daysAgo }] of all.entries()) {
        pipeline.accept(Date.now() - daysAgo * DAY, JSON.stringify({ i, tenant, service }));
      }
      await pipeline.close();
      const seen = stored.flatMap(({ events, logStreamName, entity }) =>
        events.map(({ message, timestamp }) => {
          const { i, tenant, service } = JSON.parse(message);
          const name =
            tenant === undefined || tenant === '' ? 'unknown' : String(tenant).replace(/[:/\n]/, '_');
          t.is(logStreamName, `${name}/${new Date(timestamp).toISOString().slice(0, 10)}`);
          const isGood = service !== undefined && service !== 'café';
          t.is(entity?.keyAttributes?.Name, isGood ? service.trim() : 'own');
          return i;
        }),
      );
      t.deepEqual(
        seen.toSorted((a, b) => a - b),
        range(all.length),
        JSON.stringify([pipeline.counts(), pipeline.problems()]),
      );
      // Events with the same key share one request.
      const keys = stored.map(
        ({ logStreamName, entity }) => `${logStreamName} ${entity?.keyAttributes?.Name}`,
      );
      t.is(new Set(keys).size, keys.length);
    }),
    { numRuns: 25 },
  );
});

test('a tenant that is throttled holds up no other, whose records still share requests', async (t) => {
  const local = await startLocal(t);
  local.fault({ kind: 'throttle', times: 1 });
  const clock = new ManualClock(Date.now());
  const options = { logStreamName: '{record.tenant}', flushIntervalMs: 30 };
  // The first pause lasts almost a second.
  const pipeline = openPipeline(local, options, { clock, random: () => 0.999 });
  const log = (tenant: string) => pipeline.accept(Date.now(), JSON.stringify({ i: 0, tenant }));
  const requests = (tenant: string) =>
    puts(local).filter(({ logStreamName }) => logStreamName === tenant).length;
  log('bad');
  await clock.advance(30);
  await until('the first request', () => requests('bad') >= 1);
  for (const round of [1, 2]) {
    for (const _ of range(25)) {
      log('bad');
      log('good');
      await settled();
    }
    await clock.advance(30);
    await until(`round ${round}`, () => local.count(GROUP, 'good') >= 25 * round);
  }
  t.is(local.count(GROUP, 'bad'), 0);
  // One request that finds no log stream, and one for each interval.
  t.is(requests('good'), 3);
  await clock.advance(1000);
  await pipeline.flush();
  t.is(local.count(GROUP, 'bad'), 51);
});

test('all tenants share maxBufferBytes, and each log stream gets a loss notice', async (t) => {
  const local = await startLocal(t);
  const end = local.fault({ kind: 'throttle', operation: 'PutLogEvents' });
  const maxBufferBytes = 8 * 1024 * 1024;
  const pipeline = openPipeline(local, { logStreamName: '{record.tenant}', maxBufferBytes });
  const padding = 'x'.repeat(100_000);
  for (const i of range(300)) {
    pipeline.accept(Date.now(), JSON.stringify({ i, tenant: `t${i % 20}`, padding }));
    await new Promise(setImmediate);
  }
  end();
  await pipeline.flush();
  await pipeline.close();
  const { accepted, delivered, dropped, pending } = pipeline.counts();
  t.is(delivered + dropped.bufferFull, accepted);
  t.is(pending, 0);
  // Batches that wait, batches in flight, and a loss notice for each tenant.
  t.true(delivered <= (maxBufferBytes * 2) / 100_000, `${delivered} were kept`);
  t.true(delivered >= (maxBufferBytes * 0.5) / 100_000, `${delivered} were kept`);
  const missing = local.events(GROUP).flatMap(({ message }) => JSON.parse(message).missingEvents ?? []);
  t.true(missing.length > 1);
  t.true(missing.reduce((sum, events) => sum + events, 0) <= dropped.bufferFull);
});

test('the next process sends spooled records to their log streams, with their entities', async (t) => {
  const local = await startLocal(t);
  const spoolDirectory = spoolFolder(t);
  const options = {
    spoolDirectory,
    logStreamName: '{record.tenant}',
    serviceField: 'service',
    service: 'own',
    environment: 'test',
  };
  const end = local.fault({ kind: 'throttle', operation: '*' });
  const first = openPipeline(local, { ...options, closeTimeoutMs: 0 });
  const tenants = 60;
  for (const i of range(3 * tenants)) {
    const service = i % 2 === 0 ? { service: 'cart' } : {};
    first.accept(Date.now(), JSON.stringify({ i, tenant: `t${i % tenants}`, ...service }));
  }
  await first.close();
  t.deepEqual(first.counts(), { ...allDelivered(3 * tenants), delivered: 0, spooled: 3 * tenants });
  t.is(filesIn(spoolDirectory).length, 1, 'all tenants share a file');
  end();
  const second = openPipeline(local, { spoolDirectory });
  await until('all records', () => local.count(GROUP) >= 3 * tenants);
  await second.close();
  const expected = range(tenants).map((n) => [`t${n}`, [n, n + tenants, n + 2 * tenants]]);
  t.deepEqual(streams(local), Object.fromEntries(expected));
  for (const { logStreamName, entity } of puts(local).filter(({ status }) => status === 200)) {
    const isEven = Number(logStreamName?.slice(1)) % 2 === 0;
    t.is(entity?.keyAttributes?.Name, isEven ? 'cart' : 'own');
  }
  t.deepEqual(filesIn(spoolDirectory), []);
});

test('without fields in logStreamName and without serviceField records are not parsed', async (t) => {
  const local = await startLocal(t);
  const pipeline = openPipeline(local, { logStreamName: 'one' });
  const { parse } = JSON;
  let parsed = 0;
  JSON.parse = (text, reviver) => {
    if (text === '{"i":1}') parsed++;
    return parse(text, reviver);
  };
  pipeline.accept(Date.now(), '{"i":1}');
  JSON.parse = parse;
  await pipeline.flush();
  t.is(parsed, 0);
  t.deepEqual(streams(local), { one: [1] });
});
