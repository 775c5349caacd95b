import type { Report } from '@putlogs/core';
import test from 'ava';
import { fixturePath, runFixture } from '../../support/child.js';
import { messages, startLocal } from '../../support/harness.js';

const IN_PROCESS = ['pino in-process', 'winston in-process'];

const ofJson = (stdout: string): Report[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

for (const logger of [...IN_PROCESS, 'pino', 'pino stream', 'winston']) {
  for (const listener of [
    'does nothing',
    'is asynchronous',
    'throws',
    'logs what it is told',
    'logs later what it is told',
  ]) {
    test.serial(`${logger}: the process ends though a listener to reports ${listener}`, async (t) => {
      const local = await startLocal(t);
      const { code, stderr, stdout } = await runFixture(local, 'reports.js', [
        logger,
        listener,
        'natural end',
      ]);
      t.is(code, 0, stderr);
      t.is(messages(local).filter((text) => text.includes('record ')).length, 7);
      if (!IN_PROCESS.includes(logger)) return;
      const counts = ofJson(stdout).filter(({ kind }) => kind === 'counts');
      const { delivered, pending } = counts.at(-1)?.counts ?? {};
      t.is(delivered, messages(local).length, stdout);
      t.is(pending, 0, stdout);
      // What a listener logs changes the counts, which are reported once more as the process ends.
      t.true(counts.length <= 3, stdout);
    });
  }
}

for (const logger of IN_PROCESS) {
  for (const [way, code] of [
    ['process.exit', 0],
    ['process.exit later', 0],
    ['an uncaught error', 1],
    ['an unhandled rejection', 1],
  ] as const) {
    test.serial(`${logger}: ${way} loses what waits, and says how many`, async (t) => {
      const local = await startLocal(t);
      local.fault({ kind: 'hang', operation: '*' });
      const ended = await runFixture(local, 'reports.js', [logger, 'does nothing', way]);
      t.is(ended.code, code, ended.stderr);
      t.regex(ended.stderr, /^putlogs: (?:not-delivered: 7 events|worker: .* 7 records) .* ?lost\./m);
      // Listeners get it too, before the process ends.
      const [problem] = ofJson(ended.stdout).filter(({ kind }) => kind === 'problem');
      t.is(problem?.counts.accepted, 7, ended.stdout);
      t.is(problem?.counts.pending, 0);
      t.is((problem?.counts.dropped.closed ?? 0) + (problem?.counts.dropped.workerEnded ?? 0), 7);
    });
  }
}

for (const logger of ['pino stream', 'winston']) {
  test.serial(`${logger}: the last counts that a listener gets have what a stuck worker lost`, async (t) => {
    const local = await startLocal(t);
    const ended = await runFixture(local, 'reports.js', [logger, 'does nothing', 'process.exit'], {
      env: {
        NODE_OPTIONS: `${process.env.NODE_OPTIONS} --require=${fixturePath('stuck-workers.cjs')}`,
        PUTLOGS_CLOSE_TIMEOUT_MS: '100',
      },
    });
    t.is(ended.code, 0, ended.stderr);
    const last = ofJson(ended.stdout)
      .filter(({ kind }) => kind === 'counts')
      .at(-1);
    t.is(last?.counts.dropped.workerEnded, 7, ended.stdout);
  });
}
