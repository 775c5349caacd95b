import { statSync } from 'node:fs';
import { posix } from 'node:path';

/**
 * Where a file of the repository is on the site: `docs/README.md` at `docs/index.md`, and TypeDoc's reference of an entry point
 * where the repository has the report of what it exports.
 * @param {string} file
 */
export function placeOf(file) {
  if (file === 'site/index.md') return 'index.md';
  if (file === 'README.md') return 'readme.md';
  return file
    .replace(/^site\/reference\/@putlogs\/(.*)$/, (_, module) => `api/${module.replace('/', '-')}`)
    .replace(/^api\/(.*)\.api\.md$/, 'api/$1.md')
    .replace(/(^|\/)README\.md$/, '$1index.md');
}

/**
 * The address on the site of what a page links to, both as paths in the repository.
 * @param {string} root the folder of the repository @param {string} page @param {string} link
 */
export function addressOf(root, page, link) {
  const [path, heading] = link.split('#');
  const file = posix.join(posix.dirname(page), path);
  const isFolder = statSync(posix.join(root, file), { throwIfNoEntry: false })?.isDirectory();
  const place = placeOf(isFolder ? posix.join(file, 'README.md') : file);
  const address = `/${place.replace(/(?:^|(?<=\/))index\.md$/, '')}`;
  return heading === undefined ? address : `${address}#${heading}`;
}
