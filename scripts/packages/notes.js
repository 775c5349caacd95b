import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Those of the first version are in the root, those of the later ones with each package. */
const CHANGELOGS = [
  '.',
  ...['core', 'pino', 'winston', 'local', 'cli'].map((name) => join('packages', name)),
];

/** What the changelogs say of a version. @param folder that of the repository @returns Markdown; empty if they say nothing */
export function notesOf(version, folder) {
  const sections = CHANGELOGS.map((place) => join(folder, place, 'CHANGELOG.md'))
    .filter((file) => existsSync(file))
    .map((file) => sectionOf(version, readFileSync(file, 'utf8')));
  return sections.filter((section) => section !== '').join('\n');
}

/** With the name of the package, which the changelog of a package has as its title. */
function sectionOf(version, changelog) {
  const [title, ...sections] = changelog.split(/^## /m);
  const section = sections.find((text) => text.split('\n')[0].trim() === version);
  const body = section?.slice(version.length).trim() ?? '';
  if (body === '') return '';
  const [, name] = /^# (@putlogs\/\w+)$/m.exec(title) ?? [];
  return `${name === undefined ? '' : `## ${name}\n\n`}${body}\n`;
}
