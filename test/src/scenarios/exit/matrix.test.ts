import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Fault, Local } from '@putlogs/local';
import test from 'ava';
import { type Ended, runFixture } from '../../support/child.js';
import { messages, startLocal } from '../../support/harness.js';
import { linesIn } from '../../support/spool-folder.js';
import { until } from '../../support/until.js';

const RECORDS = 3000;
const LOGGERS = ['pino', 'pino stream', 'winston'] as const;

/** How an application ends: what it does itself, or the signal that it is sent. */
const WAYS: readonly (readonly [name: string, way: string, signal?: NodeJS.Signals])[] = [
  ['natural end', 'natural end'],
  ['`process.exit()`', 'process.exit'],
  ['uncaught error', 'uncaught error'],
  ['unhandled rejection', 'unhandled rejection'],
  ['SIGTERM, `closeOnSignals`', 'a signal', 'SIGTERM'],
  ['SIGINT, `closeOnSignals`', 'a signal', 'SIGINT'],
  ['abort, as when out of memory', 'a signal that nobody handles', 'SIGABRT'],
  ['SIGKILL', 'a signal that nobody handles', 'SIGKILL'],
];

const SERVICES: Readonly<Record<string, Fault | undefined>> = {
  healthy: undefined,
  'throttled 50 %': { kind: 'throttle', share: 0.5 },
  down: { kind: 'reset', operation: '*' },
};

interface Application {
  readonly logger: string;
  readonly local: Local;
}

/** What became of the records of one application. */
type Ending = 'all arrive' | 'all arrive after a restart' | 'lost, and reported' | 'lost';

const endings = new Map<string, Ending>();

for (const [name, way, signal] of WAYS) {
  for (const [service, fault] of Object.entries(SERVICES)) {
    for (const spool of [false, true]) {
      const cell = `${name}, ${service}, ${spool ? 'with' : 'without'} a spool`;
      test.serial(`${cell}: the same for all loggers`, async (t) => {
        const folder = mkdtempSync(join(tmpdir(), 'putlogs-matrix-'));
        t.teardown(() => rmSync(folder, { recursive: true }));
        const env = {
          PUTLOGS_CLOSE_TIMEOUT_MS: service === 'down' ? '500' : '8000',
          // Nothing is sent before the end.
          PUTLOGS_FLUSH_INTERVAL_MS: '3600000',
          ...(spool && { PUTLOGS_SPOOL_DIRECTORY: folder }),
        };
        const applications = await Promise.all(
          LOGGERS.map(async (logger) => {
            const local = await startLocal(t, { random: alternately() });
            if (fault !== undefined) local.fault(fault);
            const ended = await runFixture(local, 'app.js', [logger, way, `${RECORDS}`], {
              env: { ...env, PUTLOGS_LOG_GROUP_NAME: logGroupOf(logger) },
              onOutput: once((child) => void end(child, signal, spool ? folder : undefined)),
            });
            return { logger, local, ended, before: arrived(local, logger).length };
          }),
        );
        if (spool) await restart(applications[endings.size % applications.length], folder);
        for (const { logger, ended, before } of applications) {
          const after = applications.flatMap(({ local }) => arrived(local, logger));
          t.is(new Set(after).size, after.length, `${logger}: none arrives twice`);
          t.true([0, RECORDS].includes(after.length), `${logger}: ${after.length} arrived`);
          const ending = endingOf(before, after.length, ended);
          t.is(ending, endings.get(cell) ?? ending, logger);
          endings.set(cell, ending);
          if (spool) t.true(ending.startsWith('all arrive'), `${logger}: ${ended.stderr}`);
        }
        t.deepEqual(readdirSync(folder), []);
      });
    }
  }
}

test.serial('docs/shutdown.md has this table', (t) => {
  const rows = WAYS.map(([name]) => {
    const cells = Object.keys(SERVICES).flatMap((service) =>
      ['without', 'with'].map((spool) => endings.get(`${name}, ${service}, ${spool} a spool`)),
    );
    return `| ${name} | ${cells.join(' | ')} |`;
  });
  const head = Object.keys(SERVICES).flatMap((service) => [service, `${service}, spool`]);
  const table = [`| | ${head.join(' | ')} |`, `|---|${head.map(() => '---|').join('')}`, ...rows].join('\n');
  const page = readFileSync(fileURLToPath(new URL('../../../../docs/shutdown.md', import.meta.url)), 'utf8');
  t.true(page.includes(table), `docs/shutdown.md should have\n${table}`);
});

/** Lets every other request be met by a fault of half of the requests. */
function alternately(): () => number {
  let turn = 0;
  return () => (turn++ % 2 === 0 ? 0 : 0.9);
}

/** A second signal would end the process at once. */
function once(call: (child: ChildProcess) => void): (child: ChildProcess) => void {
  let called = false;
  return (child) => {
    if (!called) call(child);
    called = true;
  };
}

async function end(
  child: ChildProcess,
  signal: NodeJS.Signals | undefined,
  spool: string | undefined,
): Promise<void> {
  // What has reached the workers is on disk soon; what has not is nobody's promise.
  const all = LOGGERS.length * RECORDS;
  await until('the records on disk', () => spool === undefined || linesIn(spool) > all);
  if (signal !== undefined) child.kill(signal);
}

/** The next process, which finds that those before are dead. */
async function restart(application: Application | undefined, folder: string): Promise<void> {
  if (application === undefined) throw new Error('no application');
  const { local, logger } = application;
  local.clearFaults();
  await runFixture(local, 'app.js', [logger, 'natural end', '1'], {
    env: { PUTLOGS_SPOOL_DIRECTORY: folder, PUTLOGS_LOG_GROUP_NAME: '/test/restart' },
  });
}

function logGroupOf(logger: string): string {
  return `/test/${logger.replace(' ', '-')}`;
}

function arrived(local: Local, logger: string): string[] {
  return messages(local, logGroupOf(logger)).filter((message) => message.includes('"record '));
}

function endingOf(before: number, after: number, { stderr }: Ended): Ending {
  if (before === RECORDS) return 'all arrive';
  if (after === RECORDS) return 'all arrive after a restart';
  return stderr.includes(`${RECORDS} events were not delivered`) ? 'lost, and reported' : 'lost';
}
