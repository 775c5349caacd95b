import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { browserTest, launch, open, type Watched } from '../../support/browser.js';
import { type Bench, bench, NOW } from '../support.js';

const BUNDLE = fileURLToPath(new URL('../bundle.js', import.meta.resolve('@putlogs/local')));

let browser: Browser | undefined;
test.before(async () => {
  await promisify(execFile)(process.execPath, [BUNDLE]);
  browser = await launch();
});
test.after.always(() => browser?.close());

/** A test in a browser, which opens the page of a service with the group `g`. */
export function pageTest(
  title: string,
  run: (t: ExecutionContext, page: Page, made: Bench, watched: Watched) => Promise<void>,
  settings: {
    readonly options?: BrowserContextOptions;
    readonly service?: object;
    /** Whether the browser has reason to complain. */
    readonly isComplaining?: boolean;
  } = {},
): void {
  browserTest(title, async (t) => {
    t.timeout(180_000);
    if (!browser) throw new Error('No chromium is installed here.');
    const made = await bench(t, settings.service);
    const watched = await open(t, browser, made.local.endpoint, settings.options);
    await run(t, watched.page, made, watched);
    t.deepEqual(settings.isComplaining ? [] : watched.complaints, []);
  });
}

export const ENTITY = {
  keyAttributes: { Type: 'Service', Name: 'checkout', Environment: 'ecs:prod' },
  attributes: { PlatformType: 'AWS::ECS', Host: 'db7' },
};

export const pino = (fields: object): string => JSON.stringify({ level: 30, time: NOW, ...fields });

/** Puts messages, a millisecond apart. */
export const put = (made: Bench, messages: readonly string[], more: object = {}) =>
  made.put({ logEvents: messages.map((message, index) => ({ timestamp: NOW + index, message })), ...more });

export const rows = (page: Page) => page.locator('.row.event');
export const rowWith = (page: Page, text: string) => rows(page).filter({ hasText: text });
export const ofMessage = (page: Page) => page.locator('.row.event .message').allInnerTexts();

/** Waits until the page shows so many events of all. */
export const shows = (page: Page, found: number, all: number) =>
  page
    .locator('.result')
    .filter({ hasText: `${found.toLocaleString('en-US')} of ${all.toLocaleString('en-US')}` })
    .waitFor();

/** Four records, of which two are of one trace. */
export const ORDERS = [
  pino({ msg: 'order placed', path: '/orders/1', status: 200 }),
  pino({
    level: 50,
    msg: 'payment failed',
    path: '/orders/2',
    status: 503,
    trace_id: 'abc123',
    user: { id: 7 },
  }),
  pino({ level: 40, msg: 'retry', path: '/health', status: 503, trace_id: 'abc123' }),
  'plain text',
];

export const textOf = async (place: Locator): Promise<string> => (await place.textContent()) ?? '';
