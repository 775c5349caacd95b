// Packs each public package as it would be published, and checks the archive: what it holds, how large it is, that packing it
// again gives the same bytes, and whether every kind of consumer finds its code and its types.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/**
 * How large each may be, in kB: the archive, and the tar file in it. `profile` and `without` are for attw: the consumers that
 * the package is not for, and the entry point that is for our own packages and has no types.
 */
const PACKAGES = {
  core: { packed: 300, unpacked: 1200, attw: ['--exclude-entrypoints', 'internal'] },
  pino: { packed: 25, unpacked: 100, attw: ['--exclude-entrypoints', 'internal'] },
  winston: { packed: 20, unpacked: 90, attw: ['--exclude-entrypoints', 'internal'] },
  local: { packed: 310, unpacked: 1200, attw: ['--profile', 'esm-only'] },
  // It is a program, and exports nothing.
  cli: { packed: 120, unpacked: 550, attw: undefined },
};

const folder = mkdtempSync(join(tmpdir(), 'putlogs-packages-'));
try {
  for (const [name, limits] of Object.entries(PACKAGES)) {
    checkEngines(name);
    const archive = pack(name, 'first');
    checkSizes(name, archive, limits);
    if (hashOf(archive) !== hashOf(pack(name, 'second')))
      throw new Error(`packages/${name} packed twice gives different archives.`);
    run('pnpm', ['exec', 'publint', 'run', '--strict', join('packages', name)]);
    if (limits.attw !== undefined) run('pnpm', ['exec', 'attw', archive, ...limits.attw, '--quiet']);
  }
} finally {
  rmSync(folder, { recursive: true });
}

function checkEngines(name) {
  const [own, root] = [join('packages', name), '.'].map(
    (directory) => JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')).engines.node,
  );
  if (own !== root) throw new Error(`packages/${name} supports Node ${own}, the root package ${root}.`);
}

/** @returns the archive */
function pack(name, turn) {
  const destination = join(folder, turn, name);
  mkdirSync(destination, { recursive: true });
  execFileSync('pnpm', ['--dir', join('packages', name), 'pack', '--pack-destination', destination]);
  const [archive] = readdirSync(destination);
  return join(destination, archive);
}

function checkSizes(name, archive, { packed, unpacked }) {
  const bytes = readFileSync(archive);
  const sizes = { packed: bytes.length / 1000, unpacked: gunzipSync(bytes).length / 1000 };
  process.stdout.write(
    `${name.padEnd(8)} packed ${sizes.packed.toFixed(0)} of ${packed} kB, unpacked ${sizes.unpacked.toFixed(0)} of ${unpacked} kB\n`,
  );
  if (sizes.packed > packed || sizes.unpacked > unpacked)
    throw new Error(
      `packages/${name} has become too large, or its limits in scripts/check-packages.js too small.`,
    );
}

function hashOf(archive) {
  return createHash('sha256').update(readFileSync(archive)).digest('hex');
}

function run(command, args) {
  execFileSync(command, args, { stdio: 'inherit' });
}
