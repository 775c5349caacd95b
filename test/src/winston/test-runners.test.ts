import { createRequire } from 'node:module';
import test from 'ava';
import { fixturePath, runFixture, runProgram } from '../support/child.js';
import { messages, startLocal } from '../support/harness.js';

const require = createRequire(import.meta.url);

test.serial("Winston's conformance suite for transports passes", async (t) => {
  const local = await startLocal(t);
  const args = ['--reporter=json', '--timeout=60000', '--exit', fixturePath('conformance.cjs')];
  const { stdout, stderr } = await runProgram(local, require.resolve('mocha/bin/mocha.js'), args);
  const { stats, failures } = JSON.parse(stdout);
  t.deepEqual(failures, [], stderr);
  t.is(stats.passes, 8);
});

test.serial('Jest does not fail if a test ends before its records are delivered', async (t) => {
  const local = await startLocal(t);
  const { code, stderr } = await runProgram(local, require.resolve('jest/bin/jest'), jest('ends-early'), ESM);
  t.is(code, 0, stderr);
  t.notRegex(stderr, /torn down/);
});

test.serial("under Jest's fake timers flush and close resolve", async (t) => {
  const local = await startLocal(t);
  const { code, stderr } = await runProgram(
    local,
    require.resolve('jest/bin/jest'),
    jest('fake-timers'),
    ESM,
  );
  t.is(code, 0, stderr);
  t.is(messages(local).length, 2);
});

test.serial('flush and close resolve with fake global timers, as in Vitest', async (t) => {
  const local = await startLocal(t);
  const { code, stdout, stderr } = await runFixture(local, 'fake-timers.js');
  t.is(code, 0, stderr);
  t.is(stdout, '1 delivered\n1 delivered\n');
});

/** https://jestjs.io/docs/ecmascript-modules */
const ESM = { nodeArguments: ['--experimental-vm-modules'] };

function jest(spec: string): string[] {
  const config = { rootDir: fixturePath('jest'), testMatch: [`**/${spec}.spec.js`], transform: {} };
  return ['--config', JSON.stringify(config), '--watchman=false', '--runInBand'];
}
