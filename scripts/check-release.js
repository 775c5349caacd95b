// Refuses a release that would be incomplete or called wrong: `check-release.js TAG ADDRESS`, in the root of the repository. The
// address is that of the repository on its host. npm refuses provenance for a package that names another one.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { notesOf } from './packages/notes.js';

const [tag, address] = process.argv.slice(2);
const version = tag?.replace(/^v/, '');
const faults = [...readdirSync('packages').sort().flatMap(faultsOf), ...pendingChanges(), ...missingNotes()];
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;

function faultsOf(name) {
  const file = join('packages', name, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  const expected = [
    ['version', manifest.version, version],
    ['repository.type', manifest.repository?.type, 'git'],
    ['repository.url', manifest.repository?.url, `git+${address}.git`],
    ['repository.directory', manifest.repository?.directory, `packages/${name}`],
    ['homepage', manifest.homepage, `${address}#readme`],
    ['bugs', manifest.bugs, `${address}/issues`],
  ];
  return expected
    .filter(([, found, wanted]) => found !== wanted)
    .map(([field, found, wanted]) => `${file}: ${field} is ${found ?? 'not set'}, not ${wanted}.`);
}

function pendingChanges() {
  if (!existsSync('.changeset')) return [];
  return readdirSync('.changeset')
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .map((file) => `.changeset/${file} is in no version yet: run pnpm version -r.`);
}

function missingNotes() {
  return notesOf(version, '.') === '' ? [`No CHANGELOG.md says what ${version} changes.`] : [];
}
