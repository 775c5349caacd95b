import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { runProgram } from '../support/child.js';
import { startLocal } from '../support/harness.js';
import { PAGES } from './pages.js';
import { programsOf, recordsOf, START_PAGES } from './quick-starts.js';

/** Their programs use packages that are not installed here. */
const FOREIGN = ['web-frameworks', 'opentelemetry', 'infrastructure'].map(
  (guide) => `docs/guides/${guide}.md`,
);
const GUIDES = PAGES.filter((page) => page.startsWith('docs/guides/') && !FOREIGN.includes(page));

for (const page of [...START_PAGES, ...GUIDES]) {
  for (const { line, code } of programsOf(page).filter(({ language }) => language === 'js')) {
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
      t.is(local.events('/my/app').length, recordsOf(code));
    });
  }
}
