import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { runProgram } from '../support/child.js';
import { startLocal } from '../support/harness.js';
import { PAGES, snippetsOf } from './pages.js';

/** Their programs use packages that are not installed here. */
const FOREIGN = ['web-frameworks', 'opentelemetry', 'infrastructure'].map(
  (guide) => `docs/guides/${guide}.md`,
);

/** Their snippets are whole programs where they begin with an import. */
const QUICK_STARTS = [
  'README.md',
  ...['pino', 'winston', 'core'].map((name) => `packages/${name}/README.md`),
  ...PAGES.filter((page) => /^docs\/(?:start|guides)\//.test(page) && !FOREIGN.includes(page)),
];

for (const page of QUICK_STARTS) {
  const programs = snippetsOf(page).filter(
    ({ language, code }) => language === 'js' && code.startsWith('import '),
  );
  for (const { line, code } of programs) {
    test(`the program in line ${line} of ${page} runs, and what it logs arrives`, async (t) => {
      const local = await startLocal(t);
      // In this folder, so that it finds the packages.
      const folder = mkdtempSync(fileURLToPath(new URL('snippet-', import.meta.url)));
      t.teardown(() => rmSync(folder, { recursive: true }));
      const file = join(folder, 'snippet.mjs');
      writeFileSync(file, code);
      const env = { PUTLOGS_LOG_GROUP_NAME: '/my/app' };
      const { code: exitCode, stderr } = await runProgram(local, file, [], { env });
      t.is(exitCode, 0, stderr);
      t.is(stderr, '');
      t.is(local.events('/my/app').length, logged(code));
    });
  }
}

/** The number of records that arrive here, and not in a service that the program starts. */
function logged(code: string): number {
  if (code.includes("'@putlogs/local'")) return 0;
  return code.match(/^(?:logger\.info|pipeline\.accept)\(/gm)?.length ?? 0;
}
