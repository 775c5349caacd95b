// Bundles what is published with its libraries in it: the page into dist/page/assets, the MCP server, and what uses the engine of
// regular expressions. Type checks are the compiler's. Each file is replaced at once, since a service may be reading it.
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const inFolder = (path) => fileURLToPath(new URL(path, import.meta.url));
const ASSETS = inFolder('dist/page/assets/');
const SHARED = {
  ...{ absWorkingDir: inFolder('.'), write: false, bundle: true, metafile: true },
  ...{ minify: true, format: 'esm', logLevel: 'warning' },
};

const bundles = await Promise.all([
  build({
    ...SHARED,
    entryPoints: ['main.tsx', 'app.css'].map((file) => ({ in: inFolder(`page/${file}`), out: 'app' })),
    outdir: ASSETS,
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  }),
  build({
    ...SHARED,
    entryPoints: [inFolder('mcp/server.ts')],
    outfile: inFolder('dist/mcp/server.js'),
    platform: 'node',
    target: 'node20',
  }),
  build({
    ...SHARED,
    entryPoints: [inFolder('src/regex/linear-regex.ts')],
    outfile: inFolder('dist/regex/linear-regex.js'),
    target: 'es2022',
  }),
]);
for (const { path, contents } of bundles.flatMap(({ outputFiles }) => outputFiles)) replace(path, contents);
for (const file of ['index.html', 'icon.svg']) {
  replace(`${ASSETS}${file}`, readFileSync(inFolder(`page/${file}`)));
}
const folders = new Set(bundles.flatMap(({ metafile }) => Object.keys(metafile.inputs).flatMap(packageOf)));
replace(inFolder('dist/LICENSES-OF-LIBRARIES.txt'), [...folders].sort().map(licenseOf).join('\n'));

function replace(file, contents) {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, contents);
  renameSync(temporary, file);
}

/** The folder of the library that a bundled file is of. Our own files are of none. */
function packageOf(file) {
  const [, folder] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file) ?? [];
  return folder === undefined ? [] : [resolve(inFolder('.'), folder)];
}

function licenseOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8');
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
}
