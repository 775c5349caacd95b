import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import webpack, { type Configuration } from 'webpack';
import { fixturePath, runProgram } from '../support/child.js';
import { messages, startLocal } from '../support/harness.js';
import { moduleFile } from '../support/module-file.js';

/** Bundles an application into a folder of its own. @returns its file */
async function bundle(t: ExecutionContext, configuration: Configuration): Promise<string> {
  const path = mkdtempSync(join(tmpdir(), 'putlogs-bundle-'));
  t.teardown(() => rmSync(path, { recursive: true }));
  await new Promise<void>((resolve, reject) => {
    webpack(
      {
        mode: 'none',
        target: 'node20',
        entry: fixturePath('bundled.js'),
        output: { path, filename: 'main.cjs' },
        ...configuration,
      },
      (error, stats) => {
        if (error || stats?.hasErrors()) reject(error ?? new Error(stats?.toString('errors-only')));
        else resolve();
      },
    );
  });
  return join(path, 'main.cjs');
}

test.serial('an application in a webpack bundle delivers, in a worker and in-process', async (t) => {
  const local = await startLocal(t);
  const file = await bundle(t, {});
  for (const where of ['in a worker', 'in-process']) {
    const { code, stdout, stderr } = await runProgram(local, file, [where], {
      env: { PUTLOGS_SERVICE: 'checkout' },
    });
    t.is(code, 0, stderr);
    t.is(stdout, '378 delivered', stderr);
    t.is(stderr, '');
  }
  t.is(messages(local).length, 2 * 378);
});

test.serial(
  'where the bundler makes the worker an asset, as in Next.js, everything is delivered, and a report says what to do',
  async (t) => {
    const local = await startLocal(t);
    const file = await bundle(t, { module: { parser: { javascript: { worker: false } } } });
    const { code, stdout, stderr } = await runProgram(local, file, ['in a worker']);
    t.is(code, 0, stderr);
    t.is(stdout, '378 delivered', stderr);
    t.is(messages(local).length, 378);
    t.regex(stderr, /^putlogs: worker: No worker thread can be started.*serverExternalPackages/m);
  },
);

test.serial('in a webpack bundle, a module is loaded from outside of it', async (t) => {
  const local = await startLocal(t);
  const file = await bundle(t, {});
  const module = pathToFileURL(
    moduleFile(t, `export const format = ({ message }) => 'formatted ' + message;`),
  ).href;
  for (const where of ['in a worker', 'in-process']) {
    const { stderr } = await runProgram(local, file, [where], {
      env: { PUTLOGS_SERVICE: 'checkout', PUTLOGS_MODULE: module },
    });
    t.is(stderr, '');
  }
  t.is(messages(local).filter((text) => text.startsWith('formatted record')).length, 2 * 378);
});
