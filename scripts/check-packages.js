// Packs each public package as it would be published, and checks the archive: what it holds, and whether every
// kind of consumer finds its code and its types.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'awslogs-packages-'));
try {
  for (const name of ['core', 'pino', 'winston', 'local']) {
    run('pnpm', ['--dir', join('packages', name), 'pack', '--pack-destination', folder]);
    run('pnpm', ['exec', 'publint', 'run', '--strict', join('packages', name)]);
  }
  for (const archive of readdirSync(folder)) {
    // ESM only: Node 20.19 and later load it by require as well, and TypeScript's nodenext knows that.
    run('pnpm', ['exec', 'attw', join(folder, archive), '--profile', 'esm-only', '--quiet']);
  }
} finally {
  rmSync(folder, { recursive: true });
}

function run(command, args) {
  execFileSync(command, args, { stdio: 'inherit' });
}
