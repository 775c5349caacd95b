import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { runFixture } from '../../support/child.js';
import { startLocal } from '../../support/harness.js';

for (const use of [
  'core',
  'local',
  'pino',
  'pino stream',
  'pino in-process',
  'winston',
  'winston in-process',
]) {
  for (const spool of [false, true]) {
    test(`${use}, ${spool ? 'with' : 'without'} a spool: imported and used, it leaves the process as it was`, async (t) => {
      const local = await startLocal(t);
      const folder = mkdtempSync(join(tmpdir(), 'putlogs-guest-'));
      t.teardown(() => rmSync(folder, { recursive: true, force: true }));
      const env: Record<string, string> = spool ? { PUTLOGS_SPOOL_DIRECTORY: folder } : {};
      const { code, stdout, stderr } = await runFixture(local, 'guest.js', [use], { env });
      t.is(code, 0, stderr);
      t.is(stdout, '[]');
      t.is(stderr, '');
    });
  }
}
