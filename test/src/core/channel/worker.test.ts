import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Local } from '@putlogs/local';
import test from 'ava';
import { fixturePath, runFixture } from '../../support/child.js';
import { messages, startLocal } from '../../support/harness.js';
import { moduleFile } from '../../support/module-file.js';

const texts = (local: Local) =>
  messages(local)
    .map((text) => JSON.parse(text))
    .map(({ message, msg }) => message ?? msg);
const preloading = (name: string, more = '') => ({
  NODE_OPTIONS: `${process.env.NODE_OPTIONS} --require=${fixturePath(name)} ${more}`,
});

/** What keeps workers from starting, as a module that is preloaded does it, and what the report says. */
const FAILURES = [
  ['a preloaded module throws', 'broken-workers.cjs', '', /on purpose/],
  ["the worker's file is missing", 'missing-workers.cjs', '', /Cannot find module/],
  ['it is out of memory', 'greedy-workers.cjs', '--max-old-space-size=64', /memory/],
] as const;

for (const [what, preloaded, more, reason] of FAILURES) {
  for (const [logger, fixture, setup] of [
    ['pino', 'pino-setups.js', 'logs to a stream, and ends'],
    ['winston', 'winston-workers.js', 'logs, and ends'],
    ['winston', 'winston-workers.js', 'logs, and closes at once'],
  ] as const) {
    test.serial(
      `${logger} ${setup}: if no worker can start because ${what}, the main thread delivers, and a report says what to do`,
      async (t) => {
        const local = await startLocal(t);
        const env = { ...preloading(preloaded, more), GREEDY_AT: 'start' };
        const { code, stderr } = await runFixture(local, fixture, [setup], { env });
        t.is(code, 0, stderr);
        t.deepEqual(texts(local), ['hello'], stderr);
        t.regex(stderr, /^putlogs: worker: No worker thread can be started.*serverExternalPackages/m);
        t.regex(stderr, reason);
      },
    );
  }
}

test.serial(
  'a worker that does not start in ten seconds is abandoned, and this thread does the work',
  async (t) => {
    const local = await startLocal(t);
    const env = preloading('stuck-workers.cjs');
    const { code, stdout, stderr } = await runFixture(local, 'stuck-at-start.js', [], { env });
    t.is(code, 0, stderr);
    t.is(stdout, 'delivered');
    t.deepEqual(messages(local), ['held']);
    t.regex(stderr, /^putlogs: worker: No worker thread can be started.*it has not started in 10 seconds/m);
  },
);

test.serial('a worker that runs out of memory does not end the application', async (t) => {
  const local = await startLocal(t);
  const env = preloading('greedy-workers.cjs', '--max-old-space-size=64');
  const args = ['goes on when its worker is out of memory'];
  const { code, stdout, stderr } = await runFixture(local, 'winston-workers.js', args, {
    env: { ...env, PUTLOGS_FLUSH_INTERVAL_MS: '3600000' },
  });
  t.is(code, 0, stderr);
  t.is(stdout, 'goes on');
  t.regex(stderr, /^putlogs: worker: The worker thread ended \(.*memory.*\)\. 1 event was lost\./m);
});

test.serial('a worker starts where generating code from strings is not allowed', async (t) => {
  const local = await startLocal(t);
  const { code, stderr } = await runFixture(local, 'winston-workers.js', ['logs, and ends'], {
    nodeArguments: ['--disallow-code-generation-from-strings'],
  });
  t.is(code, 0, stderr);
  t.is(stderr, '');
  t.deepEqual(texts(local), ['hello']);
});

for (const option of ['--require', '--import']) {
  test.serial(
    `a logger in a module that ${option} preloads starts no worker in its own worker, and its record there counts as lost`,
    async (t) => {
      const local = await startLocal(t);
      const NODE_OPTIONS = `${process.env.NODE_OPTIONS} ${option}=${fixturePath('preloaded-logger.js')}`;
      const { code, stdout, stderr } = await runFixture(local, 'nothing.js', [], { env: { NODE_OPTIONS } });
      t.is(code, 0, stderr);
      t.is(stdout, 'a worker, of the main thread\nin a worker 1 of 1 lost\n', stderr);
      t.deepEqual(texts(local), ['preloaded']);
    },
  );
}

test.serial('credentials that are set after the worker has started are found', async (t) => {
  const local = await startLocal(t);
  const { code, stdout, stderr } = await runFixture(local, 'winston-workers.js', [
    'gets its credentials late',
  ]);
  t.is(code, 0, stderr);
  t.regex(stdout, /putlogs: denied/);
  t.deepEqual(texts(local), ['hello']);
});

test.serial("what a listener of 'exit' logs is delivered, even if it runs after ours", async (t) => {
  const local = await startLocal(t);
  const { code, stderr } = await runFixture(local, 'winston-workers.js', ['logs in a listener of exit']);
  t.is(code, 0, stderr);
  t.deepEqual(texts(local), ['before', 'exit 0', 'and more'], stderr);
});

test.serial("a first record that a listener of 'exit' logs is delivered", async (t) => {
  const local = await startLocal(t);
  const args = ['logs for the first time in a listener of exit'];
  const { code, stderr } = await runFixture(local, 'winston-workers.js', args);
  t.is(code, 0, stderr);
  t.deepEqual(texts(local), ['first'], stderr);
});

test.serial("in-process: what a listener of 'exit' logs after ours is lost, and reported", async (t) => {
  const local = await startLocal(t);
  const args = ['logs in a listener of exit', 'in-process'];
  const { code, stdout, stderr } = await runFixture(local, 'winston-workers.js', args);
  t.is(code, 0, stderr);
  t.deepEqual(texts(local), ['before']);
  t.like(JSON.parse(stdout), { accepted: 3, delivered: 1, dropped: { closed: 2 } });
  t.regex(stderr, /^putlogs: logged-after-close: 1 record was logged as the process exited/m);
  t.regex(stderr, /^putlogs: logged-after-close: 2 records were logged as the process exited/m);
});

for (const [setup, before] of [
  ['logs for the first time in a listener of exit', []],
  ['logs in a listener of exit after a close', ['before']],
] as const) {
  test.serial(`in-process: the record of an application that ${setup} is lost, and reported`, async (t) => {
    const local = await startLocal(t);
    const { code, stdout, stderr } = await runFixture(local, 'winston-workers.js', [setup, 'in-process']);
    t.is(code, 0, stderr);
    t.deepEqual(texts(local), [...before]);
    t.like(JSON.parse(stdout), { accepted: before.length + 1, pending: 0, dropped: { closed: 1 } });
    t.regex(stderr, /^putlogs: logged-after-close: 1 record was logged as the process exited/m);
  });
}

test.serial('records that are logged while the process exits do not prolong the exit', async (t) => {
  const local = await startLocal(t);
  local.fault({ kind: 'hang', operation: '*' });
  const args = ['logs in a listener of exit while the service does not answer'];
  const { code, stdout, stderr } = await runFixture(local, 'winston-workers.js', args, {
    env: { PUTLOGS_CLOSE_TIMEOUT_MS: '2000' },
  });
  t.is(code, 0, stderr);
  t.true(Number(stdout) < 1000, `${stdout} ms for what came late`);
  // This side reports all losses so far; each pipeline reports only its own.
  const told = stderr.matchAll(/^putlogs: ([\w-]+): .*?\b(\d+) (?:events?|records?) (?:was|were)/gm);
  const lost = new Map<string | undefined, number>();
  for (const [, kind, count] of told) {
    lost.set(kind, Number(count) + (kind === 'not-delivered' ? (lost.get(kind) ?? 0) : 0));
  }
  t.is(
    [...lost.values()].reduce((sum, count) => sum + count, 0),
    6,
    stderr,
  );
});

test.serial(
  'a process that exits waits no longer than closeTimeoutMs for a worker that cannot start',
  async (t) => {
    const local = await startLocal(t);
    const env = { ...preloading('broken-workers.cjs'), PUTLOGS_CLOSE_TIMEOUT_MS: '1' };
    const { code, stdout, stderr } = await runFixture(
      local,
      'winston-workers.js',
      ['logs, and exits at once'],
      {
        env,
      },
    );
    t.is(code, 0, stderr);
    t.regex(stderr, /^putlogs: .*\b1 event was /m);
    t.true(Number(stdout) < 9000, `${stdout} ms`);
  },
);

test.serial('all that is logged right before the exit is delivered, however much it is', async (t) => {
  const local = await startLocal(t);
  const args = ['logs 10 MB, and exits at once'];
  const { code, stderr } = await runFixture(local, 'winston-workers.js', args);
  t.is(code, 0, stderr);
  t.is(texts(local).length, 100);
  t.is(stderr, '');
});

test.serial('what is logged while there is no worker, right before the exit, is delivered', async (t) => {
  const local = await startLocal(t);
  const args = ['logs while it has no worker, and exits at once'];
  const { code, stderr } = await runFixture(local, 'winston-workers.js', args);
  t.is(code, 0, stderr);
  t.deepEqual(texts(local), ['before', 'between'], stderr);
});

test.serial(
  'the time that a worker takes to start does not count against its delivery at the exit',
  async (t) => {
    const local = await startLocal(t);
    const env = { ...preloading('slow-workers.cjs'), SLOW_MS: '2200', PUTLOGS_CLOSE_TIMEOUT_MS: '2000' };
    const args = ['logs, and exits at once'];
    const { code, stderr } = await runFixture(local, 'winston-workers.js', args, { env });
    t.is(code, 0, stderr);
    t.deepEqual(texts(local), ['hello'], stderr);
  },
);

for (const [what, does, told] of [
  ['ends the worker', 'process.exit(3)', /\(exit code 3\)\. 1 event was lost\.$/m],
  ['does not return', '{ for (;;); }', /\(it took too long\)\. 1 event was lost\.$/m],
] as const) {
  test.serial(`a function of a module that ${what} does not keep the process from exiting`, async (t) => {
    const local = await startLocal(t);
    const env = {
      ...preloading('old-process.cjs'),
      PUTLOGS_MODULE: moduleFile(t, `export const filter = () => ${does};`),
      PUTLOGS_CLOSE_TIMEOUT_MS: what === 'ends the worker' ? '8000' : '1',
    };
    const args = ['logs, and exits at once'];
    const { code, stdout, stderr } = await runFixture(local, 'winston-workers.js', args, { env });
    t.is(code, 0, stderr);
    t.true(Number(stdout) < 8000, `${stdout} ms`);
    t.regex(stderr, told);
  });
}

test.serial('what a module may keep back is not written to the fallback when no worker starts', async (t) => {
  const local = await startLocal(t);
  const env = {
    ...preloading('broken-workers.cjs'),
    PUTLOGS_CLOSE_TIMEOUT_MS: '1',
    PUTLOGS_FALLBACK: 'stdout',
    PUTLOGS_MODULE: moduleFile(t, 'export const filter = () => false;'),
  };
  const args = ['logs, and exits at once'];
  const { code, stdout, stderr } = await runFixture(local, 'winston-workers.js', args, { env });
  t.is(code, 0, stderr);
  t.regex(stdout, /^[\d.]+$/);
  t.regex(stderr, /\. 1 event was lost\.$/m);
});

for (const workerData of ['text', null, { 'putlogs.other': 1 }]) {
  test.serial(
    `a logger works in a worker thread of the application that was given ${JSON.stringify(workerData)}`,
    async (t) => {
      const local = await startLocal(t);
      const worker = new Worker(fixturePath('app.js'), {
        argv: ['winston', 'natural end', '1'],
        env: { ...process.env, ...local.env, PUTLOGS_LOG_GROUP_NAME: '/test/app' },
        workerData,
      });
      t.deepEqual(await once(worker, 'exit'), [0]);
      t.deepEqual(texts(local), ['record 0']);
    },
  );
}
