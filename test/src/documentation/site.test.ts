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
import { browserTest, launch, open } from '../support/browser.js';
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
function siteTest(
  title: string,
  path: string,
  run: (t: ExecutionContext, page: Page) => Promise<void>,
): void {
  browserTest(title, async (t) => {
    t.timeout(180_000);
    if (!browser) throw new Error('No chromium is installed here.');
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

siteTest('the home page names the sections, and leads to the first page', '/', async (t, page) => {
  t.is(await page.title(), 'Pino and Winston transports for Amazon CloudWatch Logs | putlogs');
  t.deepEqual(await page.locator('.VPNavBarMenuLink').allInnerTexts(), [
    'Start',
    'Guides',
    'In depth',
    'Examples',
    'Migrate',
    'Reference',
    'Project',
  ]);
  await page.getByRole('link', { name: 'Pino', exact: true }).click();
  await page.getByRole('heading', { name: 'Start with Pino' }).waitFor();
});

siteTest('the search finds SIGTERM', '/', async (t, page) => {
  await page.keyboard.press('Control+k');
  await page.locator('.VPLocalSearchBox input').fill('SIGTERM');
  const result = page.locator('.VPLocalSearchBox .result').first();
  await result.waitFor();
  t.regex(await textOf(page, '.VPLocalSearchBox .results'), /Shutdown/);
  await result.click();
  await page.locator('main h1').waitFor();
  t.regex(await textOf(page, 'main'), /SIGTERM/);
});

siteTest('dark mode is one click away, and stays', '/docs/pino.html', async (t, page) => {
  const isDark = () => page.locator('html.dark').count();
  t.is(await isDark(), 0);
  await page.locator('.VPNavBarAppearance button').click();
  t.is(await isDark(), 1);
  await page.reload();
  t.is(await isDark(), 1);
});

siteTest('the home page can be read, in light and in dark mode', '/', async (t, page) => {
  const [light, dark] = [await look(page, 'light'), await look(page, 'dark')];
  for (const { width, height } of [light, dark]) t.deepEqual([width, height], [1_400, 850]);
  t.true(light.background > 200 && dark.background < 60, `${light.background}, ${dark.background}`);
  for (const { written } of [light, dark]) t.true(written > 0.02 && written < 0.5, String(written));
});

/** What a screenshot shows: the brightness of the most frequent colour, and the share of what stands out from it. */
async function look(page: Page, colorScheme: 'light' | 'dark'): Promise<Look> {
  await page.emulateMedia({ colorScheme });
  await page.locator(colorScheme === 'dark' ? 'html.dark' : 'html:not(.dark)').waitFor();
  const png = await page.screenshot({ animations: 'disabled' });
  return page.evaluate<Look>(`(${LOOK})('data:image/png;base64,${png.toString('base64')}')`);
}

interface Look {
  readonly width: number;
  readonly height: number;
  readonly background: number;
  readonly written: number;
}

/** In the browser, which can read a PNG. */
const LOOK = `async (url) => {
  const image = new Image();
  image.src = url;
  await image.decode();
  const { width, height } = image;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const pixels = new Array(256).fill(0);
  for (let i = 0; i < data.length; i += 4) pixels[Math.round((data[i] + data[i + 1] + data[i + 2]) / 3)]++;
  const background = pixels.indexOf(Math.max(...pixels));
  const written = pixels.filter((_, level) => Math.abs(level - background) > 40).reduce((a, b) => a + b, 0);
  return { width, height, background, written: written / (width * height) };
}`;

siteTest(
  'code is highlighted, and a placeholder in braces stays text',
  '/docs/routing.html',
  async (t, page) => {
    const code = page.locator('.language-js').first();
    t.regex(await textOf(page, '.language-js code'), /^import \{ createStream \} from/);
    t.true((await code.locator('span[style*="--shiki-dark"]').count()) > 3);
    t.true((await page.locator('main code', { hasText: '{service}' }).count()) > 0);
  },
);

siteTest('the reference has what a package exports', '/api/pino.html', async (t, page) => {
  t.regex(await textOf(page, 'main'), /CloudWatchStream/);
});
