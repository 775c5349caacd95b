/** Programs that start an application again and again, and how they end it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import type { Local } from '@putlogs/local';
import test, { type ExecutionContext } from 'ava';
import { runFixture } from '../../support/child.js';
import { messages, startLocal } from '../../support/harness.js';
import { linesIn } from '../../support/spool-folder.js';
import { until } from '../../support/until.js';

const LOGGERS = ['pino', 'winston'];

/** Other processes need the machine meanwhile. */
const pause = () => later(20);
const require = createRequire(import.meta.url);

/** An application of one file in a folder of its own, which a manager watches. */
function writeApp(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'putlogs-watched-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'app.mjs');
  const fixture = new URL('../../fixtures/app.js', import.meta.url).href;
  writeFileSync(file, `await import(${JSON.stringify(fixture)});\n`);
  return file;
}

interface Watching {
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the first process may be ended. */
  readonly isTime?: () => boolean;
}

/** Starts the manager, changes the file when the application is up, and waits for what the first process had logged. */
async function restartOnChange(
  t: ExecutionContext,
  local: Local,
  file: string,
  command: readonly string[],
  { env, isTime = () => true }: Watching = {},
): Promise<void> {
  t.timeout(90_000, 'the records do not arrive');
  const { PATH, NODE_OPTIONS } = process.env;
  const manager: ChildProcess = spawn(process.execPath, command, {
    env: {
      PATH,
      NODE_OPTIONS,
      ...local.env,
      PUTLOGS_LOG_GROUP_NAME: '/test/app',
      PUTLOGS_FLUSH_INTERVAL_MS: '3600000',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  t.teardown(() => manager.kill('SIGKILL'));
  let starts = 0;
  manager.stdout?.setEncoding('utf8').on('data', async (text: string) => {
    if (!text.includes('ready')) return;
    starts++;
    if (starts > 1) return;
    await until('the time to restart', isTime, pause);
    appendFileSync(file, '\n');
  });
  await until('the next process, and all records', () => starts >= 2 && messages(local).length >= 100, pause);
  const ended = new Promise((resolve) => manager.once('close', resolve));
  manager.kill('SIGTERM');
  await ended;
  t.true(messages(local).length >= 100);
}

for (const logger of LOGGERS) {
  // It sends SIGTERM, and starts the next process when the last one has ended.
  test.serial(`${logger}: \`node --watch\` starts the application again, and all arrive`, async (t) => {
    const local = await startLocal(t);
    const file = writeApp(t);
    const app = ['--watch', '--no-warnings', file, logger, 'a signal', '100'];
    await restartOnChange(t, local, file, app);
  });

  // By itself it sends SIGUSR2, which nobody handles. It sends each signal twice, the second time by a shell, and on a busy
  // machine that comes too late to be the same: what is left then is in the spool, which docs/shutdown.md asks for.
  test.serial(
    `${logger}: nodemon with \`--signal SIGTERM\` and a spool starts the application again, and all arrive`,
    async (t) => {
      const local = await startLocal(t);
      const file = writeApp(t);
      const spool = mkdtempSync(join(tmpdir(), 'putlogs-nodemon-'));
      t.teardown(() => rmSync(spool, { recursive: true }));
      const nodemon = require.resolve('nodemon/bin/nodemon.js');
      const command = [
        nodemon,
        '--quiet',
        '--no-stdin',
        '--signal',
        'SIGTERM',
        '--watch',
        file,
        file,
        logger,
      ];
      await restartOnChange(t, local, file, [...command, 'a signal', '100'], {
        env: { PUTLOGS_SPOOL_DIRECTORY: spool },
        isTime: () => linesIn(spool) > 100,
      });
    },
  );

  // PM2 sends SIGINT to the process, and SIGKILL when it has not ended within `kill_timeout`, which is 1.6 s. It does no
  // more than that, so it is not installed for this test. The service hangs, so that no time would be enough.
  test.serial(
    `${logger}: PM2 kills an application that still closes, and with a spool the next one sends all`,
    async (t) => {
      const local = await startLocal(t);
      local.fault({ kind: 'hang', operation: '*' });
      const spool = mkdtempSync(join(tmpdir(), 'putlogs-pm2-'));
      t.teardown(() => rmSync(spool, { recursive: true }));
      const env = { PUTLOGS_SPOOL_DIRECTORY: spool };
      const ended = await runFixture(local, 'app.js', [logger, 'a signal', '100'], {
        env,
        onOutput: (child) => {
          if (!child.killed) void stopAsPm2(child, () => linesIn(spool) > 100);
        },
      });
      t.is(ended.signal, 'SIGKILL', ended.stderr);
      local.clearFaults();
      await runFixture(local, 'app.js', [logger, 'natural end', '1'], { env });
      t.is(messages(local).length, 101);
    },
  );
}

/** @param isTime instead of 1.6 s, which a busy machine may take to get anything to the disk */
async function stopAsPm2(child: ChildProcess, isTime: () => boolean): Promise<void> {
  child.kill('SIGINT');
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  try {
    await until('the time to kill', () => isTime() || hasEnded(), pause);
  } finally {
    child.kill('SIGKILL');
  }
}
