import diagnosticsChannel from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import type { Report } from '@putlogs/core';
import type { Local } from '@putlogs/local';
import { ConfigError, createStream, type PublishedReport, type StreamOptions } from '@putlogs/pino';
import test, { type ExecutionContext } from 'ava';
import pino from 'pino';
import { runFixture } from '../support/child.js';
import { messages, optionsFor, puts, range, startLocal } from '../support/harness.js';
import { watchPosts } from '../support/posts.js';
import { leaveFolder, segmentText, spoolFolder } from '../support/spool-folder.js';
import { until } from '../support/until.js';

const require = createRequire(import.meta.url);

const WAYS = [
  ['in a worker', true],
  ['in-process', false],
] as const;

/** Opens a stream, and collects its reports. */
async function setUp(t: ExecutionContext, options: StreamOptions = {}) {
  const local = await startLocal(t);
  const stream = createStream({ ...optionsFor(local), ...options });
  stream.on('error', (error) => t.fail(String(error)));
  const reports: Report[] = [];
  stream.on('report', (report: Report) => reports.push(report));
  t.teardown(async () => {
    local.clearFaults();
    await stream.close();
  });
  return { local, stream, reports, texts: () => messages(local).map(msgOf) };
}

/** @returns the text itself if it is not JSON */
function msgOf(text: string): string {
  return text.startsWith('{') ? JSON.parse(text).msg : text;
}

/** Collects the workers that are started. */
function watchWorkers(t: ExecutionContext): Worker[] {
  const workers: Worker[] = [];
  const add = (worker: Worker) => void workers.push(worker);
  process.on('worker', add);
  t.teardown(() => process.off('worker', add));
  return workers;
}

for (const [where, worker] of WAYS) {
  test.serial(
    `${where}: flush resolves when the records before it have arrived and are reported`,
    async (t) => {
      const { local, stream, reports } = await setUp(t, { worker, flushIntervalMs: 3_600_000 });
      const log = pino(stream);
      for (const i of range(100)) log.info({ i });
      await stream.flush();
      t.deepEqual(
        messages(local).map((text) => JSON.parse(text).i),
        range(100),
      );
      t.is(stream.counts.delivered, 100);
      t.is(reports.at(-1)?.counts.delivered, 100);
    },
  );

  test.serial(`${where}: logger.flush calls back when the records before it have arrived`, async (t) => {
    const { stream, texts } = await setUp(t, { worker, flushIntervalMs: 3_600_000 });
    const log = pino(stream);
    log.info('hello');
    log.child({ module: 'checkout' }).info('from a child');
    await new Promise<void>((resolve) => log.flush(() => resolve()));
    t.deepEqual(texts(), ['hello', 'from a child']);
  });

  test.serial(`${where}: works in pino.multistream, with a level of its own`, async (t) => {
    const { stream, texts } = await setUp(t, { worker });
    const others: string[] = [];
    const other = { write: (line: string) => void others.push(JSON.parse(line).msg) };
    const log = pino({}, pino.multistream([{ stream, level: 'warn' }, { stream: other }]));
    log.info('info');
    log.warn('warn');
    await stream.flush();
    t.deepEqual(texts(), ['warn']);
    t.deepEqual(others, ['info', 'warn']);
  });

  test.serial(`${where}: an event has the time that the record has, whatever writes it`, async (t) => {
    const { local, stream } = await setUp(t, { worker });
    const time = Date.now() - 60_000;
    const iso = new Date(time).toISOString();
    for (const timestamp of [
      () => `,"time":${time}`,
      () => `,"time":"${iso}"`,
      () => `,"ts":"${iso}"`,
      () => `,"seconds":${time / 1000}`,
    ])
      pino({ timestamp }, stream).info('hello');
    pino({ timestamp: false }, stream).info({ time }, 'hello');
    stream.write(`{"level":30,"time":${time}}\n{"level":30,"time":${time}}\n`);
    stream.write(`{"level":30,"time":${time}}\n`);
    await stream.flush();
    t.deepEqual(
      local.events('/test/app').map(({ timestamp }) => timestamp),
      range(8).map(() => time),
    );
  });

  test.serial(`${where}: without a time in the record, the event has that of the log call`, async (t) => {
    const { local, stream } = await setUp(t, { worker });
    const before = Date.now();
    const anHourAgo = before - 3_600_000;
    pino({ timestamp: () => `,"time":${anHourAgo}` }, stream).info('an hour ago');
    stream.write('plain text\n');
    pino({ timestamp: false }, stream).info('hello');
    const after = Date.now();
    await stream.flush();
    // By time: an hour ago may have been another UTC day, which has a batch of its own.
    const times = local
      .events('/test/app')
      .map(({ timestamp }) => timestamp)
      .sort((a, b) => a - b);
    t.is(times.length, 3);
    t.true(
      times.slice(1).every((time) => time >= before && time <= after),
      times.join(),
    );
  });

  test.serial(`${where}: lines arrive as text, as text in another encoding, and as bytes`, async (t) => {
    const { local, stream } = await setUp(t, { worker });
    const long = '🙃'.repeat(100_000);
    stream.write('a€\nb');
    stream.write('b\n');
    stream.write('b');
    stream.write(Buffer.from('c🙃').toString('hex'), 'hex');
    stream.write(Buffer.from('d🙃').subarray(0, 3));
    stream.write(Buffer.from('d🙃').subarray(3));
    stream.write(`\n${long}\n`, 'utf-8');
    stream.write('e\r\n');
    stream.end('the last');
    await once(stream, 'close');
    t.deepEqual(messages(local), ['a€', 'bb', 'bc🙃d🙃', long, 'e', 'the last']);
  });

  test.serial(
    `${where}: a long line that arrives in chunks has one time, and its end is the stream's`,
    async (t) => {
      const { local, stream } = await setUp(t, { worker });
      const time = Date.now() - 60_000;
      const head = `{"level":30,"time":${time},"msg":"`;
      stream.write(head);
      for (const _ of range(50)) stream.write('x'.repeat(100_000));
      stream.end();
      await once(stream, 'close');
      const parts = local.events('/test/app');
      t.is(parts.length, 5);
      t.true(parts.every(({ timestamp }) => timestamp === time));
      t.is(messages(local).join('').length, head.length + 5_000_000);
    },
  );

  test.serial(`${where}: a long line goes as a whole to the log stream that its fields name`, async (t) => {
    const { local, stream } = await setUp(t, { worker, logStreamName: '{record.tenant}' });
    pino(stream).info({ text: 'x'.repeat(2_000_000), tenant: 'acme' }, 'hello');
    await stream.flush();
    t.is(local.events('/test/app', 'acme').length, 2);
  });

  test.serial(
    `${where}: records that are logged while the stream closes, and afterwards, arrive`,
    async (t) => {
      const { stream, texts } = await setUp(t, { worker });
      const log = pino(stream);
      log.info('before');
      const closed = once(stream, 'close');
      stream.end();
      log.info('while it closes');
      await closed;
      // Each came through a worker of its own, in either order.
      t.deepEqual(texts().toSorted(), ['before', 'while it closes']);
      log.info('after');
      await new Promise<void>((resolve) => stream.write('{"msg":"one"}\n{"msg":"two"}\n', () => resolve()));
      await new Promise<void>((resolve) =>
        stream.write(Buffer.from('three, without an end'), 'utf8', () => resolve()),
      );
      await stream.flush();
      t.deepEqual(
        texts().toSorted(),
        ['before', 'while it closes', 'after', 'one', 'two', 'three, without an end'].toSorted(),
      );
    },
  );

  test.serial(`${where}: a stream that is destroyed delivers first, and emits the error`, async (t) => {
    const local = await startLocal(t);
    const stream = createStream({ ...optionsFor(local), worker });
    stream.write('{"level":30,"msg":"before"}\n');
    const error = await new Promise((resolve) =>
      stream.once('error', resolve).destroy(new Error('on purpose')),
    );
    t.is(String(error), 'Error: on purpose');
    t.is(messages(local).length, 1);
  });

  test.serial(
    `${where}: an application that goes on logging does not keep the stream from closing`,
    async (t) => {
      const { local, stream } = await setUp(t, { worker });
      const log = pino(stream);
      let logged = 0;
      let goesOn = true;
      const tick = () => {
        log.info('tick');
        logged++;
        if (goesOn) setImmediate(tick);
      };
      tick();
      stream.end();
      await once(stream, 'close');
      goesOn = false;
      await new Promise(setImmediate); // for the last tick
      await stream.flush();
      t.is(messages(local).length, logged);
      t.is(stream.counts.delivered, logged);
    },
  );

  test.serial(`${where}: records beyond maxBufferBytes are dropped, counted and reported`, async (t) => {
    const { local, stream, reports } = await setUp(t, { worker, maxBufferBytes: 8 * 1024 * 1024 });
    for (const _ of range(200)) stream.write(`${'x'.repeat(100_000)}\n`);
    await stream.flush();
    const { accepted, delivered, dropped, pending } = stream.counts;
    t.true(dropped.bufferFull > 60, `${dropped.bufferFull}`);
    t.is(delivered + dropped.bufferFull + pending, accepted);
    // In-process there is a notice of the gap among them.
    t.is(messages(local).filter((text) => text.startsWith('x')).length + dropped.bufferFull, 200);
    t.true(reports.some((report) => report.kind === 'problem' && report.code === 'buffer-full'));
  });

  test.serial(`${where}: a close reports the losses that were withheld until then`, async (t) => {
    const { stream, reports } = await setUp(t, { worker, maxBufferBytes: 8 * 1024 * 1024 });
    for (const _ of range(200)) stream.write(`${'x'.repeat(100_000)}\n`);
    await stream.close();
    const problems = reports.flatMap((report) => (report.kind === 'problem' ? [report.message] : []));
    const told = problems.flatMap(
      (text) => / (\d+) (?:record|event)s? (?:was|were) dropped/.exec(text)?.[1] ?? [],
    );
    t.is(
      told.reduce((sum, events) => sum + Number(events), 0),
      stream.counts.dropped.bufferFull,
      problems.join('\n'),
    );
  });

  test.serial(`${where}: events in the spool are delivered without a record`, async (t) => {
    const spoolDirectory = spoolFolder(t);
    leaveFolder(spoolDirectory, [segmentText(['left by another process'])]);
    const { local } = await setUp(t, { worker, spoolDirectory });
    await until('the event', () => messages(local, '/old').length === 1);
    t.deepEqual(messages(local, '/old'), ['left by another process']);
  });

  for (const version of ['pino-7', 'pino-8', 'pino-9']) {
    test.serial(
      `${where}: works with ${version} ${require(`${version}/package.json`).version}`,
      async (t) => {
        const { stream, texts } = await setUp(t, { worker });
        const log: pino.Logger = require(version)(stream);
        for (const i of range(100)) log.info(`record ${i}`);
        await stream.flush();
        t.deepEqual(
          texts(),
          range(100).map((i) => `record ${i}`),
        );
      },
    );
  }
}

test.serial('when its worker ends, another one goes on, and the losses are counted exactly', async (t) => {
  const workers = watchWorkers(t);
  const { local, stream, reports, texts } = await setUp(t, { flushIntervalMs: 1, maxInFlight: 1 });
  const log = pino(stream);
  log.info('delivered');
  await stream.flush();
  local.fault({ kind: 'hang', operation: 'PutLogEvents' });
  const requests = puts(local).length;
  for (const i of range(10)) log.info(`lost ${i}`);
  await until('a request', () => puts(local).length > requests);
  await Promise.all([once(workers[0] ?? stream, 'exit'), workers[0]?.terminate()]);
  local.clearFaults();
  log.info('held for the next worker');
  await stream.flush();
  t.is(workers.length, 2);
  t.deepEqual(texts(), ['delivered', 'held for the next worker']);
  const { accepted, delivered, dropped, pending } = stream.counts;
  t.deepEqual([accepted, delivered, dropped.workerEnded, pending], [12, 2, 10, 0]);
  const problem = reports.find((report) => report.kind === 'problem' && report.code === 'worker');
  t.regex(
    problem?.kind === 'problem' ? problem.message : '',
    /^The worker thread ended \(exit code 1\)\. 10 events were lost\./,
  );
});

test.serial('an error does not wait for later records on its way to the worker', async (t) => {
  const posts = watchPosts(t);
  const { stream } = await setUp(t);
  const log = pino(stream);
  log.info('first');
  await stream.flush();
  log.info('another');
  await until('the record', () => /"msg":"another"/.test(String(posts.at(-1))));
  log.error('boom');
  // Timers fire in the order in which they are due, so that a busy machine does not matter: 5 ms for a record that is urgent,
  // 25 for others.
  await sleep(15);
  t.regex(String(posts.at(-1)), /"msg":"boom"/);
});

test.serial('the main thread loads neither the AWS SDK nor the pipeline', async (t) => {
  const local = await startLocal(t);
  const [main = []] = await filesByThread(t, local);
  t.is(messages(local).length, 1);
  t.true(
    main.some((file) =>
      /\/core\/(?:dist\/chunk-application|build\/channel\/restarting-channel)\.js$/.test(file),
    ),
  );
  t.deepEqual(
    main.filter((file) =>
      /@aws-sdk|\/core\/dist\/chunk-worker|\/core\/build\/(?:pipeline|cloudwatch|spool)\//.test(file),
    ),
    [],
  );
});

test.serial(
  'with credentials in the environment, the worker loads no other source of credentials',
  async (t) => {
    const local = await startLocal(t);
    const [, worker = []] = await filesByThread(t, local);
    t.is(messages(local).length, 1);
    const providers = worker.flatMap(
      (file) => /\/(credential-provider-[a-z-]+|nested-clients)\//.exec(file)?.[1] ?? [],
    );
    t.deepEqual(providers.toSorted(), ['credential-provider-env', 'credential-provider-node']);
  },
);

/** The files that an application with `createStream` loads, for each of its threads. */
async function filesByThread(t: ExecutionContext, local: Local): Promise<string[][]> {
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-coverage-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  await runFixture(local, 'loaded-modules.js', ['pino', 'true'], { env: { NODE_V8_COVERAGE: folder } });
  const files: string[][] = [];
  for (const name of readdirSync(folder)) {
    const thread = Number(/-(\d+)\.json$/.exec(name)?.[1]);
    const coverage: { result: { url: string }[] } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    files[thread] = coverage.result.map(({ url }) => url);
  }
  return files;
}

test.serial("a record of the application's is not kept in memory", async (t) => {
  const { stream } = await setUp(t);
  pino(stream).info({ secret: 1 }, 'hello');
  for (const name of ['lastObj', 'lastMsg', 'lastLogger']) t.is(Reflect.get(stream, name), undefined);
});

test.serial("in-process: what is logged at 'beforeExit' and after it arrives", async (t) => {
  const local = await startLocal(t);
  const { code, stderr } = await runFixture(local, 'pino-setups.js', ['logs before exit']);
  t.is(code, 0, stderr);
  t.deepEqual(
    messages(local).map((text) => JSON.parse(text).msg),
    ['hello', 'bye', 'bye again'],
  );
});

test.serial(
  "in a worker: what is logged at 'beforeExit' arrives, and is no reason to emit it again",
  async (t) => {
    const local = await startLocal(t);
    const { code, stderr } = await runFixture(local, 'pino-setups.js', ['logs before each exit']);
    t.is(code, 0, stderr);
    t.deepEqual(
      messages(local).map((text) => JSON.parse(text).msg),
      ['hello', 'bye'],
    );
  },
);

test.serial(
  'a subscriber that logs when the worker ends starts no worker besides the next one',
  async (t) => {
    const workers = watchWorkers(t);
    const { stream, texts } = await setUp(t);
    const log = pino(stream);
    const onReport = (message: unknown) => {
      const { report } = message as PublishedReport; // see publishReport
      if (report.kind === 'problem' && report.code === 'worker') log.warn('about it');
    };
    diagnosticsChannel.subscribe('putlogs:report', onReport);
    t.teardown(() => diagnosticsChannel.unsubscribe('putlogs:report', onReport));
    log.info('before');
    await stream.flush();
    await Promise.all([once(workers[0] ?? stream, 'exit'), workers[0]?.terminate()]);
    log.info('after');
    await until('the records', async () => {
      await stream.flush();
      return texts().length === 3;
    });
    t.deepEqual(texts(), ['before', 'about it', 'after']);
    t.is(workers.length, 2);
  },
);

test.serial('in-process: no subscriber is called before createStream has returned', async (t) => {
  const local = await startLocal(t);
  // Reported as soon as the pipeline opens.
  process.env.PUTLOGS_ELSEWHERE = 'unknown';
  t.teardown(() => delete process.env.PUTLOGS_ELSEWHERE);
  let hasReturned = false;
  const calls: boolean[] = [];
  const onReport = () => void calls.push(hasReturned);
  diagnosticsChannel.subscribe('putlogs:report', onReport);
  t.teardown(() => diagnosticsChannel.unsubscribe('putlogs:report', onReport));
  const stream = createStream({ ...optionsFor(local), worker: false });
  hasReturned = true;
  t.teardown(() => stream.close());
  await until('the report', () => calls.length > 0);
  t.deepEqual(new Set(calls), new Set([true]));
});

test('misuse throws one ConfigError that names everything', (t) => {
  const options = { worker: 'yes', logGroup: '/my/app' };
  const error = t.throws(() => createStream(options as never), { instanceOf: ConfigError });
  t.regex(error?.message ?? '', /worker: expected true or false; given: 'yes'/);
  t.regex(error?.message ?? '', /logGroup: .*did you mean logGroupName/);
  t.throws(() => createStream('/my/app' as never), { instanceOf: ConfigError });
});
