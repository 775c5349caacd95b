import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { runFixture } from '../../support/child.js';
import { messages, range, startLocal } from '../../support/harness.js';

// One after the other: dozens of processes that start at once would take longer than thread-stream waits.
const WAYS = [
  ['natural end', 0],
  ['process.exit', 0],
  ['process.exit later', 0],
  ['uncaught error', 1],
  ['uncaught error later', 1],
  ['unhandled rejection', 1],
] as const;

const RECORDS = 3000;
const sent = range(RECORDS).map((i) => `record ${i}`);

/** Of the records logged, those that arrived, by their text; each is to arrive once. */
function arrived(texts: readonly string[]): string[] {
  return texts.flatMap((text) => {
    const { msg, message } = JSON.parse(text);
    return (msg ?? message).startsWith('record ') ? [msg ?? message] : [];
  });
}

for (const logger of ['pino', 'pino stream', 'winston', 'winston handleExceptions']) {
  for (const [way, code] of WAYS) {
    test.serial(`${logger}: all arrive before ${way}`, async (t) => {
      const local = await startLocal(t);
      const ended = await runFixture(local, 'app.js', [logger, way, `${RECORDS}`]);
      t.is(ended.code, code, ended.stderr);
      t.deepEqual(arrived(messages(local)).toSorted(), sent.toSorted());
    });
  }
}

for (const logger of ['pino in-process', 'winston in-process']) {
  test.serial(`${logger}: all arrive before natural end`, async (t) => {
    const local = await startLocal(t);
    const ended = await runFixture(local, 'app.js', [logger, 'natural end', `${RECORDS}`]);
    t.is(ended.code, 0, ended.stderr);
    t.deepEqual(arrived(messages(local)).toSorted(), sent.toSorted());
  });
}

const terminate = (child: ChildProcess) => {
  // The first time that it says something: a second signal would end it at once.
  if (!child.killed) child.kill('SIGTERM');
};

for (const logger of ['pino', 'pino stream', 'winston', 'pino in-process', 'winston in-process']) {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test.serial(`${logger}: with closeOnSignals all arrive before ${signal} ends the process`, async (t) => {
      const local = await startLocal(t);
      const ended = await runFixture(local, 'app.js', [logger, 'a signal', `${RECORDS}`], {
        onOutput: (child) => child.killed || child.kill(signal),
      });
      t.is(ended.signal, signal, ended.stderr);
      t.deepEqual(arrived(messages(local)).toSorted(), sent.toSorted());
    });
  }

  test.serial(
    `${logger}: with closeOnSignals a signal that the application handles is left to it`,
    async (t) => {
      const local = await startLocal(t);
      const args = [logger, 'a signal that the application handles', `${RECORDS}`];
      const ended = await runFixture(local, 'app.js', args, { onOutput: terminate });
      t.is(ended.code, 0, ended.stderr);
      t.is(messages(local).length, RECORDS + 1);
    },
  );

  test.serial(
    `${logger}: with closeOnSignals the process ends though the service does not answer`,
    async (t) => {
      const local = await startLocal(t);
      local.fault({ kind: 'hang', operation: '*' });
      const env = { PUTLOGS_CLOSE_TIMEOUT_MS: '500' };
      const ended = await runFixture(local, 'app.js', [logger, 'a signal', '7'], {
        env,
        onOutput: terminate,
      });
      t.is(ended.signal, 'SIGTERM', ended.stderr);
      t.regex(ended.stderr, /7 events were not delivered/);
    },
  );

  test.serial(
    `${logger}: with closeOnSignals and a spool the process ends, and all is in the spool`,
    async (t) => {
      const local = await startLocal(t);
      local.fault({ kind: 'reset', operation: '*' });
      const spool = mkdtempSync(join(tmpdir(), 'putlogs-leaving-'));
      t.teardown(() => rmSync(spool, { recursive: true }));
      const env = { PUTLOGS_CLOSE_TIMEOUT_MS: '200', PUTLOGS_SPOOL_DIRECTORY: spool };
      const ended = await runFixture(local, 'app.js', [logger, 'a signal', '7'], {
        env,
        onOutput: terminate,
      });
      t.is(ended.signal, 'SIGTERM', ended.stderr);
      local.clearFaults();
      await runFixture(local, 'app.js', [logger, 'natural end', '1'], {
        env: { PUTLOGS_SPOOL_DIRECTORY: spool },
      });
      t.is(messages(local).length, 8, ended.stderr);
      t.deepEqual(readdirSync(spool), []);
    },
  );
}

for (const logger of ['pino in-process', 'winston in-process']) {
  test.serial(
    `${logger}: with a spool and the endpoint down the process ends by itself, and all is in the spool`,
    async (t) => {
      const local = await startLocal(t);
      local.fault({ kind: 'reset', operation: '*' });
      const spool = mkdtempSync(join(tmpdir(), 'putlogs-leaving-'));
      t.teardown(() => rmSync(spool, { recursive: true }));
      const env = { PUTLOGS_CLOSE_TIMEOUT_MS: '200', PUTLOGS_SPOOL_DIRECTORY: spool };
      const ended = await runFixture(local, 'app.js', [logger, 'natural end', '7'], { env });
      t.is(ended.code, 0, ended.stderr);
      t.notRegex(ended.stderr, /lost/);
      local.clearFaults();
      await runFixture(local, 'app.js', [logger, 'natural end', '1'], {
        env: { PUTLOGS_SPOOL_DIRECTORY: spool },
      });
      t.is(messages(local).length, 8, ended.stderr);
      t.deepEqual(readdirSync(spool), []);
    },
  );
}

for (const way of ['transport', 'stream']) {
  test.serial(`closeOnSignals keeps a Pino ${way} to which the application has no reference`, async (t) => {
    t.timeout(600_000);
    const local = await startLocal(t);
    const ended = await runFixture(local, 'let-go.js', [way], {
      onOutput: (child) => messages(local).length > 0 && child.kill(),
    });
    t.is(ended.signal, 'SIGTERM', ended.stderr);
  });
}

test.serial('closeOnSignals gets along with signal-exit, which waits for others as well', async (t) => {
  const local = await startLocal(t);
  const ended = await runFixture(local, 'app.js', ['winston', 'a signal beside signal-exit', '7'], {
    onOutput: terminate,
  });
  t.is(ended.signal, 'SIGTERM', ended.stderr);
  t.is(messages(local).length, 7);
});

for (const logger of ['winston', 'pino stream', 'pino in-process', 'winston in-process']) {
  test.serial(`${logger}: a second signal ends the process at once`, async (t) => {
    const local = await startLocal(t);
    local.fault({ kind: 'hang', operation: '*' });
    const signals: NodeJS.Signals[] = ['SIGINT'];
    let outputs = 0;
    const ended = await runFixture(local, 'app.js', [logger, 'a signal', '7'], {
      // What follows closely is the same signal as the first, and a third would end the process while it says what is lost.
      onOutput: (child) => {
        if (outputs % 20 === 0) child.kill(signals.shift() ?? 'SIGTERM');
        outputs += 1;
      },
    });
    t.is(ended.signal, 'SIGTERM');
    t.notRegex(ended.stderr, /closeTimeoutMs/);
    if (logger.includes('in-process'))
      t.regex(ended.stderr, /7 (events were not delivered before the process ended|were lost)/);
  });
}

for (const logger of ['pino in-process', 'winston in-process']) {
  test.serial(`${logger}: what an exit gives no time to deliver is told as that`, async (t) => {
    const ended = await runFixture(await startLocal(t), 'app.js', [logger, 'process.exit', '7']);
    t.regex(
      ended.stderr,
      /^putlogs: not-delivered: 7 (events|records) were not delivered before the process ended/m,
    );
  });
}

test.serial('winston handleExceptions: the uncaught error itself arrives, with its stack', async (t) => {
  const local = await startLocal(t);
  await runFixture(local, 'app.js', ['winston handleExceptions', 'uncaught error', '1']);
  const error = messages(local).find((text) => text.includes('thrown on purpose'));
  t.regex(error ?? '', /app\.ts|app\.js/);
});

for (const logger of ['pino', 'pino stream', 'winston', 'pino in-process', 'winston in-process']) {
  test.serial(
    `${logger}: with the endpoint down the process ends within closeTimeoutMs, and says what is lost`,
    async (t) => {
      const local = await startLocal(t);
      local.fault({ kind: 'reset', operation: '*' });
      const ended = await runFixture(local, 'app.js', [logger, 'natural end', '7'], {
        env: { PUTLOGS_CLOSE_TIMEOUT_MS: '500' },
      });
      t.is(ended.code, 0, ended.stderr);
      t.regex(ended.stderr, /7 events were not delivered/);
    },
  );

  test.serial(`${logger}: an application that logs nothing ends by itself`, async (t) => {
    const local = await startLocal(t);
    const ended = await runFixture(local, 'app.js', [logger, 'natural end', '0']);
    t.is(ended.code, 0, ended.stderr);
    t.deepEqual(local.requests, []);
  });
}

for (const [logger, told] of [
  ['pino', /^putlogs: worker: The worker thread is stuck, and what it held is lost\. .*took too long/m],
  ['winston', /^putlogs: worker: The worker thread ended \(it is stuck\)\. 3000 events were lost\./m],
] as const) {
  test.serial(
    `${logger}: a worker that is stuck does not keep a signal, and what it held is told`,
    async (t) => {
      t.timeout(600_000);
      const local = await startLocal(t);
      const stuck = new URL('../../fixtures/stuck-workers.cjs', import.meta.url).pathname;
      const ended = await runFixture(local, 'app.js', [logger, 'a signal', `${RECORDS}`], {
        env: {
          NODE_OPTIONS: `${process.env.NODE_OPTIONS} --require=${stuck}`,
          PUTLOGS_CLOSE_TIMEOUT_MS: '500',
        },
        onOutput: terminate,
      });
      t.is(ended.signal, 'SIGTERM', ended.stderr);
      t.regex(ended.stderr, told);
    },
  );
}
