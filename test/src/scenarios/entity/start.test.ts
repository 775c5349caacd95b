import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Put } from '@putlogs/local';
import { type Metadata, type MetadataMode, startInstanceMetadata } from '@putlogs/local/metadata';
import test, { type ExecutionContext } from 'ava';
import { runFixture, runProgram } from '../../support/child.js';
import { messages, startLocal } from '../../support/harness.js';

// Longer than even a slow machine needs: a process that takes longer waited for something.
const PROMPTLY_MS = 10_000;
const WAIT_MS = 1000;

/** What an application must detect. */
type Found = 'EC2' | 'host';

const MODES: readonly (readonly [MetadataMode | 'no service', Found])[] = [
  [{ kind: 'answers' }, 'EC2'],
  [{ kind: 'refuses', status: 401 }, 'host'],
  [{ kind: 'drips', delayMs: 3_600_000 }, 'host'],
  [{ kind: 'hangs' }, 'host'],
  ['no service', 'host'],
];

async function open(t: ExecutionContext, mode: MetadataMode | 'no service') {
  const metadata = await startInstanceMetadata(mode === 'no service' ? {} : { mode });
  t.teardown(() => metadata.close());
  if (mode === 'no service') await metadata.close();
  return { metadata, env: envOf(metadata) };
}

function envOf(metadata: Metadata) {
  return { ...metadata.env, AWS_EC2_METADATA_DISABLED: '' };
}

const ENTITIES = {
  // The application is part of this package.
  EC2: { Type: 'Service', Name: '@putlogs/test', Environment: 'ec2:default' },
  host: { Type: 'Service', Name: '@putlogs/test', Environment: 'generic:default' },
};

for (const [mode, found] of MODES) {
  const what = mode === 'no service' ? 'does not exist' : Object.values(mode).join(' ');
  for (const logger of ['pino', 'winston', 'pino in-process', 'winston in-process']) {
    test.serial(
      `${logger}: a metadata service that ${what}: all events are delivered, and the process ends promptly`,
      async (t) => {
        const local = await startLocal(t);
        const { env } = await open(t, mode);
        const begun = performance.now();
        const { code, stderr } = await runFixture(local, 'app.js', [logger, 'natural end', '3'], { env });
        t.true(performance.now() - begun < PROMPTLY_MS);
        t.is(code, 0, stderr);
        t.is(messages(local).length, 3, stderr);
      },
    );
  }

  // For a worker thread this is the same as a service that hangs, and each test takes seconds.
  if (mode !== 'no service' && mode.kind === 'drips') continue;
  for (const logger of ['pino', 'winston']) {
    test.serial(`${logger}: a metadata service that ${what}: process.exit() loses nothing`, async (t) => {
      const local = await startLocal(t);
      const { env } = await open(t, mode);
      const { stderr } = await runFixture(local, 'app.js', [logger, 'process.exit', '3'], { env });
      t.is(messages(local).length, 3, stderr);
    });

    test.serial(
      `${logger}: a metadata service that ${what}: log calls do not wait, and delivery waits only for a second`,
      async (t) => {
        const { local, stdout, waitedMs } = await logUntil(t, logger, () => true, (await open(t, mode)).env);
        t.true(Number(stdout) < WAIT_MS / 2, `the first call took ${stdout} ms`);
        // The detection would take five seconds; the rest is for a busy machine.
        t.true(waitedMs < 4900, `${waitedMs}`);
        t.true(messages(local).some((message) => message.includes('record 0')));
      },
    );

    test.serial(`${logger}: a metadata service that ${what}: events get the detected entity`, async (t) => {
      const { env } = await open(t, mode);
      const { local } = await logUntil(t, logger, ({ entity }) => entity !== null, env);
      const { entity, logStreamName } = local.events('/test/app').at(-1) ?? {};
      t.deepEqual(entity?.keyAttributes, ENTITIES[found]);
      if (found === 'host') t.true(logStreamName?.startsWith(`${hostname()}/`));
    });
  }
}

const FLUSH_MS = 100;

/** Runs an application that logs until an event for which `matches` is true has arrived. */
async function logUntil(
  t: ExecutionContext,
  logger: string,
  matches: (put: Put) => boolean,
  env: Record<string, string>,
  run: { readonly cwd?: string; readonly nodeArguments?: readonly string[] } = {},
) {
  let child: ChildProcess | undefined;
  let loggedAt = 0;
  let arrivedAt = 0;
  const local = await startLocal(t, {
    onPut(put) {
      arrivedAt ||= performance.now();
      if (matches(put)) child?.kill('SIGKILL');
    },
  });
  const { stdout } = await runFixture(local, 'first-call.js', [logger], {
    ...run,
    // One request at a time, so that events arrive in order.
    env: { ...env, PUTLOGS_FLUSH_INTERVAL_MS: String(FLUSH_MS), PUTLOGS_MAX_IN_FLIGHT: '1' },
    onOutput(process) {
      child = process;
      loggedAt ||= performance.now();
    },
  });
  return { local, stdout, waitedMs: arrivedAt - loggedAt };
}

for (const logger of ['pino', 'winston', 'pino in-process', 'winston in-process']) {
  test.serial(
    `${logger}: a process that logs nothing ends promptly even if the metadata service hangs`,
    async (t) => {
      const local = await startLocal(t);
      const { env } = await open(t, { kind: 'hangs' });
      const begun = performance.now();
      const { code, stderr } = await runFixture(local, 'app.js', [logger, 'natural end', '0'], { env });
      t.true(performance.now() - begun < PROMPTLY_MS);
      t.is(code, 0, stderr);
      t.deepEqual(local.requests, []);
    },
  );
}

for (const logger of ['pino', 'winston']) {
  test.serial(
    `${logger}: the name is that of the main script's package, in any working directory`,
    async (t) => {
      const { local } = await logUntil(
        t,
        logger,
        ({ entity }) => entity !== null,
        {},
        {
          cwd: tmpdir(),
          nodeArguments: ['--import', 'data:text/javascript,', '--stack-size=900'],
        },
      );
      t.deepEqual(local.events('/test/app').at(-1)?.entity?.keyAttributes, ENTITIES.host);
    },
  );
}

test.serial('by default the metadata service is asked at its address on EC2', async (t) => {
  const local = await startLocal(t);
  const env = { AWS_EC2_METADATA_DISABLED: '' };
  const { stderr } = await runFixture(local, 'app.js', ['pino', 'natural end', '1'], { env });
  // Tests run with a module that blocks and reports this request.
  t.regex(stderr, /no-link-local: 169\.254\.169\.254/);
});

test.serial('AWS_EC2_METADATA_DISABLED turns the request off', async (t) => {
  const local = await startLocal(t);
  const { stderr } = await runFixture(local, 'app.js', ['pino', 'natural end', '1']);
  t.notRegex(stderr, /no-link-local/);
  t.is(messages(local).length, 1);
});

/** It logs in a folder without a package.json. */
const NAMELESS = `
import { createStream } from ${JSON.stringify(import.meta.resolve('@putlogs/pino'))};
const stream = createStream({ worker: false });
for (const msg of ['hello', 'again, after the end']) {
  stream.write(JSON.stringify({ msg, team: 'shop' }) + '\\n');
  await stream.close();
}
`;

const NO_NAME =
  'putlogs: entity: no entity: no name was found for the service; set the option service, PUTLOGS_SERVICE or OTEL_SERVICE_NAME\n';

for (const [what, env, expected] of [
  ['nothing names the service: stderr says so, once', {}, NO_NAME],
  ['a variable names the service', { PUTLOGS_SERVICE: 'checkout' }, ''],
  ['records name the service', { PUTLOGS_SERVICE_FIELD: 'team' }, ''],
  ['no entity is wanted', { PUTLOGS_ENTITY: 'false' }, ''],
  ['nothing may be written to stderr', { PUTLOGS_REPORT_TO_STDERR: 'false' }, ''],
] as const) {
  test.serial(`an application without a package.json, where ${what}`, async (t) => {
    const local = await startLocal(t);
    const folder = mkdtempSync(join(tmpdir(), 'putlogs-nameless-'));
    t.teardown(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'app.mjs');
    writeFileSync(file, NAMELESS);
    const { code, stderr } = await runProgram(local, file, [], {
      env: { AWS_EC2_METADATA_DISABLED: 'true', ...env },
    });
    t.is(code, 0, stderr);
    t.is(stderr, expected);
    t.is(messages(local).length, 2);
  });
}
