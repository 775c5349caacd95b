// Writes into dist what the packages publish, from what the compiler wrote into build: bundles of few files for `import` and
// for `require`, and the types for both. With --source-maps each bundle has one beside it, which it does not name.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { textIn } from './packages/text-in.js';

/**
 * The files that others load: entry points, and what our own code loads by its path. `threads`: what each thread of a process
 * begins with.
 */
const PACKAGES = {
  core: {
    entries: ['index', 'main-thread', 'internal', 'channel/putlogs-worker', 'pipeline/pipeline'],
    threads: { application: ['main-thread'], worker: ['channel/putlogs-worker', 'index'] },
  },
  pino: { entries: ['index', 'main-thread', 'internal'], threads: {} },
  winston: { entries: ['index', 'internal'], threads: {} },
};
const PUBLIC = ['index', 'main-thread'];
const FORMATS = { es: 'js', cjs: 'cjs' };

/** The paths of our own declarations in a declaration. */
const RELATIVE = /(?<=\b(?:from |import |import\()['"])\.[^'"]+\.js(?=['"])/g;

/** How our own code names files that it does not import. */
const NAMES = ["'./putlogs-worker.js'", "'#putlogs/pipeline.js'"];

/** What an ES module imports of CommonJS. As it stands, a CommonJS declaration would need the option `esModuleInterop`. */
const COMMONJS_IMPORT = /^import (\w+)(?:, (\{.*\}))? from ('(?:logform|winston-transport)');$/gm;

const sourcemap = process.argv.includes('--source-maps') ? 'hidden' : false;
for (const [name, { entries, threads }] of Object.entries(PACKAGES)) {
  const folder = fileURLToPath(new URL(`../packages/${name}/`, import.meta.url));
  const bundles = await Promise.all(
    Object.keys(FORMATS).map((format) => bundle(folder, entries, threads, format)),
  );
  const types = typesOf(
    folder,
    PUBLIC.filter((entry) => entries.includes(entry)),
  );
  put(join(folder, 'dist'), new Map([...bundles.flat(), ...types]));
}

/** @returns each file with its contents */
async function bundle(folder, entries, threads, format) {
  const build = join(folder, 'build');
  const inputs = entries.map((entry) => [basename(entry), join(build, `${entry}.js`)]);
  const scripts = new Map();
  const input = await rolldown({
    cwd: folder,
    input: Object.fromEntries(inputs),
    platform: 'node',
    external: /^[^./]/,
    preserveEntrySignatures: 'allow-extension',
    plugins: [commonJsFiles(scripts), ...(format === 'cjs' ? [commonJsNames()] : [])],
  });
  const { output } = await input.generate({
    format,
    sourcemap,
    exports: 'named',
    dynamicImportInCjs: false,
    comments: false,
    entryFileNames: `[name].${FORMATS[format]}`,
    chunkFileNames: `chunk-[name].${FORMATS[format]}`,
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ name: chunkNames(build, threads), debugName: 'threads' }],
    },
  });
  await input.close();
  return [...output.map((file) => [file.fileName, file.code ?? file.source]), ...scripts];
}

/** What is CommonJS already, because it requires the AWS SDK, stays a file of its own, which both formats load. */
function commonJsFiles(scripts) {
  return {
    name: 'commonjs-files',
    resolveId(id, importer) {
      if (!/^\..*\.cjs$/.test(id)) return;
      const name = basename(id);
      scripts.set(name, readFileSync(resolve(dirname(importer), id), 'utf8'));
      return { id: `./${name}`, external: true };
    },
  };
}

function commonJsNames() {
  const handler = (code) => ({
    code: NAMES.reduce((text, name) => text.replaceAll(name, name.replace(/js'/, "cjs'")), code),
    map: null, // the lines stay the same
  });
  return { name: 'commonjs-names', transform: { filter: { code: NAMES }, handler } };
}

/**
 * What both the application's thread and the worker load goes into one chunk, and what only one of them loads into another: else
 * there would be a chunk for each set of entry points that share a module.
 */
function chunkNames(build, threads) {
  let files;
  return (id, context) => {
    files ??= Object.entries(threads).map(([name, entries]) => [name, filesOf(build, entries, context)]);
    if (context.getModuleInfo(id)?.isEntry) return null;
    const names = files.filter(([, own]) => own.has(id)).map(([name]) => name);
    return names.length > 1 ? 'shared' : (names[0] ?? null);
  };
}

/** All that is loaded with these entry points. */
function filesOf(build, entries, context) {
  const files = new Set(entries.map((entry) => join(build, `${entry}.js`)));
  for (const id of files) for (const other of context.getModuleInfo(id)?.importedIds ?? []) files.add(other);
  return files;
}

/** The declarations that the entry points lead to: as the compiler wrote them, and the same for CommonJS. */
function typesOf(folder, entries) {
  const found = new Set(entries.map((entry) => `${entry}.d.ts`));
  const types = [];
  for (const file of found) {
    const text = readFileSync(join(folder, 'build', file), 'utf8');
    for (const [path] of text.matchAll(RELATIVE))
      found.add(join(dirname(file), path.replace(/\.js$/, '.d.ts')));
    const commonJs = text
      .replaceAll(RELATIVE, (path) => path.replace(/js$/, 'cjs'))
      .replaceAll(COMMONJS_IMPORT, (_, name, types, path) =>
        [`import ${name} = require(${path});`, ...(types ? [`import ${types} from ${path};`] : [])].join(
          '\n',
        ),
      );
    types.push([`types/${file}`, text], [`types/${file.replace(/ts$/, 'cts')}`, commonJs]);
  }
  return types;
}

/** Makes the folder hold these files and no others. Each is replaced at once, and only if it differs: programs may be running. */
function put(folder, files) {
  for (const [name, contents] of files) {
    const file = join(folder, name);
    if (textIn(file) === contents) continue;
    mkdirSync(dirname(file), { recursive: true });
    const temporary = `${file}.${process.pid}`;
    writeFileSync(temporary, contents);
    renameSync(temporary, file);
  }
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile() && !files.has(relative(folder, file).replaceAll(sep, '/'))) rmSync(file);
  }
}
