import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { application } from './application.js';
import { buildWith } from './bundlers.js';
import { packages as ofRunners, RUNNERS } from './runners.js';
import { TRIALS, tryAll } from './trial.js';

const ALL = Object.keys(TRIALS);
const NODES = ['20.19.0', '22', '24', '26'];
const LOGGERS = [
  ['7.11.0', '3.8.0'],
  ['8', '3'],
  ['9', '3.8.0'],
  ['10', '3'],
];
const NEWEST = { pino: '10', winston: '3' };
const FORMATS = { 'ES modules': 'app.mjs', CommonJS: 'app.cjs' };

/** Each yields rows: a name, and a cell for each column. */
export const GROUPS = { node, managers, runtimes, runners, bundlers };

/** Not to be compiled: npm has the binaries. */
async function nodes(workshop, versions = NODES) {
  const kind = `${process.platform}-${process.arch}`;
  const names = versions.map((version) => [`node-${version.split('.')[0]}`, version]);
  const modules = await workshop.programs(
    `nodes-${versions.join('-')}`,
    Object.fromEntries(names.map(([name, version]) => [name, `npm:node-${kind}@${version}`])),
  );
  return names.map(([name]) => join(modules, name, 'bin', 'node'));
}

async function* node(workshop) {
  const programs = await nodes(workshop);
  for (const [pino, winston] of LOGGERS) {
    const cwd = await workshop.project(`pino-${pino}`, { pino, winston });
    for (const program of programs) {
      const file = Object.values(FORMATS)[programs.indexOf(program) % 2];
      const version = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim().slice(1);
      const name = `Node ${version}, Pino ${versionIn(cwd, 'pino')}, Winston ${versionIn(cwd, 'winston')}, ${file}`;
      yield [name, await tryAll(ALL, [program, file], { cwd })];
    }
  }
}

async function* managers(workshop) {
  const programs = await workshop.programs('yarn', { '@yarnpkg/cli-dist': '4' });
  const yarn4 = [process.execPath, join(programs, '@yarnpkg/cli-dist/bin/yarn.js')];
  const tools = {
    npm: [{}, []],
    pnpm: [{ install: ['npx', '-y', 'pnpm@12', 'install', '--silent'] }, []],
    'Yarn 1': [{ install: ['npx', '-y', 'yarn@1', 'install', '--silent'] }, []],
    'Yarn 4, Plug’n’Play': [
      {
        install: [...yarn4, 'install'],
        files: { '.yarnrc.yml': 'enableGlobalCache: false\n', 'yarn.lock': '' },
      },
      [...yarn4, 'node'],
    ],
  };
  for (const [tool, [options, runner]] of Object.entries(tools)) {
    const cwd = await workshop.project(tool.replaceAll(/\W+/g, '-'), NEWEST, options);
    const command = runner.length === 0 ? [process.execPath] : runner;
    for (const [format, file] of Object.entries(FORMATS))
      yield [`${tool}, ${format}`, await tryAll(ALL, [...command, file], { cwd })];
  }
}

async function* runtimes(workshop) {
  const files = { 'remedied.mjs': `${application('esm')}${remedy()}` };
  const cwd = await workshop.project('runtimes', { ...NEWEST, bun: '1', deno: '2' }, { files });
  const programs = { bun: ['run'], deno: ['run', '-A', '--quiet'] };
  for (const [name, args] of Object.entries(programs)) {
    const program = join(cwd, 'node_modules', '.bin', name);
    const label = `${name === 'bun' ? 'Bun' : 'Deno'} ${versionIn(cwd, name)}`;
    const options = { cwd, env: { NO_COLOR: '1' } };
    yield [label, await tryAll(ALL, [program, ...args, 'app.mjs'], options)];
    if (name === 'deno')
      yield [
        `${label}, with the listener below`,
        await tryAll(ALL, [program, ...args, 'remedied.mjs'], options),
      ];
  }
}

/** What docs/platforms.md advises for Deno. */
function remedy() {
  const page = readFileSync(new URL('../../docs/platforms.md', import.meta.url), 'utf8');
  const [, code] = /^## Bun and Deno$.*?^```js\n(.+?)^```$/ms.exec(page);
  return code;
}

async function* runners(workshop) {
  const files = Object.fromEntries(RUNNERS.map(({ file, test }) => [file, test]));
  const cwd = await workshop.project('runners', { ...NEWEST, ...ofRunners }, { files });
  const columns = ['createStream', 'pino.transport', 'Winston', 'in-process'];
  for (const { label, run, file } of RUNNERS)
    yield [label, await tryAll(columns, run(cwd, file), { cwd, isRunner: true })];
}

async function* bundlers(workshop) {
  const cwd = await workshop.project('bundlers', { ...NEWEST, ...buildWith.packages });
  const [node26] = await nodes(workshop, ['26']);
  const built = [];
  for (const [name, { build, file, run = [process.execPath] }] of Object.entries(buildWith.recipes)) {
    const out = join(workshop.folder, 'built', name.replaceAll(/\W+/g, '-'));
    mkdirSync(out, { recursive: true });
    await build({ cwd, out, node26 });
    writeFileSync(join(out, 'package.json'), '{}');
    built.push([name, out, file, run]);
  }
  renameSync(join(cwd, 'node_modules'), join(cwd, 'node_modules-away'));
  for (const [name, out, file, run] of built) {
    const elsewhere = join(workshop.folder, 'deployed', name.replaceAll(/\W+/g, '-'));
    cpSync(out, elsewhere, { recursive: true });
    const command = run.length === 0 ? [join(elsewhere, file)] : [...run, file];
    yield [name, await tryAll(ALL, command, { cwd: elsewhere })];
  }
}

function versionIn(folder, name) {
  const script = `process.stdout.write(require('./node_modules/${name}/package.json').version)`;
  return execFileSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' });
}
