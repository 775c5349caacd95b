import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test from 'ava';
import { runProgram } from '../../support/child.js';
import { messages, startLocal } from '../../support/harness.js';
import { applicationFolder } from '../../support/published.js';

const require = createRequire(import.meta.url);

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
