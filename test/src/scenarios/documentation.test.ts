import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { runProgram } from '../support/child.js';
import { startLocal } from '../support/harness.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Installed, or built; tests write files there meanwhile. */
const NOT_OURS = ['node_modules', 'build', 'dist', '.git'];

const PAGES = pagesIn('');

function pagesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.includes(entry.name) ? [] : pagesIn(path);
    return path.endsWith('.md') ? [path] : [];
  });
}

/** Their snippets are whole programs where they begin with an import. */
const QUICK_STARTS = [
  'README.md',
  ...['pino', 'winston', 'core'].map((name) => `packages/${name}/README.md`),
];

test('each link of a page leads to a file of the repository, and to a heading in it', (t) => {
  const links = PAGES.flatMap((page) =>
    Array.from(prose(page).matchAll(/\]\((?!https?:)([^)]+)\)/g), ([, link = '']) => ({ page, link })),
  );
  t.true(links.length > 50);
  t.deepEqual(
    links.filter(({ page, link }) => !leadsSomewhere(page, link)),
    [],
  );
});

test('the README of a package, which npm shows without the repository, has no relative links', (t) => {
  const readmes = PAGES.filter((page) => page.startsWith('packages'));
  t.is(readmes.length, 5);
  for (const page of readmes) t.notRegex(prose(page), /\]\((?!https?:|#)/, page);
});

test('the table of reports names each code, and no other', (t) => {
  const types = readFileSync(join(root, 'packages/core/src/reporting/report-types.ts'), 'utf8');
  const codes = Array.from(types.matchAll(/^ {2}\| '([a-z-]+)'/gm), ([, code]) => code);
  t.true(codes.length > 20);
  const [, table = ''] = readFileSync(join(root, 'docs/delivery.md'), 'utf8').split(
    '| `code` | what is wrong |',
  );
  const cells = Array.from(table.matchAll(/^\| (`[^|]*) \|/gm), ([, cell = '']) => cell);
  const named = cells.flatMap((cell) => Array.from(cell.matchAll(/`([a-z-]+)`/g), ([, code]) => code));
  t.deepEqual(named.toSorted(), codes.toSorted());
});

for (const page of QUICK_STARTS) {
  for (const [index, code] of programs(page).entries()) {
    test(`program ${index + 1} of ${page} runs, and what it logs arrives`, async (t) => {
      const local = await startLocal(t);
      // In this folder, so that it finds the packages.
      const folder = mkdtempSync(fileURLToPath(new URL('snippet-', import.meta.url)));
      t.teardown(() => rmSync(folder, { recursive: true }));
      const file = join(folder, 'snippet.mjs');
      writeFileSync(file, code);
      const { code: exitCode, stderr } = await runProgram(local, file);
      t.is(exitCode, 0, stderr);
      t.is(stderr, '');
      t.is(local.events('/my/app').length, code.match(/^(?:logger\.info|pipeline\.accept)\(/gm)?.length ?? 0);
    });
  }
}

function prose(page: string): string {
  return withoutCode(readFileSync(join(root, page), 'utf8'));
}

function programs(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  return Array.from(text.matchAll(/```js\n(import [\s\S]*?)```/g), ([, code = '']) => code);
}

function withoutCode(text: string): string {
  return text.replaceAll(/```[\s\S]*?```/g, '');
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', heading] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(root, target))) return false;
  return heading === undefined || headings(target).includes(heading);
}

/** As GitHub names them in links. */
function headings(page: string): string[] {
  return Array.from(prose(page).matchAll(/^#+ (.*)$/gm), ([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
