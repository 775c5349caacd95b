import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse as parseHcl } from '@cdktn/hcl2json';
import test, { type ExecutionContext } from 'ava';
import { parseAllDocuments } from 'yaml';
import { PAGES, ROOT, type Snippet, snippetsOf } from './pages.js';

const TEST = fileURLToPath(new URL('../../', import.meta.url));
const TSC = join(ROOT, 'node_modules/.bin/tsc');

const snippets = PAGES.flatMap(snippetsOf);
const inLanguages = (...languages: string[]) =>
  snippets.filter(({ language }) => languages.includes(language));

/** How each language is checked, besides JavaScript and TypeScript, which are compiled. */
const CHECKS: Readonly<Record<string, (code: string) => unknown>> = {
  json: JSON.parse,
  yaml: checkYaml,
  sh: checkShell,
  hcl: (code) => parseHcl('snippet.tf', code),
};

/** Of these only a reader can say whether they are right. */
const UNCHECKED = ['', 'dockerfile', 'ini'];

for (const [title, languages, options] of [
  ['JavaScript', ['js'], { allowJs: true, checkJs: true }],
  ['TypeScript', ['ts', 'tsx'], { jsx: 'react-jsx', experimentalDecorators: true }],
] as const) {
  test(`each snippet of ${title} compiles against the packages`, async (t) => {
    t.deepEqual(await compile(t, inLanguages(...languages), options), []);
  });
}

test('a wrong name of an option does not compile', async (t) => {
  const code =
    "import { createStream } from '@putlogs/pino';\ncreateStream({ logGroupName: '/my/app', service_: 'x' });\n";
  const snippet = { page: 'a.md', line: 1, language: 'js', code };
  const errors = await compile(t, [snippet], { allowJs: true, checkJs: true });
  t.is(errors.length, 1);
  t.regex(errors[0] ?? '', /service_/);
});

test('each other snippet parses', async (t) => {
  const others = snippets.filter(({ language }) => language in CHECKS);
  t.true(others.length > 30);
  for (const { page, line, language, code } of others)
    await t.notThrowsAsync(async () => CHECKS[language]?.(code), `${page}:${line}`);
});

test('each snippet names its language', (t) => {
  const known = ['js', 'ts', 'tsx', ...Object.keys(CHECKS), ...UNCHECKED];
  t.deepEqual(
    snippets.filter(({ language }) => !known.includes(language)).map(({ page, line }) => `${page}:${line}`),
    [],
  );
});

/** @returns the errors */
function compile(t: ExecutionContext, own: readonly Snippet[], options: object): Promise<string[]> {
  // In this folder, so that the packages are found.
  const folder = mkdtempSync(join(TEST, 'build', 'snippets-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  cpSync(join(TEST, 'snippets'), folder, { recursive: true });
  for (const snippet of own) writeFileSync(join(folder, fileName(snippet)), snippet.code);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(configuration(options)));
  return new Promise((resolve) => {
    execFile(TSC, ['--project', folder], { maxBuffer: 1 << 24 }, (error, output) => {
      const lines = output.split('\n').filter((line) => line !== '');
      resolve(error && lines.length === 0 ? [String(error)] : lines);
    });
  });
}

/** As in the application of a user, who may be strict. */
function configuration(options: object): object {
  return {
    compilerOptions: {
      target: 'es2023',
      module: 'nodenext',
      moduleDetection: 'force',
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules/@types')],
      strict: true,
      noUncheckedIndexedAccess: true,
      noImplicitAny: false,
      skipLibCheck: true,
      noEmit: true,
      ...options,
    },
  };
}

/** Says where the snippet is. */
function fileName({ page, line, language, code }: Snippet): string {
  const isCommonJs = language === 'js' && /^const .*require\(/m.test(code);
  return `${page.replaceAll(/[/.]/g, '_')}-${line}.${isCommonJs ? 'cjs' : language.replace(/^js$/, 'mjs')}`;
}

function checkYaml(code: string): void {
  const [error] = parseAllDocuments(code).flatMap(({ errors }) => errors);
  if (error !== undefined) throw error;
}

function checkShell(code: string): void {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: code, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
