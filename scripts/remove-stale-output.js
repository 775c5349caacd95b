// Removes from `dist` of the packages that are not bundled the files whose source is gone: the compiler leaves them behind when a
// source is moved or deleted, and they would be published.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OUTPUT = /\.(?:d\.)?(c?)[jt]s$/;

/** What bundle.js of `local` writes. */
const BUNDLES = /^(?:mcp|page[/\\]assets)[/\\]/;

for (const name of ['local', 'cli']) {
  const folder = fileURLToPath(new URL(`../packages/${name}/`, import.meta.url));
  for (const file of readdirSync(join(folder, 'dist'), { recursive: true })) {
    const source = join(folder, 'src', file.replace(OUTPUT, '.$1ts'));
    if (OUTPUT.test(file) && !BUNDLES.test(file) && !existsSync(source)) rmSync(join(folder, 'dist', file));
  }
}
