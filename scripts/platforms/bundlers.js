import { execFileSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const WORKER = '@putlogs/core/worker';
const INPUT = { app: './app.mjs', 'putlogs-worker': WORKER };

/** See docs/frameworks-and-bundlers.md. */
const REQUIRE = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

/** What docs/frameworks-and-bundlers.md advises, and with which versions. */
export const buildWith = {
  packages: {
    esbuild: '0.28',
    rollup: '4',
    '@rollup/plugin-node-resolve': '16',
    '@rollup/plugin-commonjs': '29',
    '@rollup/plugin-json': '6',
    webpack: '5',
    '@rspack/core': '2',
    vite: '8',
    '@vercel/ncc': '^0.45.0',
  },
  recipes: {
    'esbuild, CommonJS': { build: esbuild('cjs'), file: 'app.cjs' },
    'esbuild, ES modules': { build: esbuild('esm'), file: 'app.mjs' },
    'esbuild, CommonJS, with the files of Pino': { build: esbuildWithPino, file: 'app.cjs' },
    'Rollup, CommonJS': { build: rollup('cjs'), file: 'app.cjs' },
    'Rollup, ES modules': { build: rollup('es'), file: 'app.mjs' },
    'Vite SSR': { build: vite, file: 'app.mjs' },
    'webpack, CommonJS': { build: webpack('webpack', 'cjs'), file: 'app.cjs' },
    'webpack, ES modules': { build: webpack('webpack', 'esm'), file: 'app.mjs' },
    'Rspack, CommonJS': { build: webpack('@rspack/core', 'cjs'), file: 'app.cjs' },
    'single executable of Node 26': { build: executable, file: 'app', run: [] },
    'ncc, and esbuild for the worker': { build: ncc, file: 'index.mjs' },
  },
};

/** What the project has installed, by Node's rules for `import()`. */
async function load(cwd, name) {
  const loaded = await import(pathToFileURL(createRequire(join(cwd, 'app.cjs')).resolve(name)).href);
  return loaded.default ?? loaded;
}

function esbuild(format, entryPoints = INPUT, banner = format === 'esm' ? REQUIRE : '') {
  return async ({ cwd, out }) => {
    const { build } = await load(cwd, 'esbuild');
    await build({
      absWorkingDir: cwd,
      entryPoints,
      bundle: true,
      platform: 'node',
      format,
      outdir: out,
      outExtension: { '.js': extensionOf(format) },
      logLevel: 'error',
      banner: { js: banner },
    });
  };
}

/** Pino loads these by their names. See https://github.com/pinojs/pino/blob/main/docs/bundling.md */
const OF_PINO = {
  'thread-stream-worker': 'thread-stream/lib/worker.js',
  'pino-worker': 'pino/lib/worker.js',
  'pino/file': 'pino/file.js',
  '@putlogs/pino': '@putlogs/pino',
};

async function esbuildWithPino(options) {
  const names = Object.keys(OF_PINO);
  const paths = names.map((name) => `'${name}': require('node:path').join(__dirname, '${name}.cjs')`);
  const banner = `globalThis.__bundlerPathsOverrides = { ${paths.join(', ')} };`;
  await esbuild('cjs', { ...INPUT, ...OF_PINO }, banner)(options);
}

function rollup(format) {
  return async ({ cwd, out }) => {
    const [nodeResolve, commonjs, json] = await Promise.all(
      ['node-resolve', 'commonjs', 'json'].map((name) => load(cwd, `@rollup/plugin-${name}`)),
    );
    const { rollup: bundle } = await load(cwd, 'rollup');
    const resolve = nodeResolve({ rootDir: cwd, preferBuiltins: true, exportConditions: ['node'] });
    const input = { ...INPUT, app: join(cwd, INPUT.app) };
    const built = await bundle({ input, plugins: [resolve, commonjs(), json()], onLog: () => undefined });
    const extension = extensionOf(format);
    const names = { entryFileNames: `[name]${extension}`, chunkFileNames: `[name]-[hash]${extension}` };
    await built.write({ dir: out, format, ...names });
  };
}

async function vite({ cwd, out }) {
  const { build } = await load(cwd, 'vite');
  await build({
    root: cwd,
    configFile: false,
    logLevel: 'error',
    build: { ssr: true, outDir: out, minify: false, rollupOptions: { input: INPUT } },
    ssr: { noExternal: true },
  });
}

function webpack(name, format) {
  return async ({ cwd, out }) => {
    const bundle = await load(cwd, name);
    const isModule = format === 'esm';
    const configuration = {
      context: cwd,
      mode: 'production',
      optimization: { minimize: false },
      target: 'node20',
      entry: INPUT.app,
      output: { path: out, filename: `app${extensionOf(format)}`, module: isModule },
      experiments: { outputModule: isModule },
    };
    await new Promise((resolve, reject) => {
      bundle(configuration, (error, stats) => {
        if (error || stats.hasErrors()) reject(error ?? new Error(stats.toString('errors-only')));
        else resolve();
      });
    });
  };
}

/** Node 26 builds the executable itself. */
async function executable({ cwd, out, node26 }) {
  await esbuild('cjs')({ cwd, out });
  const configuration = join(out, 'executable.json');
  const [main, output] = [join(out, 'app.cjs'), join(out, 'app')];
  writeFileSync(configuration, JSON.stringify({ main, output, disableExperimentalSEAWarning: true }));
  execFileSync(node26, ['--build-sea', configuration], { stdio: ['ignore', 'ignore', 'inherit'] });
  renameSync(main, join(out, 'not-needed.cjs'));
}

async function ncc({ cwd, out }) {
  const program = join(cwd, 'node_modules', '.bin', 'ncc');
  execFileSync(program, ['build', INPUT.app, '-o', out], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  await esbuild('esm', { 'putlogs-worker': WORKER })({ cwd, out });
}

function extensionOf(format) {
  return format === 'cjs' ? '.cjs' : '.mjs';
}
