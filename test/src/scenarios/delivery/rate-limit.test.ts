import { once } from 'node:events';
import type { Options, Report } from '@putlogs/core';
import type { Local } from '@putlogs/local';
import { createStream } from '@putlogs/pino';
import { CloudWatchTransport } from '@putlogs/winston';
import test, { type ExecutionContext } from 'ava';
import pino from 'pino';
import winston from 'winston';
import { messages, optionsFor, range, startLocal } from '../../support/harness.js';
import { ManualClock } from '../../support/manual-clock.js';
import { openPipeline } from '../../support/pipeline.js';
import { closeInTime } from '../../support/spool-folder.js';
import { untilResolved } from '../../support/until.js';

const RATE = 2000;
const BURST = 10 * RATE;

async function setUp(t: ExecutionContext, options: Options = {}) {
  const clock = new ManualClock();
  const now = () => clock.now();
  const local = await startLocal(t, { now, signingClock: now });
  // The clock may run faster than the machine.
  const common = { maxBytesPerSecond: RATE, requestTimeoutMs: 300_000 };
  const pipeline = openPipeline(local, { ...common, ...options }, { clock });
  /** Logs a record that is billed as 100 bytes. */
  const log = (level: number, i: number) =>
    pipeline.accept(clock.now(), `${`{"level":${level},"i":${i},"text":"`.padEnd(72, 'x')}"}`);
  return {
    clock,
    local,
    pipeline,
    log,
    /** Time passes only as fast as the service allows. */
    flush: () => untilResolved('the flush', pipeline.flush(), () => clock.advance(1)),
  };
}

const recordsOf = (local: Local) => messages(local).filter((text) => !text.includes('putlogs: '));
const noticesOf = (local: Local) => messages(local).filter((text) => text.includes('putlogs: '));

test.serial(
  'what is beyond maxBytesPerSecond is dropped, counted and reported, and the log stream says so',
  async (t) => {
    const { clock, local, pipeline, log, flush } = await setUp(t);
    for (const i of range(300)) log(50, i);
    await flush();
    t.is(recordsOf(local).length, BURST / 100);
    const { accepted, delivered, dropped, pending } = pipeline.counts();
    t.is(dropped.rateLimited, 100);
    t.is(delivered + dropped.rateLimited + pending, accepted);
    await closeInTime(pipeline, clock);
    const [notice = '', ...more] = noticesOf(local);
    t.deepEqual(more, []);
    t.like(JSON.parse(notice), { level: 'warn', missingEvents: 100 });
    t.regex(
      notice,
      /100 events are missing here, from .* to .*: more was logged than maxBytesPerSecond allows\./,
    );
    t.deepEqual([...new Set(pipeline.problems())], ['rate-limited']);
    const told = pipeline.reports.filter((report) => report.kind === 'problem').at(-1);
    t.regex(
      told?.kind === 'problem' ? told.message : '',
      /^More than maxBytesPerSecond \(2000\) was logged: 99 events were dropped, of lower levels first\./,
    );
  },
);

test.serial('bytes are counted as they are billed: in UTF-8, and 26 for each event', async (t) => {
  const { clock, pipeline } = await setUp(t);
  pipeline.accept(clock.now(), 'é'.repeat((BURST - 26) / 2), undefined, undefined, 50);
  pipeline.accept(clock.now(), 'x', undefined, undefined, 50);
  await closeInTime(pipeline, clock);
  t.is(pipeline.counts().delivered, 2, 'one of them the notice');
  t.is(pipeline.counts().dropped.rateLimited, 1);
});

test.serial('in a storm of lower levels errors arrive, and everything again when it is over', async (t) => {
  const { clock, local, log, flush } = await setUp(t);
  for (const second of range(20)) {
    for (const i of range(100)) log(20, 1000 * second + i);
    for (const i of range(50)) log(30, 1000 * second + 200 + i);
    log(50, 1000 * second + 999);
    // The clock goes on only when nothing is in flight.
    await flush();
    await clock.advance(1000);
  }
  const levels = (level: number) =>
    recordsOf(local).filter((text) => text.startsWith(`{"level":${level},`)).length;
  await flush();
  t.is(levels(50), 20);
  const allowed = (BURST + (clock.monotonic() / 1000) * RATE) / 100;
  const others = levels(20) + levels(30);
  t.true(others <= allowed - 20, `${others} of ${allowed}`);
  t.true(others > 0.6 * allowed, `the rate is used: ${others} of ${allowed}`);
  await clock.advance(10_000);
  const before = levels(20);
  for (const i of range(50)) log(20, i);
  await flush();
  t.is(levels(20), before + 50);
});

test.serial('a notice comes at most once a minute, and at the end', async (t) => {
  const { clock, local, pipeline, log, flush } = await setUp(t);
  for (const _ of range(150)) {
    for (const i of range(50)) log(50, i);
    await flush();
    await clock.advance(1000);
  }
  await flush();
  const minutes = clock.monotonic() / 60_000;
  const notices = noticesOf(local).length;
  t.true(notices >= 3 && notices <= minutes + 1, `${notices} in ${minutes} minutes`);
  const dropped = () => pipeline.counts().dropped.rateLimited;
  const missing = () =>
    noticesOf(local).reduce((sum, text) => sum + (JSON.parse(text).missingEvents as number), 0);
  await closeInTime(pipeline, clock);
  t.is(missing(), dropped());
});

test.serial('each log stream has its own notices', async (t) => {
  const { clock, local, pipeline } = await setUp(t, { logStreamName: '{record.tenant}' });
  for (const i of range(300))
    pipeline.accept(clock.now(), JSON.stringify({ level: 50, tenant: `t${i % 2}`, text: 'x'.repeat(80) }));
  await closeInTime(pipeline, clock);
  for (const stream of ['t0', 't1'])
    t.is(
      local.events('/test/app', stream).filter(({ message }) => message.includes('missing here')).length,
      1,
    );
});

test.serial('with a fallback, what is over the rate is not written there', async (t) => {
  const { clock, pipeline, log } = await setUp(t, { fallback: 'stderr' });
  for (const i of range(300)) log(50, i);
  await closeInTime(pipeline, clock);
  t.is(pipeline.counts().fallback, 0);
  t.is(pipeline.counts().dropped.rateLimited, 100);
});

/** The levels of the records that arrived, of a burst of which the lower ones do not fit. */
async function levelsAfter(
  local: Local,
  log: (level: 'debug' | 'error', text: string) => void,
  end: () => Promise<unknown>,
): Promise<string[]> {
  for (const _ of range(30)) log('debug', 'x'.repeat(1000));
  for (const _ of range(5)) log('error', 'x'.repeat(1000));
  await end();
  return recordsOf(local).map((text) => /debug|error/.exec(text)?.[0] ?? text);
}

for (const worker of [true, false]) {
  const where = worker ? 'in a worker' : 'in-process';

  test.serial(
    `createStream ${where}: the level is known where the line begins with something else`,
    async (t) => {
      const local = await startLocal(t);
      const stream = createStream({ ...optionsFor(local), worker, maxBytesPerSecond: RATE });
      const formatters = { level: (label: string) => ({ severity: label }) };
      const log = pino({ formatters, level: 'debug' }, stream);
      const levels = await levelsAfter(
        local,
        (level, text) => log[level](text),
        () => stream.close(),
      );
      t.is(levels.filter((level) => level === 'error').length, 5);
      t.true(levels.length < 15, 'debug takes half of the burst');
      t.is(stream.counts.dropped.rateLimited, 35 - levels.length);
    },
  );

  test.serial(`Winston ${where}: its levels count`, async (t) => {
    const local = await startLocal(t);
    const transport = new CloudWatchTransport({ ...optionsFor(local), worker, maxBytesPerSecond: RATE });
    const format = winston.format.printf(({ level, message }) => `${message} ${level}`);
    const log = winston.createLogger({ level: 'debug', format, transports: [transport] });
    const levels = await levelsAfter(
      local,
      (level, text) => log.log(level, text),
      async () => {
        log.end();
        await once(log, 'finish');
      },
    );
    t.is(levels.filter((level) => level === 'error').length, 5);
    t.true(levels.length < 15);
    t.is(transport.counts.dropped.rateLimited, 35 - levels.length);
  });
}

test.serial('pino.transport(): the level at the front of a line counts', async (t) => {
  const local = await startLocal(t);
  const options = { ...optionsFor(local), maxBytesPerSecond: RATE, levelLabels: true };
  const transport = pino.transport({ target: '@putlogs/pino', options });
  const reports: Report[] = [];
  transport.on('report', (report: Report) => reports.push(report));
  const log = pino({ level: 'debug' }, transport);
  const levels = await levelsAfter(
    local,
    (level, text) => log[level](text),
    () => new Promise((resolve) => log.flush(resolve)),
  );
  t.is(levels.filter((level) => level === 'error').length, 5);
  t.true(levels.length < 15);
  t.true((reports.at(-1)?.counts.dropped.rateLimited ?? 0) > 20);
});

test.serial('a level of the application is known where its name replaces it', async (t) => {
  const local = await startLocal(t);
  const stream = createStream({ ...optionsFor(local), maxBytesPerSecond: 1024, levelLabels: true });
  const lines = (level: number) =>
    range(95).map((i) => `{"level":${level},"i":${i},"text":"`.padEnd(72, 'x').concat('"}\n'));
  const logger = pino({ customLevels: { critical: 55 } }, stream);
  logger.info('first');
  // Not as Pino writes: whole lines as text.
  for (const line of [...lines(30), ...lines(55)]) stream.write(Buffer.from(line));
  await stream.close();
  // Info leaves a quarter of the bucket to higher levels, which is about 25 of these.
  t.true(messages(local).filter((text) => text.includes('"level":"critical"')).length >= 20);
});
