import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';

const PAGE = fileURLToPath(new URL('../../../docs/testing.md', import.meta.url));
const [, PROGRAM = ''] = /```js\n([\s\S]*?)```/.exec(readFileSync(PAGE, 'utf8')) ?? [];

/** Runs a test of node:test. @returns its exit code and its report */
function run(
  t: ExecutionContext,
  program: string,
): Promise<{ readonly code: number; readonly report: string }> {
  // In this folder, so that it finds the packages.
  const folder = mkdtempSync(fileURLToPath(new URL('snippet-', import.meta.url)));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'snippet.test.mjs');
  writeFileSync(file, program);
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--test', file],
      { env: { PATH: process.env.PATH }, timeout: 120_000 },
      (error, report) => {
        resolve({ code: error ? Number(error.code) : 0, report });
      },
    );
  });
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
