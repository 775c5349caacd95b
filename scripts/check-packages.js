// Packs each public package as it would be published, and checks the archive: what it holds, how large it is, that packing it
// again gives the same bytes, and whether every kind of consumer finds its code and its types. `--keep` leaves the archives in
// `release`, with a bill of materials beside each, and what the changelogs say of the version.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { notesOf } from './packages/notes.js';
import { packAll, pnpm } from './packages/pack.js';

/**
 * How large each may be, in kB: the archive, and the tar file in it. `attw`: the arguments that name the consumers that the
 * package is not for, and the entry points that have no types.
 */
const PACKAGES = {
  core: { packed: 300, unpacked: 1250, attw: ['--exclude-entrypoints', 'internal', 'worker'] },
  pino: { packed: 25, unpacked: 100, attw: ['--exclude-entrypoints', 'internal'] },
  winston: { packed: 20, unpacked: 90, attw: ['--exclude-entrypoints', 'internal'] },
  local: { packed: 420, unpacked: 1600, attw: ['--profile', 'esm-only'] },
  // It is a program, and exports nothing.
  cli: { packed: 140, unpacked: 650, attw: undefined },
};

/** What is bundled into this one are its development dependencies: they are part of the archive too. */
const BUNDLES_LIBRARIES = 'local';

const RELEASE = 'release';

const { keep } = parseArgs({ options: { keep: { type: 'boolean' } } }).values;
if (keep) rmSync(RELEASE, { recursive: true, force: true });
const folder = mkdtempSync(join(tmpdir(), 'putlogs-packages-'));
try {
  const [archives, again] = ['first', 'second'].map((turn) => packAll(join(folder, turn)));
  for (const [name, limits] of Object.entries(PACKAGES)) {
    checkEngines(name);
    const archive = archives[`@putlogs/${name}`];
    checkSizes(name, archive, limits);
    if (hashOf(archive) !== hashOf(again[`@putlogs/${name}`]))
      throw new Error(`packages/${name} packed twice gives different archives.`);
    run('publint', 'run', archive, '--strict');
    if (limits.attw !== undefined) run('attw', archive, ...limits.attw, '--quiet');
    checkContents(name, archive);
    const bill = billOfMaterials(name);
    checkBill(name, archive, bill);
    if (keep) put(archive, bill);
  }
  if (keep) putNotes(manifestIn(archives['@putlogs/core']).version);
} finally {
  rmSync(folder, { recursive: true });
}

function checkEngines(name) {
  const [own, root] = [join('packages', name), '.'].map(
    (directory) => JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')).engines.node,
  );
  if (own !== root) throw new Error(`packages/${name} supports Node ${own}, the root package ${root}.`);
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

/** The license stands in the root of the repository; pnpm packs it with each package. */
function checkContents(name, archive) {
  const files = execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' }).split('\n');
  const manifest = manifestIn(archive);
  for (const file of ['LICENSE', 'README.md', ...pathsIn(manifest)])
    if (!files.includes(join('package', file)))
      throw new Error(`The archive of packages/${name} has no ${file}.`);
  if (!(manifest.keywords?.length > 0)) throw new Error(`packages/${name} has no keywords.`);
}

/** The files that a package.json leads to. */
function pathsIn({ main, types, bin, exports, imports }) {
  const texts = (value) =>
    typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [value];
  return [main, types, bin, exports, imports].flatMap(texts).filter((text) => text?.startsWith('./'));
}

/** @returns CycloneDX, from the lock file */
function billOfMaterials(name) {
  const kinds = name === BUNDLES_LIBRARIES ? [] : ['--prod'];
  const flags = ['--sbom-format', 'cyclonedx', '--lockfile-only', '--exclude-peers', ...kinds];
  return pnpm(['--filter', `@putlogs/${name}`, 'sbom', ...flags]);
}

function checkBill(name, archive, bill) {
  const { dependencies = {}, devDependencies = {} } = manifestIn(archive);
  const expected = Object.keys({ ...dependencies, ...(name === BUNDLES_LIBRARIES && devDependencies) });
  const listed = JSON.parse(bill).components.map((component) =>
    component.group === undefined ? component.name : `${component.group}/${component.name}`,
  );
  const missing = expected.filter((dependency) => !listed.includes(dependency));
  if (missing.length > 0) throw new Error(`The bill of materials of ${name} lacks ${missing.join(', ')}.`);
}

function manifestIn(archive) {
  return JSON.parse(execFileSync('tar', ['-xzOf', archive, 'package/package.json'], { encoding: 'utf8' }));
}

function put(archive, bill) {
  mkdirSync(RELEASE, { recursive: true });
  copyFileSync(archive, join(RELEASE, basename(archive)));
  writeFileSync(join(RELEASE, basename(archive).replace(/\.tgz$/, '.cdx.json')), bill);
}

function putNotes(version) {
  writeFileSync(join(RELEASE, 'notes.txt'), notesOf(version, '.'));
}

function hashOf(archive) {
  return createHash('sha256').update(readFileSync(archive)).digest('hex');
}

function run(...command) {
  pnpm(['exec', ...command], { stdio: 'inherit' });
}
