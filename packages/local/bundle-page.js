// Bundles the page into dist/page/assets. Type checks are the compiler's. Each file is replaced at once, since a service may
// be reading it.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const inFolder = (path) => fileURLToPath(new URL(path, import.meta.url));
const ASSETS = inFolder('dist/page/assets/');

const { outputFiles } = await build({
  entryPoints: ['main.tsx', 'app.css'].map((file) => ({ in: inFolder(`page/${file}`), out: 'app' })),
  outdir: ASSETS,
  write: false,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  legalComments: 'inline',
  logLevel: 'warning',
});
mkdirSync(ASSETS, { recursive: true });
for (const { path, contents } of outputFiles) replace(basename(path), contents);
for (const file of ['index.html', 'icon.svg']) replace(file, readFileSync(inFolder(`page/${file}`)));

function replace(name, contents) {
  const temporary = `${ASSETS}${name}.${process.pid}`;
  writeFileSync(temporary, contents);
  renameSync(temporary, `${ASSETS}${name}`);
}
