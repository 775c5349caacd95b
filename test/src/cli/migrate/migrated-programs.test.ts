import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { runProgram } from '../../support/child.js';
import { application } from '../../support/command.js';
import { startLocal } from '../../support/harness.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const migrations = join(root, 'test/migrations');

interface Program {
  readonly logGroupName: string;
  /** The log stream and the text of each event. */
  readonly events: readonly (readonly [RegExp, RegExp])[];
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly stdout?: string;
}

const BY_PINO = /^{"level":30,.*"orderId":42,"msg":"order placed"}$/;
/** In whatever order. */
const BY_WINSTON = /^{(?=.*"level":"info")(?=.*"message":"order placed")(?=.*"orderId":42)[^ ]* [^ ]*}$/;
const TODAY = '\\d{4}-\\d\\d-\\d\\d';

const PROGRAMS: Readonly<Record<string, Program>> = {
  'added-or-file.cjs': {
    logGroupName: '/shop/added',
    events: [[/^web$/, /^info \(request r-1\) order placed\n{"orderId":42}$/]],
  },
  'both.js': {
    logGroupName: '/shop/both',
    events: [
      [/^stream-\d+$/, /^by winston$/],
      [/^pino$/, /"msg":"by pino"}$/],
    ],
  },
  'cjs-together.cjs': {
    logGroupName: '/shop/test',
    events: [[new RegExp(`^express-server-.+-${TODAY}-[0-9a-f]{32}$`), BY_WINSTON]],
    env: { STAGE: 'test' },
  },
  'destructured.cjs': {
    logGroupName: 'bookings',
    events: [[/^api$/, /^{(?=.*"message":"order placed!").*"timestamp":"12:00"}$/]],
  },
  'dynamic.js': {
    logGroupName: '/shop/dynamic',
    events: [[/^web$/, /^{(?=.*"label":"orders")(?=.*"message":"order placed")(?=.*"orderId":42).*}$/]],
    stdout: 'flushed\nagain\n',
  },
  'esm-variable.js': {
    logGroupName: '/shop/api',
    events: [[/^shop-dev$/, /^\[info\] : order placed \nAdditional Info: {"orderId":42}$/]],
  },
  'flush-and-exit.cjs': {
    logGroupName: '/shop/job',
    events: [[/^job$/, /^INFO order placed$/]],
    stdout: 'bye\n',
  },
  'import-equals.cjs': { logGroupName: '/shop/audit', events: [[/^audit$/, /^audit order placed$/]] },
  'labelled.js': {
    logGroupName: '/shop/labelled',
    events: [
      [/^[0-9a-f-]{36}$/, /^{(?=.*"label":"orders")(?=.*"message":"order placed")(?=.*"orderId":42).*}$/],
    ],
    env: { AUDIT_GROUP: '/shop/labelled' },
  },
  'nest.cjs': {
    logGroupName: '/shop/nest',
    events: [[/./, /^{(?=.*"label":"orders")(?=.*"message":"order placed").*"context":"Orders".*}$/]],
  },
  'pino-stdin.cjs': {
    logGroupName: '/shop/stdin',
    events: [
      [/^worker$/, /^{"level":30,"msg":"first"}$/],
      [/^worker$/, /^{"level":30,"msg":"second"}$/],
    ],
    input: '{"level":30,"msg":"first"}\n{"level":30,"msg":"second"}\n',
  },
  'pino-stream.cjs': { logGroupName: '/shop/stream', events: [[/^dev-[^{}]+-\d+$/, BY_PINO]] },
  'pino-target.js': { logGroupName: '/shop/target', events: [[/^shop-\d{4}$/, BY_PINO]] },
  'pino-targets.js': { logGroupName: '/shop/targets', events: [[/^.+-\d+$/, BY_PINO]] },
  'pushed-target.js': {
    logGroupName: '/shop/pushed',
    events: [[/^\/shop\/pushed$/, /^{"level":30,.*"severity":"INFO".*"orderId":42,"msg":"order placed"}$/]],
    env: { LOG_GROUP: '/shop/pushed' },
  },
  'registered.cjs': { logGroupName: '/shop/registered', events: [[/^web$/, BY_WINSTON]] },
  'spread.js': { logGroupName: '/shop/spread', events: [[/^web-[0-9a-z]+$/, BY_WINSTON]] },
  'stream-or-prefix.cjs': {
    logGroupName: '/shop/stream-or-prefix',
    events: [[/^svc-[^{}]+-\d+$/, BY_PINO]],
    env: { PREFIX: 'svc' },
  },
  'typed.js': { logGroupName: '/shop/typed', events: [[/^info$/, BY_WINSTON]] },
};

const after = readdirSync(migrations).filter((name) => name.includes('.after.'));

test('each file that is migrated is run here', (t) => {
  t.deepEqual(after.map(programOf).toSorted(), Object.keys(PROGRAMS).toSorted());
});

test.serial('what was migrated runs, and its records arrive', async (t) => {
  const folder = await prepare(t);
  for (const [name, { logGroupName, events, env, input = '', stdout = '' }] of Object.entries(PROGRAMS)) {
    const local = await startLocal(t);
    const starter = ['sh', '-c', 'printf "%s" "$INPUT" | "$0" "$@"'];
    const ended = await runProgram(local, join(folder, name), [], { env: { ...env, INPUT: input }, starter });
    t.is(ended.code, 0, `${name}: ${ended.stderr}`);
    t.is(ended.stderr, '', name);
    t.is(ended.stdout, stdout, name);
    const arrived = local.events(logGroupName);
    t.is(arrived.length, events.length, name);
    for (const [index, [stream, text]] of events.entries()) {
      const isThere = arrived.some((event) => stream.test(event.logStreamName) && text.test(event.message));
      t.true(isThere, `${name}, ${index}: ${JSON.stringify(arrived)}`);
    }
  }
});

function programOf(name: string): string {
  return name
    .replace('.after.', '.')
    .replace(/\.ts$/, '.js')
    .replace(/\.cts$/, '.cjs');
}

/** What a person finished, where there is something to finish. */
function finished(name: string): string {
  const byHand = name.replace('.after.', '.by-hand.');
  return existsSync(join(migrations, byHand)) ? byHand : name;
}

/** An application with the migrated files, those of TypeScript checked and compiled, and with the packages of the tests. */
async function prepare(t: ExecutionContext): Promise<string> {
  const folder = application(t, '{"name":"shop","type":"module"}');
  symlinkSync(join(root, 'test/node_modules'), join(folder, 'node_modules'));
  for (const name of after)
    copyFileSync(join(migrations, finished(name)), join(folder, name.replace('.after.', '.')));
  for (const name of ['settings.js', 'providers.js', 'split2.cjs'])
    copyFileSync(join(migrations, name), join(folder, name));
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    experimentalDecorators: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['*.ts', '*.cts'] }),
  );
  const compiler = join(root, 'node_modules/.bin/tsc');
  const { stdout } = await promisify(execFile)(compiler, ['-p', folder]).catch((error: unknown) => {
    throw new Error(`the compiler says: ${JSON.stringify(error)}`);
  });
  t.is(stdout, '');
  return folder;
}
