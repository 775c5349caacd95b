import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import {
  DescriptorWriter,
  Fallback,
  LineOutput,
  RestartingChannel,
  systemClock,
} from '@putlogs/core/internal';
import { type Options, type Report, Reporter, resolveConfig } from '@putlogs/core/main-thread';
import test, { type ExecutionContext } from 'ava';
import { openPipe } from '../../support/fifo.js';
import { collectGarbage } from '../../support/gc.js';
import { messages, optionsFor, puts, startLocal } from '../../support/harness.js';
import { ManualClock, settled } from '../../support/manual-clock.js';
import { moduleFile } from '../../support/module-file.js';
import { preventTermination } from '../../support/prevent-termination.js';
import { until, untilResolved } from '../../support/until.js';

/** Opens a channel, and collects the workers that it starts. */
async function setUp(t: ExecutionContext, options: Options = {}, fallbackTo?: LineOutput) {
  const local = await startLocal(t);
  const clock = new ManualClock();
  const config = resolveConfig({ ...optionsFor(local), flushIntervalMs: 1, ...options });
  const problems: string[] = [];
  const onReport = (report: Report) => report.kind === 'problem' && problems.push(report.message);
  const reporter = new Reporter(onReport, false, clock);
  const fallback = fallbackTo && new Fallback('stdout', reporter, fallbackTo);
  const context = { config, clock, reporter, fallback, report: () => undefined };
  const channel = new RestartingChannel(true, context);
  const workers: Worker[] = [];
  const add = (worker: Worker) => void workers.push(worker);
  process.on('worker', add);
  t.teardown(async () => {
    process.off('worker', add);
    await channel.close();
  });
  return { local, clock, reporter, problems, channel, workers };
}

async function end(worker: Worker | undefined): Promise<void> {
  if (worker === undefined) throw new Error('there is no worker');
  const ended = once(worker, 'exit');
  await worker.terminate();
  await ended;
}

test.serial(
  'a worker that ends is replaced at once, and the next ones after a pause that doubles and does not depend on the time of day',
  async (t) => {
    const { local, clock, channel, workers } = await setUp(t);
    channel.write([Date.now(), 'first']);
    await channel.flush();
    for (const [i, pauseMs] of [0, 1000, 2000].entries()) {
      await end(workers[i]);
      channel.write([Date.now(), `held ${i}`]);
      clock.set(clock.now() - 3_600_000);
      await clock.advance(Math.max(pauseMs - 1, 0));
      t.is(workers.length, i + (pauseMs === 0 ? 2 : 1));
      await clock.advance(1);
      await settled();
      t.is(workers.length, i + 2);
      await channel.flush();
    }
    t.deepEqual(messages(local), ['first', 'held 0', 'held 1', 'held 2']);
  },
);

test.serial('after a worker that lived for a minute the next one starts at once again', async (t) => {
  const { clock, channel, workers } = await setUp(t);
  for (const [i, lifeMs] of [0, 60_000].entries()) {
    channel.write([Date.now(), 'a record']);
    await channel.flush();
    await clock.advance(lifeMs);
    await end(workers[i]);
    channel.write([Date.now(), 'held']);
    await clock.advance(0);
    await settled();
    t.is(workers.length, i + 2);
  }
});

test.serial('without a record no worker starts after the pause', async (t) => {
  const { clock, channel, workers } = await setUp(t);
  channel.write([Date.now(), 'a record']);
  await channel.flush();
  await end(workers[0]);
  await clock.advance(120_000);
  t.is(workers.length, 1);
  t.is(clock.timers, 0);
});

test.serial('no worker starts after one that ends while the channel closes', async (t) => {
  const { local, clock, channel, workers } = await setUp(t);
  local.fault({ kind: 'hang', operation: 'PutLogEvents' });
  channel.write([Date.now(), 'a record']);
  await until('a request', () => puts(local).length > 0);
  const closed = channel.close();
  await end(workers[0]);
  await closed;
  t.is(clock.timers, 0);
});

/** Ends two workers in a row, so that the third one starts after a second only. */
async function endTwo({ clock, channel, workers }: Awaited<ReturnType<typeof setUp>>): Promise<void> {
  for (const i of [0, 1]) {
    channel.write([Date.now(), `to worker ${i}`]);
    await clock.advance(0);
    await channel.flush();
    await end(workers[i]);
  }
}

test.serial('a flush that begins in a pause waits for its end, and keeps the process alive', async (t) => {
  const opened = await setUp(t);
  const { local, clock, channel, workers } = opened;
  await endTwo(opened);
  channel.write([Date.now(), 'held']);
  const flushed = channel.flush();
  await clock.advance(999);
  t.is(workers.length, 2);
  t.is(clock.keepingAlive, 1);
  await clock.advance(1);
  await flushed;
  t.is(workers.length, 3);
  t.is(messages(local).at(-1), 'held');
});

test.serial('a flush in a pause with nothing held returns at once', async (t) => {
  const opened = await setUp(t);
  await endTwo(opened);
  await opened.channel.flush();
  t.is(opened.workers.length, 2);
});

test.serial('close() ends the pause, and delivers what is held', async (t) => {
  const opened = await setUp(t);
  const { local, clock, channel } = opened;
  await endTwo(opened);
  channel.write([Date.now(), 'held']);
  await untilResolved('the close', channel.close());
  t.is(messages(local).at(-1), 'held');
  t.is(clock.timers, 0);
});

test.serial('records beyond maxBufferBytes are dropped and counted while a worker starts', async (t) => {
  const { local, channel, reporter } = await setUp(t);
  const text = 'x'.repeat(1_000_000);
  for (let i = 0; i < 100; i++) channel.write([Date.now(), text]);
  const { dropped } = reporter.counts;
  t.true(dropped.bufferFull > 30 && dropped.bufferFull < 40, `${dropped.bufferFull}`);
  await channel.flush();
  t.is(messages(local).length, 100 - dropped.bufferFull);
});

test.serial('records that a worker which ended had not seen count once against maxBufferBytes', async (t) => {
  const maxBufferBytes = 8 * 1024 * 1024;
  const { local, clock, channel, workers, reporter } = await setUp(t, { maxBufferBytes });
  const text = 'x'.repeat(70_000); // so long that it is posted at once
  channel.write([Date.now(), 'a record']);
  await channel.flush();
  workers[0]?.prependListener('exit', () => channel.write([Date.now(), text]));
  await end(workers[0]);
  await settled();
  const room = Math.ceil(maxBufferBytes / (text.length + 200)) - 1;
  for (let i = 0; i < room; i++) channel.write([Date.now(), text]);
  t.is(reporter.counts.dropped.bufferFull, 0);
  channel.write([Date.now(), text]);
  t.is(reporter.counts.dropped.bufferFull, 1);
  await clock.advance(1000);
  await channel.flush();
  t.is(messages(local).length, 1 + 1 + room);
});

test.serial(
  'records that waited for a worker count once against maxBufferBytes when it has them',
  async (t) => {
    const { channel, reporter } = await setUp(t, { maxBufferBytes: 8 * 1024 * 1024 });
    for (const _ of ['until it starts', 'then']) {
      for (let i = 0; i < 7; i++) channel.write([Date.now(), 'x'.repeat(1_000_000)]);
      await channel.flush();
    }
    t.is(reporter.counts.dropped.bufferFull, 0);
  },
);

test.serial('a flush does not shorten the pause of workers that end again and again', async (t) => {
  const { local, clock, channel, workers } = await setUp(t);
  channel.write([Date.now(), 'first']);
  await channel.flush();
  const endNext = async (i: number) => {
    await until('a worker', () => workers.length > i);
    workers[i]?.prependListener('exit', () => channel.write([Date.now(), `unseen ${i}`]));
    workers[i]?.once('message', () => void workers[i]?.terminate());
    await once(workers[i] ?? t.fail(), 'exit');
    await settled();
  };
  await end(workers[0]);
  channel.write([Date.now(), 'held']);
  const flushed = channel.flush();
  await clock.advance(0);
  await endNext(1);
  await clock.advance(999);
  t.is(workers.length, 2);
  await clock.advance(1);
  await untilResolved('the flush', flushed, () => clock.advance(25));
  t.is(workers.length, 3);
  t.true(messages(local).includes('unseen 1'));
});

test.serial('close() ends ten seconds after it began even if the worker cannot be terminated', async (t) => {
  const { local, clock, channel, workers, reporter } = await setUp(t, { closeTimeoutMs: 8000 });
  local.fault({ kind: 'hang', operation: 'PutLogEvents' });
  channel.write([Date.now(), 'a record']);
  await until('the request', () => puts(local).length === 1);
  const [worker] = workers;
  if (worker === undefined) throw new Error('there is no worker');
  // As long as a thread is in a system call, this does not resolve.
  const terminate = worker.terminate.bind(worker);
  worker.terminate = () => new Promise(() => undefined);
  t.teardown(terminate);
  let isClosed = false;
  void channel.close().then(() => {
    isClosed = true;
  });
  await clock.advance(9999);
  t.false(isClosed);
  await clock.advance(1);
  t.true(isClosed);
  t.is(reporter.counts.dropped.workerEnded, 1);
});

test.serial(
  'records for a worker that has not started when the close ends are counted as lost',
  async (t) => {
    const { clock, channel, workers, reporter, problems } = await setUp(t, { closeTimeoutMs: 1000 });
    channel.write([Date.now(), 'one']);
    channel.write([Date.now(), 'two']);
    await settled();
    const [worker] = workers;
    if (worker === undefined) throw new Error('there is no worker');
    // It never says that it has started.
    worker.removeAllListeners('message');
    const ended = once(worker, 'exit');
    let isClosed = false;
    const closed = channel.close().then(() => {
      isClosed = true;
    });
    await clock.advance(5999);
    t.false(isClosed);
    await clock.advance(1);
    await closed;
    await ended;
    await settled();
    t.is(reporter.counts.accepted, 2);
    t.is(reporter.counts.dropped.workerEnded, 2);
    t.deepEqual(problems, ['The worker thread ended (it is stuck). 2 events were lost.']);
    t.is(clock.timers, 0, 'no other worker starts');
  },
);

test.serial(
  'records beyond maxBufferBytes are dropped and counted while a worker does not keep up',
  async (t) => {
    const { local, channel, workers, reporter } = await setUp(t, { maxBufferBytes: 8 * 1024 * 1024 });
    channel.write([Date.now(), 'first']);
    await channel.flush();
    const [worker] = workers;
    if (worker === undefined) throw new Error('there is no worker');
    const post = worker.postMessage.bind(worker);
    const held: unknown[] = [];
    worker.postMessage = (message) => held.push(message);
    for (let i = 0; i < 100; i++) channel.write([Date.now(), 'x'.repeat(1_000_000)]);
    t.is(reporter.counts.dropped.bufferFull, 91);
    worker.postMessage = post;
    for (const message of held) post(message);
    await channel.flush();
    t.is(messages(local).length, 1 + 9);
  },
);

test.serial(
  'with a fallback, records beyond maxBufferBytes are written there, and counted apart',
  async (t) => {
    const pipe = openPipe(t);
    const output = new LineOutput(new DescriptorWriter(pipe.writer, systemClock));
    const { local, channel, reporter } = await setUp(t, { maxBufferBytes: 8 * 1024 * 1024 }, output);
    const text = 'x'.repeat(1_000_000);
    for (let i = 0; i < 20; i++) channel.write([Date.now(), text]);
    t.is(reporter.counts.dropped.bufferFull, 0);
    let written = '';
    await until(
      'the lines',
      () => output.waitingBytes === 0,
      () => {
        written += pipe.read();
      },
    );
    const { fallback } = reporter.counts;
    await channel.flush();
    t.is(written + pipe.read(), `${text}\n`.repeat(fallback));
    t.true(fallback >= 11);
    t.is(messages(local).length + fallback, 20);
  },
);

test.serial('a flush under way ends with the worker', async (t) => {
  const { local, clock, channel, workers, reporter } = await setUp(t);
  local.fault({ kind: 'hang', operation: 'PutLogEvents' });
  channel.write([Date.now(), 'a record']);
  await until('a request', () => puts(local).length > 0);
  const flushed = channel.flush();
  await end(workers[0]);
  await untilResolved('the flush', flushed, () => clock.advance(1));
  t.is(reporter.counts.dropped.workerEnded, 1);
});

/** What a module may do when it is loaded, once it has written the file that `LOADING` names. */
const LOADING = (file: string, then: string) =>
  `require('node:fs').writeFileSync(${JSON.stringify(file)}, ''); ${then}`;

for (const [what, then, reason] of [
  ['ends its thread', 'process.exit(3);', 'exit code 3'],
  ['does not return', 'for (;;);', 'it has not started in 10 seconds'],
] as const) {
  test.serial(
    `a module that ${what} when it is loaded is not loaded in this thread: records wait for another worker`,
    async (t) => {
      const module = moduleFile(t, '', 'logging.cjs');
      const loading = `${module}.loading`;
      writeFileSync(module, LOADING(loading, then));
      const { local, clock, channel, workers, problems, reporter } = await setUp(t, { module });
      const started = once(process, 'worker');
      channel.write([Date.now(), 'held']);
      const [worker] = await started;
      const ended = once(worker, 'exit');
      await until('the module', () => existsSync(loading));
      if (what === 'does not return') await clock.advance(10_000);
      await ended;
      await settled();
      t.is(problems.length, 1);
      t.true(problems[0]?.startsWith('The worker thread did not start: it was loading the module'));
      t.true(problems[0]?.includes(`${module} (${reason}). Records wait for another worker.`), problems[0]);
      writeFileSync(module, "exports.format = ({ message }) => 'formatted ' + message;");
      await clock.advance(999);
      t.is(workers.length, 1);
      await clock.advance(1);
      await channel.flush();
      t.is(workers.length, 2);
      t.deepEqual(messages(local), ['formatted held']);
      t.is(reporter.counts.dropped.workerEnded, 0);
    },
  );
}

test.serial(
  'a module that ends its thread while the channel closes is not loaded in this thread: what was held is lost',
  async (t) => {
    const module = moduleFile(t, 'process.exit(3);', 'logging.cjs');
    const { channel, workers, problems, reporter } = await setUp(t, { module });
    channel.write([Date.now(), 'held']);
    await channel.close();
    t.is(workers.length, 1);
    t.deepEqual(problems, ['The worker thread ended (exit code 3). 1 event was lost.']);
    t.is(reporter.counts.dropped.workerEnded, 1);
  },
);

for (const useWorker of [false, true]) {
  const where = useWorker ? 'and no worker can start' : 'and there is no worker';
  test.serial(
    `if the pipeline cannot be loaded in this thread, ${where}, the report says that`,
    async (t) => {
      const problems: string[] = [];
      const onReport = (report: Report) => report.kind === 'problem' && problems.push(report.message);
      const clock = new ManualClock();
      const reporter = new Reporter(onReport, false, clock);
      const config = { ...resolveConfig({ logGroupName: '/test/app', region: 'eu-west-1' }) };
      // A worker cannot get it, and a pipeline cannot be made of it.
      Object.defineProperty(config, 'module', {
        enumerable: true,
        get: () => {
          throw new Error('not loaded, on purpose');
        },
      });
      const context = { config, clock, reporter, fallback: undefined, report: () => undefined };
      const channel = new RestartingChannel(useWorker, context);
      channel.write([Date.now(), 'one']);
      channel.write([Date.now(), 'two']); // waits for another try
      await channel.close();
      const cannot = 'The pipeline cannot be loaded in this thread (not loaded, on purpose)';
      t.is(problems[0], `${cannot}. 1 event was lost.`);
      t.is(
        problems.some((problem) => problem.includes('The worker thread ended')),
        false,
      );
      t.is(
        problems.some((problem) => problem.startsWith('No worker thread can be started')),
        useWorker,
      );
      reporter.reportWithheld();
      t.is(problems.at(-1), `${cannot}. 1 event was lost.`);
      t.like(reporter.counts, { accepted: 2, pending: 0 });
      t.is(reporter.counts.dropped.workerEnded, 2);
    },
  );
}

for (const useWorker of [true, false]) {
  const where = useWorker ? 'in a worker' : 'in-process';
  test.serial(`${where}: a channel that has closed is not kept in memory`, async (t) => {
    const local = await startLocal(t);
    const config = resolveConfig(optionsFor(local));
    const reporter = new Reporter(() => undefined, false, systemClock);
    const openAndClose = async () => {
      const context = { config, clock: systemClock, reporter, fallback: undefined, report: () => undefined };
      const channel = new RestartingChannel(useWorker, context);
      channel.write([Date.now(), 'hello']);
      await channel.close();
      return new WeakRef(channel);
    };
    // The AWS SDK keeps an error of the first use in this process, with all that was on its stack.
    await openAndClose();
    const closed = await openAndClose();
    await until('the garbage collection', () => closed.deref() === undefined, turnAndCollect);
    t.is(messages(local).length, 2);
  });
}

/** What was dereferenced is kept until the event loop has turned. */
async function turnAndCollect(): Promise<void> {
  await settled();
  collectGarbage();
}

test.serial('a channel that is opened twice, or after a record, starts one worker', async (t) => {
  const { local, channel, workers } = await setUp(t);
  channel.open();
  channel.write([Date.now(), 'a record']);
  channel.open();
  await channel.flush();
  channel.open();
  await channel.flush();
  t.is(workers.length, 1);
  t.deepEqual(messages(local), ['a record']);
});

test.serial('a worker that starts while the process stands still for ten seconds is kept', async (t) => {
  const { local, clock, channel, workers, problems } = await setUp(t);
  channel.write([Date.now(), 'held']);
  clock.jump(20_000);
  await clock.advance(0);
  await channel.flush();
  t.is(workers.length, 1);
  t.deepEqual(problems, []);
  t.deepEqual(messages(local), ['held']);
});

test.serial('a flush does not wait for a worker that was given up before it started', async (t) => {
  const module = moduleFile(t, '', 'logging.cjs');
  const loading = `${module}.loading`;
  writeFileSync(module, LOADING(loading, 'for (;;);'));
  const { local, clock, channel } = await setUp(t, { module });
  const started = once(process, 'worker');
  channel.write([Date.now(), 'held']);
  const [worker] = await started;
  preventTermination(t, worker);
  await until('the module', () => existsSync(loading));
  const flushed = channel.flush();
  writeFileSync(module, '');
  await clock.advance(10_000);
  await untilResolved('the flush', flushed, () => clock.advance(1000));
  t.deepEqual(messages(local), ['held']);
});
