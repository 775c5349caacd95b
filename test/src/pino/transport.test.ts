import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Report } from '@putlogs/core';
import type { Local } from '@putlogs/local';
import createTarget from '@putlogs/pino';
import { dropWhenBehind } from '@putlogs/pino/main-thread';
import test from 'ava';
import pino from 'pino';
import { runFixture } from '../support/child.js';
import { messages, optionsFor, range, startLocal } from '../support/harness.js';
import { settled } from '../support/manual-clock.js';
import { until } from '../support/until.js';

const require = createRequire(import.meta.url);
const target = '@putlogs/pino';

/** thread-stream ends the worker of a garbage-collected logger, even during a flush. */
const held = new Set<pino.Logger>();

function flushed(logger: pino.Logger): Promise<void> {
  held.add(logger);
  return new Promise((resolve, reject) => logger.flush((error) => (error ? reject(error) : resolve())));
}

test('logger.flush calls back when the records before it have arrived', async (t) => {
  const local = await startLocal(t);
  const log = pino(pino.transport({ target, options: { ...optionsFor(local), flushIntervalMs: 3_600_000 } }));
  for (const i of range(100)) log.info({ i }, 'hello');
  await flushed(log);
  t.deepEqual(
    messages(local).map((text) => JSON.parse(text).i),
    range(100),
  );
});

test("an event has the record's own time and text", async (t) => {
  const local = await startLocal(t);
  const log = pino(
    { timestamp: () => `,"time":"${new Date(Date.now() - 60_000).toISOString()}"`, base: null },
    pino.transport({ target, options: optionsFor(local) }),
  );
  log.info('a minute ago 🙃');
  await flushed(log);
  const [event] = local.events('/test/app');
  const record = JSON.parse(event?.message ?? '');
  t.is(record.msg, 'a minute ago 🙃');
  t.is(event?.timestamp, Date.parse(record.time));
});

test("without Pino's own time, the first likely time in the line counts, or else the time of the log call", async (t) => {
  const local = await startLocal(t);
  const log = pino(
    { timestamp: false, base: null },
    pino.transport({ target, options: { ...optionsFor(local), logStreamName: '{date}' } }),
  );
  const before = Date.now();
  const anHourAgo = before - 3_600_000;
  log.info({ time: anHourAgo }, 'its own');
  log.child({ time: anHourAgo }).info({ time: before - 7_200_000 }, 'bound');
  const odd = [1, '2018-01-01T00:00:00Z', 4_000_000_000_000, '20261124120000', before - 15 * 86_400_000];
  for (const time of odd) log.info({ time }, 'odd');
  await flushed(log);
  const after = Date.now();
  const events = local.events('/test/app');
  t.is(events.length, 2 + odd.length);
  for (const { message, timestamp } of events) {
    const { msg } = JSON.parse(message);
    if (msg !== 'odd') t.is(timestamp, anHourAgo, msg);
    else t.true(timestamp >= before && timestamp <= after, message);
  }
  t.deepEqual(
    events.flatMap(({ message }) => (message.includes('odd') ? [JSON.parse(message).time] : [])),
    odd,
    'the text is as it was',
  );
});

test('reports come out on the transport: counts after a flush', async (t) => {
  const local = await startLocal(t);
  const transport = pino.transport({ target, options: optionsFor(local) });
  const reports: Report[] = [];
  transport.on('report', (report: Report) => reports.push(report));
  const log = pino(transport);
  log.info('one');
  await flushed(log);
  t.is(reports.at(-1)?.counts.delivered, 1);
  t.is(reports.at(-1)?.counts.pending, 0);
});

test('dropWhenBehind: records of one turn of the event loop beyond maxBufferBytes are dropped, counted and reported', async (t) => {
  const local = await startLocal(t);
  const options = { ...optionsFor(local), maxBufferBytes: 8 * 1024 * 1024, reportToStderr: false };
  const transport = dropWhenBehind(pino.transport({ target, options }), options);
  const reports: Report[] = [];
  transport.on('report', (report: Report) => reports.push(report));
  const log = pino(transport);
  // The event loop does not run meanwhile, so the worker gets nothing.
  for (const i of range(40)) log.info({ i, text: 'x'.repeat(1_000_000) });
  await flushed(log);
  log.info('after it');
  await flushed(log);
  t.is(JSON.parse(messages(local).at(-1) ?? '').msg, 'after it');
  const { accepted = 0, delivered, pending, dropped } = reports.at(-1)?.counts ?? {};
  t.true(accepted === 41 || accepted === 42, 'one more if there was a loss notice');
  t.is(pending, 0);
  t.is(delivered, messages(local).length);
  t.is(dropped?.bufferFull, accepted - messages(local).length);
  t.true((dropped?.bufferFull ?? 0) >= 20);
  t.regex(problems(reports).join(), /More than maxBufferBytes \(8388608\)/);
});

test('dropWhenBehind: with a stuck worker at most maxBufferBytes wait, and log calls do not block', async (t) => {
  const options = { logGroupName: '/test/app', maxBufferBytes: 8 * 1024 * 1024, reportToStderr: false };
  const stuck = pino.transport({ target: new URL('../fixtures/stuck.js', import.meta.url).href });
  const transport = dropWhenBehind(stuck, options);
  const reports: Report[] = [];
  transport.on('report', (report: Report) => reports.push(report));
  const line = `${'x'.repeat(1_000_000)}\n`;
  // More than the 512 MB at which thread-stream would block.
  for (const _ of range(600)) {
    transport.write(line);
    await new Promise(setImmediate);
  }
  stuck.once('error', () => undefined);
  const closed = new Promise((resolve) => stuck.once('close', resolve));
  Reflect.get(stuck, 'worker').terminate();
  await closed;
  t.true((reports.at(-1)?.counts.dropped.bufferFull ?? 0) > 500);
});

test("dropWhenBehind: when the worker ends, one 'error' is emitted, and later records are counted and reported", async (t) => {
  const local = await startLocal(t);
  const options = { ...optionsFor(local), reportToStderr: false };
  const transport = dropWhenBehind(pino.transport({ target, options }), options);
  const reports: Report[] = [];
  const errors: Error[] = [];
  transport.on('report', (report: Report) => reports.push(report));
  transport.on('error', (error: Error) => errors.push(error));
  const log = pino(transport);
  log.info('before');
  await flushed(log);
  const closed = new Promise((resolve) => transport.once('close', resolve));
  Reflect.get(transport, 'worker').terminate();
  await closed;
  for (const i of range(100)) log.info({ i });
  await settled();
  t.is(errors.length, 1);
  t.regex(
    problems(reports).join(),
    /The worker thread ended \(the worker thread exited\)\. 1 record was logged since then/,
  );
  const { accepted, delivered, dropped } = reports.at(-1)?.counts ?? {};
  t.deepEqual(
    { accepted, delivered, workerEnded: dropped?.workerEnded },
    { accepted: 2, delivered: 1, workerEnded: 1 },
  );
});

test("dropWhenBehind: what is logged after the transport's end is counted and reported, without an 'error'", async (t) => {
  const local = await startLocal(t);
  const options = { ...optionsFor(local), reportToStderr: false };
  const transport = dropWhenBehind(pino.transport({ target, options }), options);
  const reports: Report[] = [];
  transport.on('report', (report: Report) => reports.push(report));
  const log = pino(transport);
  log.info('before');
  await flushed(log);
  const closed = new Promise((resolve) => transport.once('close', resolve));
  transport.end();
  log.info('after');
  await closed;
  log.info('after it has closed');
  await settled();
  t.regex(problems(reports).join(), /1 record was logged after the transport was closed/);
  t.is(reports.at(-1)?.counts.dropped.closed, 1);
});

test('dropWhenBehind writes no line to the fallback: a stage in the worker would have changed it', async (t) => {
  const local = await startLocal(t);
  const { code, stdout, stderr } = await runFixture(local, 'pino-setups.js', [
    'falls behind, with a fallback',
  ]);
  t.is(code, 0, stderr);
  // What has reached the worker may be written there, shouted.
  t.notRegex(stdout, /xxx|late/);
  t.regex(stderr, /buffer-full: .*1 record was dropped/);
  t.regex(stderr, /logged-after-close: 1 record/);
});

test('dropWhenBehind: what is logged at exit is reported at once', async (t) => {
  const local = await startLocal(t);
  const { stdout } = await runFixture(local, 'pino-setups.js', [
    'logs as it exits, to a transport that is closed',
  ]);
  t.is(stdout, 'logged-after-close: 1 ');
});

test('dropWhenBehind throws a ConfigError at once', (t) => {
  const transport = pino.transport({ target, options: { logGroupName: '/test/app' } });
  t.throws(() => dropWhenBehind(transport, { logGroupName: '/test/app', maxBufferBytes: 1 }), {
    name: 'ConfigError',
    message: /maxBufferBytes/,
  });
});

function problems(reports: readonly Report[]): string[] {
  return reports.flatMap((report) => (report.kind === 'problem' ? [report.message] : []));
}

test('a single record arrives when the flush interval is over, without further records', async (t) => {
  const local = await startLocal(t);
  const log = pino(pino.transport({ target, options: { ...optionsFor(local), flushIntervalMs: 200 } }));
  log.info('first');
  await arrived(local, 1);
  log.info('second');
  await arrived(local, 2);
  t.is(messages(local).length, 2);
});

test('records arrive during a steady trickle', async (t) => {
  const local = await startLocal(t);
  const log = pino(pino.transport({ target, options: { ...optionsFor(local), flushIntervalMs: 200 } }));
  // A timer that each record restarts would never fire.
  const trickle = setInterval(() => log.info('trickle'), 20);
  await arrived(local, 20);
  clearInterval(trickle);
  t.is(messages(local).filter((text) => JSON.parse(text).msg === 'trickle').length, messages(local).length);
});

/** Resolves when that many events have arrived. Does not flush. */
function arrived(local: Local, events: number): Promise<void> {
  return until(`${events} events`, () => local.events('/test/app').length >= events);
}

test('works as one of several targets, each with its level', async (t) => {
  const local = await startLocal(t);
  const { stderr } = await runFixture(local, 'pino-setups.js', ['targets']);
  const texts = (group: string) => messages(local, group).map((text) => JSON.parse(text).msg);
  t.deepEqual(texts('/test/info'), ['info', 'warn'], stderr);
  t.deepEqual(texts('/test/warn'), ['warn']);
});

test('records from a stage of a pipeline that writes no newlines arrive before the end', async (t) => {
  const local = await startLocal(t);
  const stage = { target: new URL('../fixtures/without-newlines.js', import.meta.url).href };
  const transport = pino.transport({
    pipeline: [stage, { target, options: { ...optionsFor(local), flushIntervalMs: 10 } }],
  });
  const log = pino(transport);
  for (const i of range(200)) log.info({ i, text: '}{"' }, 'hello');
  await arrived(local, 200);
  t.deepEqual(
    messages(local).map((text) => JSON.parse(text).i),
    range(200),
  );
  transport.end();
  await once(transport, 'close');
  t.is(messages(local).length, 200);
});

test('works as the last of a pipeline', async (t) => {
  const local = await startLocal(t);
  const { stderr } = await runFixture(local, 'pino-setups.js', ['pipeline']);
  t.is(JSON.parse(messages(local)[0] ?? '').msg, 'HELLO', stderr);
});

test('lines that are not JSON are sent as they are', async (t) => {
  const local = await startLocal(t);
  const before = Date.now();
  const { stderr } = await runFixture(local, 'pino-setups.js', ['lines']);
  t.deepEqual(messages(local), ['plain text', '{"half":', 'null', '42', '  indented'], stderr);
  for (const { timestamp } of local.events('/test/app'))
    t.true(timestamp >= before && timestamp <= Date.now());
});

test('a listener of reports that throws does not affect delivery', async (t) => {
  const local = await startLocal(t);
  const { code, stdout } = await runFixture(local, 'pino-setups.js', ['throwing listener']);
  t.is(code, 0);
  t.regex(stdout, /the listener is broken/);
  t.deepEqual(messages(local), ['one', 'two']);
});

test('configured by environment variables alone', async (t) => {
  const local = await startLocal(t);
  const transport = pino.transport({
    target,
    worker: {
      env: {
        ...process.env,
        PUTLOGS_LOG_GROUP_NAME: '/test/env',
        PUTLOGS_ENDPOINT: local.endpoint,
        // A complete entity: its detection may take longer on a slow machine than the first batch waits.
        PUTLOGS_ENTITY_NAME: 'env',
        PUTLOGS_ENVIRONMENT: 'test',
        PUTLOGS_LOG_STREAM_NAME: 'env',
      },
    },
  });
  const log = pino(transport);
  log.info('hello');
  await flushed(log);
  t.is(local.events('/test/env')[0]?.entity?.keyAttributes?.Name, 'env');
});

test('a wrong option is one ConfigError on the transport', async (t) => {
  const transport = pino.transport({ target, options: { logGroup: '/test', flushIntervalMs: 'soon' } });
  const [error] = await once(transport, 'error');
  t.regex(error.message, /^putlogs cannot start with this configuration/);
  t.regex(error.message, /logGroup: .*did you mean logGroupName/);
  t.regex(error.message, /flushIntervalMs: expected /);
  t.regex(error.message, /PUTLOGS_LOG_GROUP_NAME/);
});

for (const version of ['pino-7', 'pino-8', 'pino-9']) {
  test(`works with ${version} ${require(`${version}/package.json`).version}`, async (t) => {
    const local = await startLocal(t);
    const { code, stderr } = await runFixture(local, 'pino-setups.js', [version]);
    t.is(code, 0, stderr);
    t.deepEqual(
      messages(local).map((text) => JSON.parse(text).i),
      range(1000),
    );
  });
}

test("lines are delivered by pino-abstract-transport's own way too, should a stream use it", async (t) => {
  const local = await startLocal(t);
  const stream = await createTarget(optionsFor(local));
  // pino-abstract-transport's own.
  const { resolve } = createRequire(require.resolve('@putlogs/pino'));
  const split = createRequire(resolve('pino-abstract-transport'))('split2');
  stream._transform = split((line: string) => line)._transform;
  const log = pino(stream);
  for (const i of range(10)) log.info({ i }, 'héllo');
  await new Promise((resolve) => stream.once('close', resolve).end());
  t.deepEqual(
    messages(local).map((text) => [JSON.parse(text).i, JSON.parse(text).msg]),
    range(10).map((i) => [i, 'héllo']),
  );
});

test('strings are written as they are, and not converted to bytes', async (t) => {
  const stream = await createTarget(optionsFor({ endpoint: 'http://127.0.0.1:9' }));
  const chunks: unknown[] = [];
  stream._transform = (chunk, _encoding, callback) => {
    chunks.push(chunk);
    callback();
  };
  stream.write('a\n');
  t.deepEqual(chunks, ['a\n']);
  stream.destroy();
});

test('with SHARE_ENV, credentials that are set after the start of the worker are found', async (t) => {
  const local = await startLocal(t);
  const { code, stderr } = await runFixture(local, 'pino-setups.js', ['gets its credentials late']);
  t.is(code, 0, stderr);
  t.is(JSON.parse(messages(local)[0] ?? '').msg, 'hello');
});

test("dropWhenBehind: a worker that cannot start is the transport's 'error', and does not end the application", async (t) => {
  const local = await startLocal(t);
  const broken = fileURLToPath(new URL('../fixtures/broken-workers.cjs', import.meta.url));
  const { code, stdout, stderr } = await runFixture(
    local,
    'pino-setups.js',
    ['has a worker that cannot start'],
    {
      env: { NODE_OPTIONS: `${process.env.NODE_OPTIONS} --require=${broken}` },
    },
  );
  t.is(code, 0, stderr);
  t.is(stdout, 'thrown on purpose as the worker started');
  t.regex(stderr, /thrown on purpose.*1 record was logged since then/);
  t.regex(
    stderr,
    /thrown on purpose.*2 records were logged since then/,
    'and reported at the exit at the latest',
  );
});
