import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Local } from '@putlogs/local';
import test, { type ExecutionContext } from 'ava';
import { fixturePath, runFixture, runProgram } from '../../support/child.js';
import { messages, optionsFor, startLocal } from '../../support/harness.js';
import { moduleFile } from '../../support/module-file.js';
import { openPipeline } from '../../support/pipeline.js';
import { WAYS } from '../../support/ways.js';

async function open(t: ExecutionContext, code: string, name?: string) {
  const local = await startLocal(t);
  const module = moduleFile(t, code, name);
  const pipeline = openPipeline(local, { module });
  pipeline.accept(Date.now(), 'hello');
  await pipeline.flush();
  const told = pipeline.reports.flatMap((report) => (report.kind === 'problem' ? [report.message] : []));
  return { module, told, texts: messages(local) };
}

const FORMAT = '() => "formatted"';

for (const [what, name, code] of [
  ['named exports of an ES module', 'a.mjs', `export const format = ${FORMAT};`],
  ['the default export of an ES module', 'a.mjs', `export default { format: ${FORMAT} };`],
  ['both', 'a.mjs', `export const filter = () => true; export default { format: ${FORMAT} };`],
  ['an ES module with "type": "module"', 'a.js', `export const format = ${FORMAT};`],
  ['exports of CommonJS', 'a.cjs', `exports.format = ${FORMAT};`],
  ['module.exports', 'a.cjs', `module.exports = { format: ${FORMAT} };`],
  [
    'module.exports that is its own default',
    'a.cjs',
    `exports.format = ${FORMAT}; exports.default = exports;`,
  ],
  [
    'CommonJS that was compiled from an ES module',
    'a.cjs',
    `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = { format: ${FORMAT} };`,
  ],
  [
    'an instance of a class, with a field of its own',
    'a.mjs',
    `class Base { format() { return this.text; } }
    class Logging extends Base { text = 'formatted'; }
    export default new Logging();`,
  ],
  [
    'an instance of a class in CommonJS',
    'a.cjs',
    `module.exports = new (class { text = 'formatted'; format() { return this.text; } })();`,
  ],
  [
    'methods, which keep their object',
    'a.mjs',
    `export default { format() { return this.logStreamName(); }, logStreamName() { return 'formatted'; } };`,
  ],
] as const) {
  test(`${what} can be loaded`, async (t) => {
    const { told, texts } = await open(t, code, name);
    t.deepEqual(told, []);
    t.deepEqual(texts, ['formatted']);
  });
}

for (const [what, code, said] of [
  [
    'a syntax error',
    'export const',
    /cannot be loaded\. Records are sent without it.* Correct it\. \(Unexpected/,
  ],
  ['an error', 'throw new Error("on purpose");', /cannot be loaded.*\(on purpose\)$/],
  ['an import that is not found', 'import "./nix.js";', /cannot be loaded.*Cannot find module/],
  [
    'await outside of functions',
    'await 1; export const format = () => "";',
    /cannot be loaded.* uses await outside/,
  ],
] as const) {
  test(`a module with ${what} is reported, and records are sent without it`, async (t) => {
    const { module, told, texts } = await open(t, code);
    t.is(told.length, 1);
    t.true(told[0]?.startsWith(`The module ${module} cannot be loaded`));
    t.regex(told[0] ?? '', said);
    t.deepEqual(texts, ['hello']);
  });
}

for (const [code, said] of [
  [
    `export const fromat = 1, x = 2;`,
    /exports what has no meaning, and is ignored: fromat \(did you mean format\?\), x\./,
  ],
  [
    `export default () => true;`,
    /ignored: a default that is not an object\. A module may export credentials, .*, onReport\.$/,
  ],
  [`export default {};`, /exports nothing that is used\. A module may export/],
  [``, /exports nothing that is used/],
  [`export const format = 'text';`, /exports format as a string\. It is ignored: it must be a function\./],
  [`export default { onReport: null };`, /exports onReport as null\. It is ignored/],
  [
    `export const requestHandler = class {};`,
    /exports requestHandler as a function\. .* it must be an object\./,
  ],
] as const) {
  test(`a module of ${code || 'nothing'} is reported`, async (t) => {
    const { told, texts } = await open(t, code);
    t.is(told.length, 1);
    t.regex(told[0] ?? '', said);
    t.deepEqual(texts, ['hello']);
  });
}

test('what a module exports rightly is used beside what it exports wrongly', async (t) => {
  const { told, texts } = await open(t, `export const format = ${FORMAT}, fliter = 1, onReport = 2;`);
  t.is(told.length, 2);
  t.deepEqual(texts, ['formatted']);
});

for (const [way, setUp] of WAYS) {
  test.serial(
    `${way}: a module that cannot be loaded is reported, and records are sent without it`,
    async (t) => {
      const local = await startLocal(t);
      const module = moduleFile(t, 'throw new Error("on purpose");');
      const logging = setUp({ ...optionsFor(local), module });
      logging.log('hello');
      await logging.flush();
      t.is(messages(local).length, 1);
      t.true(logging.reports.some((report) => report.kind === 'problem' && report.code === 'module'));
      await logging.close();
    },
  );
}

/** Runs the application with a module, in some other folder. */
function runApp(t: ExecutionContext, local: Local, logger: string, module: string) {
  const cwd = mkdtempSync(join(tmpdir(), 'putlogs-cwd-'));
  t.teardown(() => rmSync(cwd, { recursive: true }));
  return runFixture(local, 'app.js', [logger, 'natural end', '3'], { cwd, env: { PUTLOGS_MODULE: module } });
}

const LOGGERS = ['pino', 'pino stream', 'pino in-process', 'winston', 'winston in-process'];

for (const logger of LOGGERS) {
  test(`${logger}: PUTLOGS_MODULE is relative to the main script`, async (t) => {
    const local = await startLocal(t);
    const { code, stderr } = await runApp(t, local, logger, './logging.js');
    t.is(stderr, '');
    t.is(code, 0);
    t.deepEqual(messages(local), ['formatted record 1', 'formatted record 2']);
  });

  test(`${logger}: a module that does not exist is a ConfigError that says where it was looked for`, async (t) => {
    const local = await startLocal(t);
    const { code, stderr } = await runApp(t, local, logger, './nix.js');
    t.is(code, 1);
    t.true(
      stderr.includes(
        `'./nix.js' (in PUTLOGS_MODULE), which is not found in ${dirname(fixturePath('app.js'))}`,
      ),
      stderr,
    );
    t.is(messages(local).length, 0);
  });
}

test('a file URL and a path without its extension lead to a module too', async (t) => {
  const local = await startLocal(t);
  for (const name of [pathToFileURL(fixturePath('logging.js')).href, './logging'])
    t.is((await runApp(t, local, 'winston', name)).stderr, '');
  t.deepEqual(messages(local), [
    'formatted record 1',
    'formatted record 2',
    'formatted record 1',
    'formatted record 2',
  ]);
});

for (const logger of ['pino stream', 'winston']) {
  test.serial(
    `${logger}: a module that ends its thread when it is loaded does not end the application; records are told as lost at the end`,
    async (t) => {
      const local = await startLocal(t);
      const module = moduleFile(t, 'process.exit(3);');
      const { code, stderr } = await runApp(t, local, logger, module);
      t.is(code, 0, stderr);
      t.deepEqual(messages(local), []);
      t.regex(stderr, /^putlogs: worker: The worker thread did not start: it was loading the module/m);
      t.regex(stderr, /^putlogs: worker: The worker thread ended .*3 events were lost\.$/m);
    },
  );
}

const MAIN = `
const { resolveConfig } = require(${JSON.stringify(corePath())});
process.stdout.write(resolveConfig({ logGroupName: '/test/app' }).module);
`;

function corePath(): string {
  return new URL(import.meta.resolve('@putlogs/core/main-thread')).pathname;
}

for (const [what, script, file, module, found] of [
  ['a package', 'main.cjs', 'main.cjs', 'logging', 'node_modules/logging/index.js'],
  ['a file of a package', 'main.cjs', 'main.cjs', '@my/logging/file.js', 'node_modules/@my/logging/file.js'],
  ['a path, if the main script is a folder', '.', 'index.js', './logging.js', 'logging.js'],
  ['a path, if the main script has no extension', './index', 'index.js', './logging.js', 'logging.js'],
  [
    'a path, if a tool is the main script',
    'node_modules/tool/bin.js',
    'node_modules/tool/bin.js',
    './logging.js',
    'logging.js',
  ],
] as const) {
  test(`${what} is found from the main script`, async (t) => {
    const local = await startLocal(t);
    const app = mkdtempSync(join(tmpdir(), 'putlogs-app-'));
    t.teardown(() => rmSync(app, { recursive: true }));
    for (const [path, text] of [
      [file, MAIN],
      [found, 'exports.format = String;'],
    ] as const) {
      mkdirSync(dirname(join(app, path)), { recursive: true });
      writeFileSync(join(app, path), text);
    }
    const { stdout, stderr } = await runProgram(local, script, [], {
      cwd: app,
      env: { PUTLOGS_MODULE: module },
    });
    t.is(stdout, join(app, found), stderr);
  });
}
