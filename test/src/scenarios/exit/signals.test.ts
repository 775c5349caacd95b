import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import test, { type ExecutionContext } from 'ava';
import { type Ended, runFixture } from '../../support/child.js';
import { messages, startLocal } from '../../support/harness.js';

const LOGGERS = ['pino', 'pino stream', 'winston', 'pino in-process', 'winston in-process'];

/** They end the process themselves when nobody else listens. */
const WAITING = ['signal-exit 3', 'signal-exit 4', 'signal-exit 3 and 4'];

/** Applications that handle the signal, and then end by themselves. */
const HANDLING = [
  'on',
  'once',
  'a listener that is prepended',
  'a listener that removes itself',
  'once, and signal-exit 3',
  'once, and signal-exit 4',
];

/** How many events stderr says are lost. */
function toldLost({ stderr }: Ended): number {
  const told = stderr.matchAll(
    / (\d+) (?:events? (?:was|were) (?:not delivered|logged after)|records? (?:was|were) lost)/g,
  );
  return [...told].reduce((sum, [, events]) => sum + Number(events), 0);
}

/** The texts that the application logged, and wrote to stdout as well. */
function logged({ stdout }: Ended): string[] {
  return stdout.split('\n').filter((line) => line !== '');
}

function texts(stored: readonly string[]): string[] {
  return stored.map((text) => JSON.parse(text)).map(({ msg, message }) => msg ?? message);
}

/** Each record arrived, or is among those that were told to be lost; with worker threads each arrived. */
function noneIsMissing(t: ExecutionContext, ended: Ended, stored: readonly string[], loggers: string): void {
  const expected = logged(ended).length * loggers.split(',').length;
  t.true(expected > 0);
  const inProcess = loggers.includes('in-process');
  // What is under way at the very end is told, and may arrive all the same.
  const told = inProcess ? toldLost(ended) : 0;
  t.true(stored.length + told >= expected, `${stored.length} + ${told} of ${expected}\n${ended.stderr}`);
  if (!inProcess) t.deepEqual(ended.stderr, '');
  if (!loggers.includes(',')) t.is(new Set(stored).size, stored.length, 'none arrives twice');
}

for (const logger of LOGGERS) {
  for (const [others, order] of [
    ['nobody', 'before'],
    ...WAITING.flatMap((name) => [[name, 'before'] as const, [name, 'after'] as const]),
  ] as const) {
    test.serial(
      `${logger}, beside ${others}, which came ${order}: all arrive, then SIGTERM ends`,
      async (t) => {
        const local = await startLocal(t);
        const ended = await runFixture(local, 'beside.js', [logger, others, order, 'SIGTERM']);
        t.is(ended.signal, 'SIGTERM', ended.stderr);
        noneIsMissing(t, ended, texts(messages(local)), logger);
      },
    );
  }
}

for (const others of HANDLING) {
  for (const order of ['before', 'after']) {
    test.serial(`a signal that the application handles is left to it: ${others}, ${order}`, async (t) => {
      const local = await startLocal(t);
      const ended = await runFixture(local, 'beside.js', ['winston', others, order, 'SIGTERM']);
      t.is(ended.code, 0, ended.stderr);
      t.is(logged(ended).at(-1), 'handled');
      noneIsMissing(t, ended, texts(messages(local)), 'winston');
    });
  }
}

test.serial('who takes a signal over while we deliver is not kept alive by us', async (t) => {
  const ended = await runFixture(await startLocal(t), 'taken-over.js');
  t.is(ended.stdout, 'timers: 0\n', ended.stderr);
});

for (const order of ['before', 'after']) {
  for (const logger of ['pino', 'winston']) {
    test.serial(`${logger}: close-with-grace handles the signal, ${order}, and all arrive`, async (t) => {
      const local = await startLocal(t);
      const ended = await runFixture(local, 'beside.js', [logger, 'close-with-grace', order, 'SIGTERM']);
      t.is(ended.code, 0, ended.stderr);
      t.true(logged(ended).includes('handled'));
      noneIsMissing(t, ended, texts(messages(local)), logger);
    });
  }
  for (const logger of LOGGERS) {
    test.serial(`${logger}: Nest handles the signal, ${order}, sends it again, and all arrive`, async (t) => {
      const local = await startLocal(t);
      const others = 'enableShutdownHooks of Nest';
      const ended = await runFixture(local, 'beside.js', [logger, others, order, 'SIGTERM']);
      t.is(ended.signal, 'SIGTERM', ended.stderr);
      t.true(logged(ended).includes('handled'));
      noneIsMissing(t, ended, texts(messages(local)), logger);
    });
  }
}

for (const loggers of ['pino,winston', 'winston,pino', 'pino,pino', 'winston,winston', LOGGERS.join()]) {
  test.serial(`several loggers (${loggers}): a record is delivered or told to be lost`, async (t) => {
    const local = await startLocal(t);
    const ended = await runFixture(local, 'beside.js', [loggers, 'nobody', 'before', 'SIGTERM']);
    t.is(ended.signal, 'SIGTERM', ended.stderr);
    noneIsMissing(t, ended, texts(messages(local)), loggers);
  });
}

for (const logger of LOGGERS) {
  for (const pair of ['SIGINT,SIGTERM', 'SIGINT,SIGINT,SIGTERM']) {
    test.serial(`${logger}: ${pair} at once are one signal`, async (t) => {
      const local = await startLocal(t);
      const ended = await runFixture(local, 'beside.js', [logger, 'nobody', 'before', pair]);
      t.not(ended.signal, null, ended.stderr);
      t.true(texts(messages(local)).includes('tick 0'), 'the second did not end it at once');
      noneIsMissing(t, ended, texts(messages(local)), logger);
    });
  }
}

test.serial('winston: all that is logged while it closes has one closeTimeoutMs, not one each', async (t) => {
  const local = await startLocal(t);
  local.fault({ kind: 'reset', operation: '*' });
  const ready: number[] = [];
  const args = ['winston', 'nobody', 'before', 'SIGTERM'];
  const ended = await runFixture(local, 'beside.js', args, {
    env: { PUTLOGS_CLOSE_TIMEOUT_MS: '4000', PUTLOGS_REPORT_TO_STDERR: 'false' },
    onOutput: () => ready.push(performance.now()),
  });
  t.is(ended.signal, 'SIGTERM');
  const [first = 0, last = 0] = [ready[0], ready.at(-1)];
  const [closing, standingStill] = [last - first, performance.now() - last];
  t.true(standingStill < closing / 2, `${closing} ms, then ${standingStill} ms without an event loop`);
});

test.serial('winston in-process: what is logged while one answer is slow is delivered', async (t) => {
  const local = await startLocal(t);
  local.fault({ kind: 'slow', operation: '*', delayMs: 2000, times: 1 });
  const args = ['winston in-process', 'nobody', 'before', 'SIGTERM'];
  const ended = await runFixture(local, 'beside.js', args, {
    env: { PUTLOGS_FLUSH_INTERVAL_MS: '3600000' },
  });
  t.is(ended.signal, 'SIGTERM', ended.stderr);
  noneIsMissing(t, ended, texts(messages(local)), 'winston in-process');
  const [all, lost] = [logged(ended).length, toldLost(ended)];
  t.true(lost < all / 4, `${lost} of ${all} are lost`);
});

/** A process that is the first of its PID namespace, as in a container. */
const AS_PID_1 = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'];

/** Not every user may make a PID namespace: the tests are skipped visibly then. */
const pid1Test =
  spawnSync('unshare', [...AS_PID_1.slice(1), 'true']).status === 0 ? test.serial : test.serial.skip;

for (const logger of LOGGERS) {
  for (const others of ['nobody', 'signal-exit 4']) {
    for (const [signal, code] of [
      ['SIGTERM', 143],
      ['SIGINT', 130],
    ] as const) {
      pid1Test(
        `${logger}: as PID 1, beside ${others}, ${signal} ends the process with ${code}`,
        async (t) => {
          const local = await startLocal(t);
          const ended = await runFixture(local, 'beside.js', [logger, others, 'before', signal], {
            starter: AS_PID_1,
          });
          t.is(ended.code, code, ended.stderr);
          noneIsMissing(t, ended, texts(messages(local)), logger);
        },
      );
    }
  }
}
