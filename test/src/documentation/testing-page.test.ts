import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { parse } from 'yaml';
import { freePort } from '../support/free-port.js';

const PAGE = fileURLToPath(new URL('../../../docs/testing.md', import.meta.url));
const TEXT = readFileSync(PAGE, 'utf8');
const [PROGRAM = '', OF_JEST = ''] = Array.from(
  TEXT.matchAll(/```js\n([\s\S]*?)```/g),
  ([, code = '']) => code,
);
const [STEPS = '', ENVIRONMENT = ''] = Array.from(
  TEXT.matchAll(/```yaml\n([\s\S]*?)```/g),
  ([, code = '']) => code,
);

interface Ended {
  readonly code: number;
  readonly report: string;
}

/** Writes a snippet into a folder where it finds the packages. @returns the folder */
function write(t: ExecutionContext, name: string, program: string): string {
  const folder = mkdtempSync(fileURLToPath(new URL('snippet-', import.meta.url)));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, name), program);
  return folder;
}

function execute(program: string, args: readonly string[], cwd: string, env: object = {}): Promise<Ended> {
  const options = { cwd, env: { PATH: process.env.PATH, ...env }, timeout: 120_000 };
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, report: `${stdout}${stderr}` });
    });
  });
}

/** Runs a test of node:test. */
function run(t: ExecutionContext, program: string): Promise<Ended> {
  const folder = write(t, 'snippet.test.mjs', program);
  return execute(process.execPath, ['--test', join(folder, 'snippet.test.mjs')], folder);
}

test('the test in docs/testing.md passes', async (t) => {
  const { code, report } = await run(t, PROGRAM);
  t.is(code, 0, report);
  t.regex(report, /pass 1/);
});

test('the test in docs/testing.md fails if the record is another one', async (t) => {
  const { code } = await run(t, PROGRAM.replace('{ orderId: 42 }', '{ orderId: 43 }'));
  t.is(code, 1);
});

const require = createRequire(import.meta.url);

/** Runs a test of Jest, which by itself allows five seconds. */
function runJest(t: ExecutionContext, program: string): Promise<Ended> {
  const rootDir = write(t, 'snippet.test.mjs', program);
  const config = JSON.stringify({ rootDir, testMatch: ['**/*.test.mjs'], transform: {} });
  const args = ['--experimental-vm-modules', require.resolve('jest/bin/jest'), '--config', config];
  return execute(
    process.execPath,
    [...args, '--watchman=false', '--runInBand', '--testTimeout=60000'],
    rootDir,
  );
}

test('the test of Jest in docs/testing.md passes', async (t) => {
  const { code, report } = await runJest(t, OF_JEST);
  t.is(code, 0, report);
  t.regex(report, /1 passed/);
});

test('the test of Jest in docs/testing.md fails if the record is another one', async (t) => {
  const { code, report } = await runJest(t, OF_JEST.replace('logger.error(', 'logger.warn('));
  t.is(code, 1, report);
});

test('the environment in docs/testing.md is that of the example', (t) => {
  const compose = readFileSync(new URL('../../../examples/compose/compose.yaml', import.meta.url), 'utf8');
  t.deepEqual(parse(ENVIRONMENT).environment, parse(compose).services.app.environment);
});

/** An application that logs, as it would in production. */
const application = (level: string): string => `import { createStream } from '@putlogs/pino';
import pino from 'pino';
pino(createStream({ logGroupName: '/my/app' })).${level}({ orderId: 42 }, 'order placed');
`;
const CLI = fileURLToPath(new URL('cli.js', import.meta.resolve('@putlogs/local')));

/**
 * Runs the steps that are commands, each in a shell of its own, as a runner does: what a step appends to GITHUB_ENV is in the
 * environment of the next. Another port stands for the one in the page.
 * @returns the step that failed
 */
async function runSteps(t: ExecutionContext, level: string): Promise<string | undefined> {
  const folder = write(t, 'app.mjs', application(level));
  writeFileSync(join(folder, 'app.js'), "import './app.mjs';\n");
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const program = '#!/bin/sh\nshift\necho $$ >> pids\nexec "$NODE" "$CLI" "$@" 2>> errors\n';
  writeFileSync(join(folder, 'npx'), program);
  chmodSync(join(folder, 'npx'), 0o755);
  const port = `${await freePort()}`;
  let env: object = {
    PATH: `${folder}:${process.env.PATH}`,
    NODE: process.execPath,
    CLI,
    GITHUB_ENV: 'variables',
  };
  writeFileSync(join(folder, 'variables'), '');
  t.teardown(() => {
    const [service] = readFileSync(join(folder, 'pids'), 'utf8').split('\n');
    process.kill(Number(service));
  });
  const steps: readonly { readonly run?: string; readonly if?: string }[] = parse(STEPS).steps;
  for (const { run: command, if: condition } of steps) {
    if (command === undefined || condition !== undefined || command === 'npm ci') continue;
    const { code } = await execute(
      'bash',
      ['-eo', 'pipefail', '-c', command.replaceAll('4586', port)],
      folder,
      env,
    );
    if (code !== 0) return command;
    const given = readFileSync(join(folder, 'variables'), 'utf8').trim().split('\n');
    env = { ...env, ...Object.fromEntries(given.map((line) => line.split('='))) };
  }
  return undefined;
}

test('the steps of CI in docs/testing.md pass for an application that logs what they ask for', async (t) => {
  t.is(await runSteps(t, 'info'), undefined);
});

test('the steps of CI in docs/testing.md fail for one that logs an error', async (t) => {
  t.regex((await runSteps(t, 'error')) ?? '', /query/);
});
