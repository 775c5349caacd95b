import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test from 'ava';
import { runProgram } from '../../support/child.js';
import { messages, startLocal } from '../../support/harness.js';
import { applicationFolder } from '../../support/published.js';

const require = createRequire(import.meta.url);

const LOGS = `
  const stream = createStream({ worker });
  pino(stream).info('pino');
  const transport = new CloudWatchTransport({ worker });
  winston.createLogger({ transports: [transport] }).info('winston');
  await stream.flush();
  await transport.flush();`;

const REQUIRED = `
const { createStream } = require('@putlogs/pino');
const { CloudWatchTransport } = require('@putlogs/winston');
const pino = require('pino');
const winston = require('winston');
`;

const IMPORTED = `
import { createStream } from '@putlogs/pino';
import { CloudWatchTransport } from '@putlogs/winston';
import pino from 'pino';
import winston from 'winston';
`;

for (const [format, file, head, nodeArguments] of [
  ['CommonJS', 'logs.spec.js', REQUIRED, []],
  ['ES modules', 'logs.spec.mjs', IMPORTED, ['--experimental-vm-modules']],
] as const) {
  test.serial(`a test of Jest in ${format} logs with both, and Jest ends by itself`, async (t) => {
    const local = await startLocal(t);
    const spec = `${head}test.each([true, false])('worker: %s', async (worker) => {${LOGS}
  expect([stream.counts.delivered, transport.counts.delivered]).toEqual([1, 1]);
  transport.close();
}, 60_000);`;
    const cwd = applicationFolder(t, { [file]: spec });
    const config = { rootDir: cwd, testMatch: [`**/${file}`], transform: {} };
    const args = ['--config', JSON.stringify(config), '--watchman=false', '--runInBand'];
    const { code, stderr } = await runProgram(local, require.resolve('jest/bin/jest'), args, {
      cwd,
      nodeArguments,
    });
    t.is(code, 0, stderr);
    t.notRegex(stderr, /did not exit/);
    t.is(messages(local).length, 4);
  });

  test.serial(
    `a test of node:test in ${format} logs with both, and the process ends by itself`,
    async (t) => {
      const local = await startLocal(t);
      const name = file.replace('spec', 'test');
      const nodeTest =
        head === REQUIRED ? `const { test } = require('node:test');` : `import { test } from 'node:test';`;
      const code = `${nodeTest}${head}for (const worker of [true, false]) test('logs', async () => {${LOGS}\n});`;
      const cwd = applicationFolder(t, { [name]: code });
      const ended = await runProgram(local, join(cwd, name), [], { cwd });
      t.is(ended.code, 0, ended.stdout);
      t.is(messages(local).length, 4);
    },
  );
}

test.serial(
  'both formats in one process deliver at its exit, and know the errors of each other',
  async (t) => {
    const local = await startLocal(t);
    const code = `
import { createRequire } from 'node:module';
import * as esm from '@putlogs/pino';
import pino from 'pino';
const cjs = createRequire(import.meta.url)('@putlogs/pino');
const before = process.listenerCount('exit');
pino(esm.createStream()).info('esm');
pino(cjs.createStream()).info('cjs');
const catching = (call) => { try { call(); } catch (error) { return error; } };
const wrong = { flushIntervalMs: -1 };
process.stdout.write(JSON.stringify({
  isShared: esm.createStream === cjs.createStream,
  names: [Object.keys(esm), Object.keys(cjs)],
  known: [catching(() => esm.createStream(wrong)) instanceof cjs.ConfigError,
    catching(() => cjs.createStream(wrong)) instanceof esm.ConfigError,
    new Error() instanceof cjs.ConfigError],
  listeners: process.listenerCount('exit') - before,
}));
process.exit();`;
    const cwd = applicationFolder(t, { 'both.mjs': code });
    const { stdout, stderr } = await runProgram(local, join(cwd, 'both.mjs'), [], { cwd });
    const { isShared, names, known, listeners } = JSON.parse(stdout);
    t.false(isShared, 'the test has to load two copies');
    t.deepEqual(names[0], names[1]);
    t.deepEqual(known, [true, true, false], stderr);
    t.is(listeners, 1);
    t.deepEqual(
      messages(local)
        .map((text) => JSON.parse(text).msg)
        .toSorted(),
      ['cjs', 'esm'],
      stderr,
    );
  },
);

const TYPED = `
import pino = require('pino');
import winston = require('winston');
import putlogsPino = require('@putlogs/pino');
import { closeOnSignals, dropWhenBehind } from '@putlogs/pino/main-thread';
import { CloudWatchTransport, jsonFormat } from '@putlogs/winston';
const stream: putlogsPino.CloudWatchStream = putlogsPino.createStream({ logGroupName: '/my/app' });
closeOnSignals(stream);
dropWhenBehind(pino.transport({ target: '@putlogs/pino' }));
winston.createLogger({ format: jsonFormat(), transports: [new CloudWatchTransport({ worker: false })] });
const delivered: number = stream.counts.delivered;
// @ts-expect-error: the types are found, and refuse this
putlogsPino.createStream({ logGroupNam: delivered });
`;

for (const [module, moduleResolution] of [
  ['commonjs', 'node10'],
  ['node16', 'node16'],
] as const) {
  test(`TypeScript 5.6 finds the types in CommonJS with moduleResolution ${moduleResolution}`, (t) => {
    const cwd = applicationFolder(t, { 'app.ts': TYPED });
    const tsc = require.resolve('typescript-5/bin/tsc');
    const options = ['--module', module, '--moduleResolution', moduleResolution, '--strict', '--noEmit'];
    const { status, stdout } = spawnSync(
      process.execPath,
      [tsc, ...options, '--skipLibCheck', '--target', 'es2022', 'app.ts'],
      { cwd, encoding: 'utf8' },
    );
    t.is(status, 0, stdout);
  });
}
