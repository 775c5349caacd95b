// Packs each public package as it would be published, and checks the archive: what it holds, and whether every
// kind of consumer finds its code and its types.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PACKAGES = ['core', 'pino', 'winston', 'local', 'cli'];

for (const name of PACKAGES) {
  const [own, root] = [join('packages', name), '.'].map(enginesOf);
  if (own !== root) throw new Error(`packages/${name} supports Node ${own}, the root package ${root}.`);
}

const folder = mkdtempSync(join(tmpdir(), 'putlogs-packages-'));
try {
  for (const name of PACKAGES) {
    run('pnpm', ['--dir', join('packages', name), 'pack', '--pack-destination', folder]);
    run('pnpm', ['exec', 'publint', 'run', '--strict', join('packages', name)]);
  }
  for (const archive of readdirSync(folder)) {
    // It is a program, and exports nothing.
    if (archive.startsWith('putlogs-cli-')) continue;
    // ESM only: Node 20.19, 22.12 and later load it by require as well, and TypeScript's nodenext knows that.
    run('pnpm', ['exec', 'attw', join(folder, archive), '--profile', 'esm-only', '--quiet']);
  }
} finally {
  rmSync(folder, { recursive: true });
}

function enginesOf(directory) {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')).engines.node;
}

function run(command, args) {
  execFileSync(command, args, { stdio: 'inherit' });
}
