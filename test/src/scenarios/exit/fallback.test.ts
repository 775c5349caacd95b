import { type ChildProcess, spawn } from 'node:child_process';
import { once as event } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { Local } from '@putlogs/local';
import test from 'ava';
import { fixturePath, runFixture } from '../../support/child.js';
import { messages, range, startLocal } from '../../support/harness.js';

const RECORDS = 3000;
const LOGGERS = ['pino', 'pino stream', 'winston', 'winston in-process'] as const;
const WAYS = [
  ['natural end', 'natural end'],
  ['process.exit()', 'process.exit later'],
  ['uncaught error', 'uncaught error later'],
  ['SIGTERM, closeOnSignals', 'a signal', 'SIGTERM'],
] as const;

/** The numbers of the records in lines of JSON. The application itself writes `ready` and dots. */
function recordsIn(text: string): number[] {
  return Array.from(text.matchAll(/^(?:ready)?\.*\{.*"record (\d+)".*\}$/gm), ([, number]) => Number(number));
}

/** A second signal would end the process at once. */
function once(call: (child: ChildProcess) => void): (child: ChildProcess) => void {
  let called = false;
  return (child) => {
    if (!called) call(child);
    called = true;
  };
}

for (const [name, way, signal] of WAYS) {
  for (const logger of LOGGERS) {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (stream === 'stderr' && way !== 'natural end') continue;
      test.serial(
        `${logger}, ${name}: what a service that is down does not take is written to ${stream}`,
        async (t) => {
          const local = await startLocal(t);
          local.fault({ kind: 'reset', operation: '*' });
          const ended = await runFixture(local, 'app.js', [logger, way, `${RECORDS}`], {
            env: { PUTLOGS_FALLBACK: stream, PUTLOGS_CLOSE_TIMEOUT_MS: '500' },
            onOutput: once((child) => void (signal !== undefined && child.kill(signal))),
          });
          const written = recordsIn(ended[stream]);
          t.deepEqual(
            [...new Set(written)].toSorted((a, b) => a - b),
            range(RECORDS),
            ended.stderr.slice(0, 2000),
          );
          // What is being written when the process ends may be written twice. In these cases nothing is.
          t.is(written.length, RECORDS);
          t.deepEqual(messages(local), []);
          t.regex(
            ended.stderr,
            new RegExp(`fallback: .*events could not be delivered and went to ${stream} instead`),
          );
          t.notRegex(ended.stderr, /not-delivered|fallback-failed/);
        },
      );
    }
  }
}

for (const [logger, way] of [
  ['pino stream', 'process.exit'],
  ['winston', 'a signal'],
] as const) {
  test.serial(`${logger}, ${way}: records that a stuck worker never took are written`, async (t) => {
    t.timeout(600_000);
    const local = await startLocal(t);
    const stuck = new URL('../../fixtures/stuck-workers.cjs', import.meta.url).pathname;
    const ended = await runFixture(local, 'app.js', [logger, way, `${RECORDS}`], {
      env: {
        NODE_OPTIONS: `${process.env.NODE_OPTIONS} --require=${stuck}`,
        PUTLOGS_FALLBACK: 'stdout',
        PUTLOGS_CLOSE_TIMEOUT_MS: '500',
      },
      onOutput: once((child) => void (way === 'a signal' && child.kill('SIGTERM'))),
    });
    t.deepEqual(recordsIn(ended.stdout), range(RECORDS), ended.stderr);
    t.regex(ended.stderr, /fallback: 3000 events could not be delivered and went to stdout instead/);
    t.notRegex(ended.stderr, /events were lost/);
  });
}

test.serial(
  'a stdout that nobody reads for a while does not block the application, even in-process',
  async (t) => {
    const local = await startLocal(t);
    local.fault({ kind: 'throttle' });
    const child = startUnread(local, 'unread-fallback.js', { PUTLOGS_CLOSE_TIMEOUT_MS: '100' });
    const [said] = await event(child.stderr, 'data');
    t.is(String(said), 'alive');
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    await event(child, 'close');
    t.deepEqual(numbersIn(stdout.split('\n')), range(20));
  },
);

test.serial(
  'a flush waits for the records that went to a stdout that nobody reads for a while',
  async (t) => {
    const local = await startLocal(t);
    const child = startUnread(local, 'flushed-fallback.js');
    const told = createInterface(child.stderr)[Symbol.asyncIterator]();
    t.is((await told.next()).value, 'the worker is done');
    const written = text(child.stdout);
    const { delivered, fallback, pending } = JSON.parse((await told.next()).value);
    t.is(pending, 0, 'all is written');
    t.is(delivered, messages(local).length);
    t.is(delivered + fallback, 20);
    t.deepEqual(numbersIn([...(await written).split('\n'), ...messages(local)]), range(20));
  },
);

/** Starts a fixture whose output is read when the test asks for it. */
function startUnread(local: Local, fixture: string, env: Record<string, string> = {}) {
  const { PATH, NODE_OPTIONS } = process.env;
  return spawn(process.execPath, ['--no-warnings', fixturePath(fixture)], {
    env: { PATH, NODE_OPTIONS, ...local.env, PUTLOGS_LOG_GROUP_NAME: '/test/app', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The numbers at the beginning of the lines, in order. */
function numbersIn(lines: readonly string[]): number[] {
  return lines
    .filter((line) => line !== '')
    .map((line) => Number.parseInt(line, 10))
    .toSorted((a, b) => a - b);
}
