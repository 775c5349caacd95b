import { once } from 'node:events';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Local } from '@putlogs/local';
import { CloudWatchTransport, ConfigError, type Counts, jsonFormat, type Report } from '@putlogs/winston';
import ava from 'ava';
import winston from 'winston';
import { runFixture } from '../support/child.js';
import { messages, optionsFor, puts, range, startLocal } from '../support/harness.js';
import { watchPosts } from '../support/posts.js';
import { until } from '../support/until.js';

/** In series: when dozens of workers start at once, each takes longer than a close waits for it. */
const test = ava.serial;

/** Where formats leave the finished text. */
const MESSAGE = Symbol.for('message');

const WORKERS = [
  ['in a worker', true],
  ['in-process', false],
] as const;

for (const level of ['error', 'emerg']) {
  test(`a record of level ${level} does not wait for later records on its way to the worker`, async (t) => {
    const posts = watchPosts(t);
    const local = await startLocal(t);
    const transport = new CloudWatchTransport({ ...optionsFor(local) });
    const { levels } = level === 'emerg' ? winston.config.syslog : winston.config.npm;
    const log = winston.createLogger({ levels, transports: [transport] });
    log.info('first');
    await transport.flush();
    log.info('another');
    await until('the record', () => /"message":"another"/.test(String(posts.at(-1))));
    log.log(level, 'boom');
    // Timers fire in the order in which they are due, so that a busy machine does not matter: 5 ms for a record that is urgent,
    // 25 for others.
    await sleep(15);
    t.regex(String(posts.at(-1)), /"message":"boom"/);
    transport.close();
    await transport.flush();
  });
}

for (const [where, worker] of WORKERS) {
  test(`${where}: flush resolves when the records before it have arrived, and the logger can be used afterwards`, async (t) => {
    const local = await startLocal(t);
    const transport = new CloudWatchTransport({ ...optionsFor(local), worker, flushIntervalMs: 3_600_000 });
    const log = winston.createLogger({ transports: [transport] });
    for (const i of range(100)) log.info('hello', { i });
    await transport.flush();
    t.deepEqual(
      messages(local).map((text) => JSON.parse(text).i),
      range(100),
    );
    log.info('again');
    await transport.flush();
    t.is(messages(local).length, 101);
    t.is(transport.counts?.delivered, 101);
  });

  test(`${where}: logger.end() emits 'finish' when everything has arrived`, async (t) => {
    const local = await startLocal(t);
    const transport = new CloudWatchTransport({ ...optionsFor(local), worker, flushIntervalMs: 3_600_000 });
    const log = winston.createLogger({ transports: [transport] });
    for (const i of range(300)) log.info(`record ${i}`);
    log.end();
    await once(log, 'finish');
    t.is(messages(local).length, 300);
  });

  test(`${where}: close delivers in the background, can be called twice, and the transport can be used afterwards`, async (t) => {
    const local = await startLocal(t);
    const transport = new CloudWatchTransport({ ...optionsFor(local), worker, flushIntervalMs: 3_600_000 });
    const log = winston.createLogger({ transports: [transport] });
    log.info('before');
    transport.close();
    transport.close();
    log.info('after');
    await transport.flush();
    t.deepEqual(
      messages(local)
        .map((text) => JSON.parse(text).message)
        .toSorted(),
      ['after', 'before'],
    );
    log.remove(transport);
    await transport.flush();
    t.is(messages(local).length, 2);
  });

  test(`${where}: a problem is a 'warn' of the logger and a 'report' of the transport, never an 'error'`, async (t) => {
    const local = await startLocal(t);
    const end = local.fault({ kind: 'accessDenied', operation: '*' });
    const transport = new CloudWatchTransport({ ...optionsFor(local), worker });
    const reports: Report[] = [];
    transport.on('report', (report: Report) => reports.push(report));
    const log = winston.createLogger({ transports: [transport] });
    log.on('error', (error) => t.fail(String(error)));
    log.info('waits');
    const flushed = transport.flush();
    const [warning] = await once(log, 'warn');
    t.regex(warning.message, /^putlogs: denied: .*logs:PutLogEvents/);
    end();
    await flushed;
    t.true(reports.some(({ kind }) => kind === 'problem'));
    t.is(transport.counts?.delivered, 1);
  });

  test(`${where}: listeners get the reports that the pipeline makes when it starts`, async (t) => {
    const local = await startLocal(t);
    process.env.PUTLOGS_UNKNOWN = 'on purpose';
    t.teardown(() => delete process.env.PUTLOGS_UNKNOWN);
    const transport = new CloudWatchTransport({ ...optionsFor(local), entity: false, worker });
    const reports: Report[] = [];
    transport.on('report', (report: Report) => reports.push(report));
    const log = winston.createLogger({ transports: [transport] });
    transport.once('report', () => log.info('from a listener'));
    log.info('hello');
    await transport.flush();
    log.end();
    await once(log, 'finish');
    const heard = reports.flatMap((report) =>
      report.kind === 'counts' ? [] : [report.kind === 'problem' ? report.code : report.kind],
    );
    t.deepEqual(heard.toSorted(), ['entity', 'unknown-variable']);
    t.is(messages(local).length, 2);
  });

  test(`${where}: any text arrives unchanged`, async (t) => {
    const local = await startLocal(t);
    const transport = new CloudWatchTransport({
      ...optionsFor(local),
      worker,
      format: winston.format.printf(({ message }) => String(message)),
    });
    const log = winston.createLogger({ transports: [transport] });
    const texts = [
      'a\nb',
      'tab\tand\u0000zero',
      'crlf\r\nend\r',
      '"quoted" \\ back',
      '🙃 é €',
      'close',
      '\u2028',
      'x'.repeat(200_000),
    ];
    for (const text of texts) log.info(text);
    log.info('lone \ud800 surrogate');
    await transport.flush();
    t.deepEqual(messages(local).toSorted(), [...texts, 'lone \ufffd surrogate'].toSorted());
  });
}

test('records of one turn of the event loop arrive in order, without a flush', async (t) => {
  const local = await startLocal(t);
  const transport = new CloudWatchTransport({ ...optionsFor(local), flushIntervalMs: 10 });
  const log = winston.createLogger({ transports: [transport] });
  for (const i of range(3)) log.info('hello', { i });
  await until('three records', () => messages(local).length === 3);
  t.deepEqual(
    messages(local).map((text) => JSON.parse(text).i),
    range(3),
  );
  await transport.flush();
});

test("an event has the record's timestamp if there is one, or else the time of the log call", async (t) => {
  const local = await startLocal(t);
  const transport = new CloudWatchTransport(optionsFor(local));
  const log = winston.createLogger({ transports: [transport] });
  const then = Date.now() - 60_000;
  const before = Date.now();
  log.info('iso', { timestamp: new Date(then).toISOString() });
  log.info('number', { timestamp: then });
  log.info('unreadable', { timestamp: 'half past seven' });
  log.info('none');
  const after = Date.now();
  await transport.flush();
  const times = new Map(
    local.events('/test/app').map((event) => [JSON.parse(event.message).message, event.timestamp]),
  );
  t.is(times.get('iso'), then);
  t.is(times.get('number'), then);
  for (const name of ['unreadable', 'none']) {
    const time = times.get(name) ?? 0;
    t.true(time >= before && time <= after);
  }
});

for (const [where, worker] of WORKERS) {
  test(`${where}: a timestamp that is not a likely time stays in the text, and does not become the event's time`, async (t) => {
    const local = await startLocal(t);
    const { combine, json, timestamp } = winston.format;
    const transport = new CloudWatchTransport({ ...optionsFor(local), worker });
    const log = winston.createLogger({ transports: [transport], format: json() });
    const elsewhere = () => new Date().toLocaleString('sv-SE', { timeZone: 'Asia/Tokyo' });
    const here = combine(timestamp({ format: elsewhere }), json());
    const digits = combine(timestamp({ format: () => '20261124120000' }), json());
    const before = Date.now();
    log.info('years ago', { timestamp: '2018-01-01T00:00:00Z' });
    log.info('years ahead', { timestamp: 4_000_000_000_000 });
    log.info('fifteen days ago', { timestamp: before - 15 * 86_400_000 });
    for (const format of [here, digits])
      winston.createLogger({ transports: [transport], format }).info('odd');
    const after = Date.now();
    await transport.flush();
    t.is(transport.counts.delivered, 5);
    for (const event of local.events('/test/app')) {
      t.true(event.timestamp >= before && event.timestamp <= after, event.message);
      t.not(JSON.parse(event.message).timestamp, undefined);
    }
  });
}

test("errors keep their message and stack, whatever the transport's own format drops", async (t) => {
  const local = await startLocal(t);
  const { combine, json, timestamp } = winston.format;
  const transport = new CloudWatchTransport({ ...optionsFor(local), format: combine(timestamp(), json()) });
  const log = winston.createLogger({ transports: [transport] });
  log.error(new Error('bare', { cause: new Error('its cause') }));
  log.error('in a field', { err: new TypeError('nested') });
  await transport.flush();
  const [bare, nested] = messages(local).map((text) => JSON.parse(text));
  t.is(bare.message, 'bare');
  t.regex(bare.stack, /transport\.test/);
  t.is(bare.cause.message, 'its cause');
  t.is(nested.message, 'in a field');
  t.is(nested.err.name, 'TypeError');
  t.regex(nested.err.stack, /transport\.test/);
});

test('circular references and BigInts are written as text', async (t) => {
  const local = await startLocal(t);
  const transport = new CloudWatchTransport(optionsFor(local));
  const log = winston.createLogger({ transports: [transport] });
  const loop: Record<string, unknown> = { id: 12345678901234567890n };
  loop.self = loop;
  log.info('odd', { loop });
  await transport.flush();
  t.is(JSON.parse(messages(local)[0] ?? '').loop.id, '12345678901234567890');
});

test('level and silent are obeyed', async (t) => {
  const local = await startLocal(t);
  const transport = new CloudWatchTransport({ ...optionsFor(local), level: 'warn' });
  const silent = new CloudWatchTransport({ ...optionsFor(local), silent: true });
  const log = winston.createLogger({ level: 'debug', transports: [transport, silent] });
  log.info('info');
  log.warn('warn');
  await Promise.all([transport.flush(), silent.flush()]);
  t.deepEqual(
    messages(local).map((text) => JSON.parse(text).message),
    ['warn'],
  );
});

test("'logged' is emitted if somebody listens", async (t) => {
  const local = await startLocal(t);
  const transport = new CloudWatchTransport(optionsFor(local));
  const log = winston.createLogger({ transports: [transport] });
  const logged = once(transport, 'logged');
  log.info('hello');
  const [info] = await logged;
  t.is(info.message, 'hello');
  await transport.flush();
});

test('the logger calls back at once even if the service is slow', async (t) => {
  const local = await startLocal(t);
  local.fault({ kind: 'hang', operation: '*' });
  const transport = new CloudWatchTransport({ ...optionsFor(local), closeTimeoutMs: 0 });
  let called = 0;
  for (const i of range(1000)) {
    transport.log({ level: 'info', message: `${i}`, [Symbol.for('message')]: `${i}` }, () => called++);
  }
  t.is(called, 1000);
  transport.close();
  await transport.flush();
  t.is(transport.counts?.dropped.closed, 1000);
});

/** Immer revokes its drafts. */
function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

class PrivateError extends Error {
  readonly #text = 'private';

  override get message(): string {
    return this.#text;
  }
}

const text = winston.format.printf(({ message }) => String(message));
const textThatThrows = winston.format((info) => Object.assign(info, { [MESSAGE]: Object.create(null) }))();
const ownFormat = { format: winston.format.simple() };

/** Log calls with a record that cannot be read completely. */
const UNREADABLE: Readonly<
  Record<
    string,
    readonly [log: (logger: winston.Logger) => void, format?: winston.Logform.Format, own?: object]
  >
> = {
  'a revoked Proxy': [(logger) => logger.info('bad', { draft: revoked() }), text],
  'a revoked Proxy among others': [
    (logger) => logger.info('bad', { drafts: [revoked(), new Map([[1, revoked()]])] }),
    text,
  ],
  'a revoked Proxy, in JSON': [(logger) => logger.info('bad', { draft: revoked() }), jsonFormat()],
  'a revoked Proxy as its time': [(logger) => logger.info('bad', { timestamp: revoked() }), text],
  'text that is none': [(logger) => logger.info('bad'), text, { format: textThatThrows }],
  'an error that cannot be copied': [(logger) => logger.error(new PrivateError()), text, ownFormat],
};

for (const [name, [logBad, format = text, own = {}]] of Object.entries(UNREADABLE)) {
  test(`a record that cannot be read completely arrives, and does not stop the logger: ${name}`, async (t) => {
    const local = await startLocal(t);
    const transport = new CloudWatchTransport({ ...optionsFor(local), ...own, worker: false });
    const lines: string[] = [];
    const sink = new Writable({
      write: (line, _encoding, callback) => callback(void lines.push(String(line))),
    });
    const logger = winston.createLogger({
      format,
      transports: [new winston.transports.Stream({ stream: sink }), transport],
    });
    t.notThrows(() => logBad(logger));
    for (const i of range(100)) {
      logger.info(`after ${i}`);
      await new Promise(setImmediate);
    }
    await transport.flush();
    t.is(messages(local).length, 101);
    t.is(lines.length, 101);
  });
}

test('misuse throws one ConfigError that names everything', (t) => {
  const error = t.throws(() => new CloudWatchTransport({ retentionInDays: 8, gzip: 'yes' } as never), {
    instanceOf: ConfigError,
  });
  t.deepEqual(error?.problems.map(({ option }) => option).toSorted(), [
    'gzip',
    'logGroupName',
    'retentionInDays',
  ]);
});

test('records that were corked arrive with the stacks of their errors', async (t) => {
  const local = await startLocal(t);
  const transport = new CloudWatchTransport({ ...optionsFor(local), format: winston.format.json() });
  const log = winston.createLogger({ transports: [transport], format: winston.format.timestamp() });
  transport.cork();
  log.info('one');
  log.error(new Error('two'));
  transport.uncork();
  await transport.flush();
  const [one, two] = messages(local).map((text) => JSON.parse(text));
  t.is(one.message, 'one');
  t.is(two.message, 'two');
  t.regex(two.stack, /transport\.test/);
});

for (const [where, worker] of WORKERS) {
  for (const [records, length] of [
    [40, 1_000_000],
    [4000, 10_000],
  ] as const) {
    test(`${where}: of ${records} records logged in one go those beyond maxBufferBytes are dropped, counted and reported`, async (t) => {
      const local = await startLocal(t);
      const transport = new CloudWatchTransport({
        ...optionsFor(local),
        worker,
        maxBufferBytes: 8 * 1024 * 1024,
      });
      const problems: string[] = [];
      transport.on('report', (report: Report) => {
        if (report.kind === 'problem') problems.push(report.message);
      });
      const log = winston.createLogger({ transports: [transport] });
      // The event loop does not run meanwhile, so nothing can be posted to the worker.
      for (const i of range(records)) log.info(`${i} ${'x'.repeat(length)}`);
      log.end();
      await once(log, 'finish');
      const { accepted, delivered, dropped, pending } = transport.counts;
      t.true(accepted === records || accepted === records + 1, 'and perhaps a notice');
      t.is(pending, 0);
      t.is(delivered + dropped.bufferFull, accepted);
      t.true(dropped.bufferFull >= records / 2, `${dropped.bufferFull}`);
      t.is(messages(local).length, delivered);
      // They have to be dropped on this side: otherwise all of them would wait in the worker.
      const where = worker ? 'the pipeline' : 'delivery';
      t.true(problems.join().includes(`More than maxBufferBytes (8388608) wait for ${where}`));
    });
  }
}

const texts = (local: Local) => messages(local).map((text) => JSON.parse(text).message);

for (const setup of ['ends while garbage is collected', 'is forgotten while garbage is collected']) {
  test(`an application that ${setup} loses nothing`, async (t) => {
    const local = await startLocal(t);
    local.fault({ kind: 'throttle', times: 5 });
    const { code, stdout, stderr } = await runFixture(local, 'winston-setups.js', [setup]);
    t.is(code, 0, stderr);
    const forgotten = setup.startsWith('is forgotten');
    t.is(stdout, forgotten ? '' : 'finished\n', stderr);
    t.is(new Set(texts(local)).size, forgotten ? 1 : 1000);
  });
}

test("waiting for 'finish' keeps the application alive", async (t) => {
  const local = await startLocal(t);
  const { code, stdout } = await runFixture(local, 'winston-setups.js', ['waits for finish']);
  t.deepEqual({ code, stdout }, { code: 0, stdout: 'finished\n' });
  t.deepEqual(texts(local), ['hello']);
});

test('with exitOnError: false the transport works after an uncaught error', async (t) => {
  const local = await startLocal(t);
  const { code, stderr } = await runFixture(local, 'winston-setups.js', ['goes on after an uncaught error']);
  t.is(code, 0, stderr);
  t.is(texts(local).length, 2);
  t.regex(texts(local)[0], /thrown on purpose/);
  t.is(texts(local)[1], 'afterwards');
});

test('after an unhandled rejection Winston does not wait until its timeout', async (t) => {
  const local = await startLocal(t);
  const { code, stdout } = await runFixture(local, 'winston-setups.js', [
    'is asked to finish by an unhandled rejection',
  ]);
  t.deepEqual({ code, stdout }, { code: 1, stdout: 'finished\n' });
  t.is(texts(local).length, 1);
});

for (const setup of [
  'ends by an uncaught error, as a function decides',
  'ends by an uncaught error, which only exceptionHandlers get',
]) {
  test(`an application that ${setup} does not wait until Winston's timeout`, async (t) => {
    const local = await startLocal(t);
    const { code, stdout, stderr } = await runFixture(local, 'winston-setups.js', [setup]);
    t.deepEqual({ code, stdout }, { code: 1, stdout: 'finished\n' }, stderr);
    t.regex(texts(local)[0], /thrown on purpose/);
  });
}

test('a transport stays with its logger when exitOnError decides that the process goes on', async (t) => {
  const local = await startLocal(t);
  const args = ['goes on after two uncaught errors, as a function decides'];
  const { code, stderr } = await runFixture(local, 'winston-setups.js', args);
  t.is(code, 0, stderr);
  t.deepEqual(
    texts(local).map((text) => text.split('\n')[0]),
    ['uncaughtException: one', 'after one', 'uncaughtException: two', 'after two'],
  );
});

for (const setup of [
  'adds to a child, and closes the root',
  'adds to the root, and closes a child',
  'adds to a child, and closes another',
]) {
  test(`an application that ${setup} closes the transport, which gets nothing more`, async (t) => {
    const local = await startLocal(t);
    const { code, stdout, stderr } = await runFixture(local, 'winston-setups.js', [setup]);
    t.deepEqual({ code, stdout }, { code: 0, stdout: 'its worker ended\n' }, stderr);
    t.deepEqual(texts(local), ['hello']);
  });
}

test("in-process: what is logged at 'beforeExit' and afterwards arrives", async (t) => {
  const local = await startLocal(t);
  const { code, stderr } = await runFixture(local, 'winston-setups.js', ['logs before exit']);
  t.is(code, 0, stderr);
  t.deepEqual(texts(local), ['hello', 'bye', 'bye again']);
});

test('when the worker ends, a report says so, and another worker delivers what it had not taken', async (t) => {
  const local = await startLocal(t);
  const { code, stdout, stderr } = await runFixture(local, 'winston-setups.js', ['loses its worker']);
  t.is(code, 0, stderr);
  t.regex(stderr, /putlogs: worker: The worker thread ended/);
  const { accepted, delivered, dropped, pending } = countsIn(stdout);
  t.deepEqual({ accepted, pending }, { accepted: 3, pending: 0 });
  // Whether the worker got the record in the middle before it ended is left to chance.
  const isLost = dropped.workerEnded === 1;
  t.is(delivered, isLost ? 2 : 3);
  const told = isLost ? '1 event was lost' : 'Nothing was lost';
  t.regex(stdout, new RegExp(`^warn: putlogs: worker: The worker thread ended .*\\. ${told}\\.`, 'm'));
  t.deepEqual(texts(local), ['before', ...(isLost ? [] : ['held']), 'while there is none']);
});

test('flush resolves if the worker ends before it has received everything', async (t) => {
  const local = await startLocal(t);
  const { code, stdout, stderr } = await runFixture(local, 'winston-setups.js', [
    'loses its worker while it flushes',
  ]);
  t.is(code, 0, stderr);
  const { accepted, dropped, delivered } = countsIn(stdout);
  t.is(accepted, 10);
  t.is(dropped.workerEnded + delivered, 10);
});

function countsIn(stdout: string): Counts {
  return JSON.parse(/^counts: (.*)$/m.exec(stdout)?.[1] ?? '');
}

test('the main thread does not load the AWS SDK, except in-process', async (t) => {
  const local = await startLocal(t);
  const loaded = async (worker: string) =>
    (await runFixture(local, 'loaded-modules.js', ['winston', worker])).stdout;
  t.notRegex(await loaded('true'), /@aws-sdk/);
  t.regex(await loaded('false'), /@aws-sdk/);
  t.is(puts(local).filter(({ status }) => status === 200).length, 2);
});

test('CommonJS applications load it with require', async (t) => {
  const local = await startLocal(t);
  const { stdout, stderr } = await runFixture(local, 'required.cjs');
  t.is(stdout, 'function function function', stderr);
  t.deepEqual(
    messages(local)
      .map((text) => JSON.parse(text).message ?? JSON.parse(text).msg)
      .toSorted(),
    ['pino', 'winston'],
  );
});

for (const [what, format, given] of [
  ['a function', (info: object) => info, 'a function'],
  ['a format that was not called', winston.format.json, 'a function'],
  ['text', 'json', 'a string'],
  ['null', null, 'null'],
] as const) {
  test(`a format that is ${what} is a ConfigError that says what to use`, (t) => {
    const options = { logGroupName: '/my/app', format };
    const error = t.throws(() => Reflect.construct(CloudWatchTransport, [options]), { name: 'ConfigError' });
    t.regex(
      error?.message ?? '',
      new RegExp(`  format: expected a format of winston, such as .* module .*; given: ${given}$`),
    );
  });
}
