import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { build, type Format } from 'esbuild';
import { runProgram } from '../../support/child.js';
import { messages, startLocal } from '../../support/harness.js';
import { applicationFolder } from '../../support/published.js';

const APPLICATION = `
import { createStream } from '@putlogs/pino';
import { CloudWatchTransport } from '@putlogs/winston';
import pino from 'pino';
import winston from 'winston';
const stream = createStream();
const transport = new CloudWatchTransport();
pino(stream).info('pino');
winston.createLogger({ transports: [transport] }).info('winston');
if (process.argv[2] === 'exit') process.exit();
stream.flush();
transport.flush();`;

/** What an ES module needs in which CommonJS is bundled, such as Pino: https://github.com/evanw/esbuild/issues/1921 */
const REQUIRE = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

const env = { PUTLOGS_SERVICE: 'checkout' };

/** Bundles an application with all that it depends on. @returns the folder of the bundle */
async function bundle(t: ExecutionContext, format: Format, entries: Record<string, string>): Promise<string> {
  const outdir = mkdtempSync(join(tmpdir(), 'putlogs-bundle-'));
  t.teardown(() => rmSync(outdir, { recursive: true }));
  await build({
    absWorkingDir: applicationFolder(t, { 'app.mjs': APPLICATION }),
    entryPoints: { app: './app.mjs', ...entries },
    bundle: true,
    platform: 'node',
    format,
    outdir,
    logLevel: 'error',
    ...(format === 'esm' && { banner: { js: REQUIRE } }),
  });
  writeFileSync(join(outdir, 'package.json'), format === 'esm' ? '{"type":"module"}' : '{}');
  return outdir;
}

for (const format of ['esm', 'cjs'] as const) {
  test.serial(
    `a bundle (${format}) with the worker's file beside it delivers at process.exit()`,
    async (t) => {
      const local = await startLocal(t);
      const cwd = await bundle(t, format, { 'putlogs-worker': '@putlogs/core/worker' });
      const { code, stderr } = await runProgram(local, join(cwd, 'app.js'), ['exit'], { cwd, env });
      t.is(code, 0, stderr);
      t.is(stderr, '');
      t.is(messages(local).length, 2);
    },
  );

  test.serial(
    `a bundle (${format}) without it delivers in-process, says what to do, and leaves a worker.js of the application alone`,
    async (t) => {
      const local = await startLocal(t);
      const cwd = await bundle(t, format, {});
      writeFileSync(join(cwd, 'worker.js'), `process._rawDebug('of the application');`);
      const run = (ending: string) => runProgram(local, join(cwd, 'app.js'), [ending], { cwd, env });
      const { code, stderr } = await run('flush');
      t.is(code, 0, stderr);
      t.is(messages(local).length, 2);
      t.regex(stderr, /^(putlogs: worker: .+ build @putlogs\/core\/worker into putlogs-worker\.js .+\n){2}$/);
      // Nobody waits for a worker that cannot start.
      const atExit = (await run('exit')).stderr;
      t.regex(atExit, /putlogs-worker\.js does not exist/);
      t.regex(atExit, /^putlogs: not-delivered: 1 \w+ was not delivered before the process ended/m);
    },
  );
}
