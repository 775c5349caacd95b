import { readFileSync } from 'node:fs';

/** The packages that export something. */
const PACKAGES = ['pino', 'winston', 'core', 'local'];

/** Entry points for our own packages and tests alone. */
const NOT_PUBLIC = ['./internal', './worker'];

/**
 * What the packages promise to users.
 * @returns {{ folder: string, name: string, path: string, types: string }[]} `folder` in packages/, `name` for an import, `path`
 *   as package.json calls it, and the declarations in the folder
 */
export function entryPoints() {
  return PACKAGES.flatMap((folder) => {
    const file = new URL(`../../packages/${folder}/package.json`, import.meta.url);
    const { name, exports } = JSON.parse(readFileSync(file, 'utf8'));
    return Object.entries(exports)
      .filter(([path]) => !NOT_PUBLIC.includes(path))
      .map(([path, { types }]) => ({ folder, name: `${name}${path.slice(1)}`, path, types: types.slice(2) }));
  });
}
