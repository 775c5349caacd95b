import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import type { Page } from 'playwright-core';
import { launch, open } from '../support/browser.js';
import { ROOT } from './pages.js';

const SITE = join(ROOT, 'site');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

const built = mkdtempSync(join(tmpdir(), 'putlogs-site-'));
const server = createServer(({ url = '/' }, response) => {
  const path = decodeURIComponent(new URL(url, 'http://site').pathname);
  const file = fileAt(path);
  response.statusCode = file === undefined ? 404 : 200;
  response.setHeader('content-type', TYPES[extname(file ?? '')] ?? 'application/octet-stream');
  response.end(file && readFileSync(file));
});
let address = '';
const browser = await launch();

/** As a web server finds it. */
function fileAt(path: string): string | undefined {
  const candidates = path.endsWith('/') ? [`${path}index.html`] : [path, `${path}.html`];
  return candidates.map((candidate) => join(built, candidate)).find((file) => existsSync(file));
}

test.before(async (t) => {
  t.timeout(300_000);
  const run = (program: string, ...args: string[]) =>
    // Without NODE_V8_COVERAGE and the like.
    promisify(execFile)(join(SITE, 'node_modules/.bin', program), args, {
      cwd: SITE,
      env: { PATH: process.env.PATH },
    });
  await run('typedoc');
  await run('vitepress', 'build', '--outDir', built);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
test.after.always(async () => {
  await browser?.close();
  server.close();
  rmSync(built, { recursive: true });
});

const pages = () =>
  readdirSync(built, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'));

test('each link of the site leads to a file of it, and to a heading in it', (t) => {
  const dead: string[] = [];
  for (const page of pages()) {
    for (const [, href = ''] of readFileSync(join(built, page), 'utf8').matchAll(
      /<a [^>]*?href="([^"]+)"/g,
    )) {
      const { origin, pathname, hash } = new URL(href.replaceAll('&amp;', '&'), `http://site/${page}`);
      if (origin === 'http://site' && !leadsSomewhere(decodeURIComponent(pathname), hash))
        dead.push(`${page}: ${href}`);
    }
  }
  t.true(pages().length > 50);
  t.deepEqual(dead, []);
});

function leadsSomewhere(path: string, hash: string): boolean {
  const file = fileAt(path);
  if (file === undefined) return false;
  return hash === '' || readFileSync(file, 'utf8').includes(`id="${decodeURIComponent(hash.slice(1))}"`);
}

test('llms.txt lists the pages of each section as Markdown', (t) => {
  const text = readFileSync(join(built, 'llms.txt'), 'utf8');
  t.regex(text, /^# putlogs\n\n> .+\n\n## Start\n\n- \[/);
  const files = Array.from(text.matchAll(/^- \[.+?\]\((\S+?)\): \S/gm), ([, file = '']) => file);
  t.true(files.length > 40);
  for (const file of files) t.regex(readFileSync(join(built, file), 'utf8'), /^##? /m, file);
});

const textOf = async (page: Page, place: string) => (await page.locator(place).first().textContent()) ?? '';

/** A test in a browser, which may ask no other host for anything and has nothing to complain about. */
function browserTest(
  title: string,
  path: string,
  run: (t: ExecutionContext, page: Page) => Promise<void>,
): void {
  test.serial(title, async (t) => {
    t.timeout(180_000);
    if (!browser) {
      t.log('No chromium is installed here.');
      t.pass();
      return;
    }
    const { page, complaints, requested } = await open(t, browser, `${address}${path}`);
    await page.waitForFunction("document.querySelector('#app').__vue_app__ !== undefined");
    await run(t, page);
    t.deepEqual(complaints, []);
    t.deepEqual(
      requested.filter((url) => !url.startsWith(`${address}/`) && !url.startsWith('data:')),
      [],
    );
  });
}

browserTest('the home page names the sections, and leads to the first page', '/', async (t, page) => {
  t.is(await page.title(), 'Pino and Winston transports for Amazon CloudWatch Logs | putlogs');
  t.deepEqual(await page.locator('.VPNavBarMenuLink').allInnerTexts(), [
    'Start',
    'Guides',
    'Examples',
    'Migrate',
    'Reference',
    'Project',
  ]);
  await page.getByRole('link', { name: 'Pino', exact: true }).click();
  await page.getByRole('heading', { name: 'Start with Pino' }).waitFor();
});

browserTest('the search finds SIGTERM', '/', async (t, page) => {
  await page.keyboard.press('Control+k');
  await page.locator('.VPLocalSearchBox input').fill('SIGTERM');
  const result = page.locator('.VPLocalSearchBox .result').first();
  await result.waitFor();
  t.regex(await textOf(page, '.VPLocalSearchBox .results'), /Shutdown/);
  await result.click();
  await page.locator('main h1').waitFor();
  t.regex(await textOf(page, 'main'), /SIGTERM/);
});

browserTest('dark mode is one click away, and stays', '/docs/pino.html', async (t, page) => {
  const isDark = () => page.locator('html.dark').count();
  t.is(await isDark(), 0);
  await page.locator('.VPNavBarAppearance button').click();
  t.is(await isDark(), 1);
  await page.reload();
  t.is(await isDark(), 1);
});

browserTest(
  'code is highlighted, and a placeholder in braces stays text',
  '/docs/routing.html',
  async (t, page) => {
    const code = page.locator('.language-js').first();
    t.regex(await textOf(page, '.language-js code'), /^createStream\(/);
    t.true((await code.locator('span[style*="--shiki-dark"]').count()) > 3);
    t.true((await page.locator('main code', { hasText: '{service}' }).count()) > 0);
  },
);

browserTest('the reference has what a package exports', '/api/pino.html', async (t, page) => {
  t.regex(await textOf(page, 'main'), /CloudWatchStream/);
});
