import { existsSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const TIMEOUT_MS = 60_000;
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where Chromium is, or Chrome; undefined where none is installed. TEST_BROWSER names it, and must not be wrong. */
export const findChromium = (): string | undefined =>
  process.env.TEST_BROWSER ?? PLACES.find((place) => existsSync(place));

/** A machine with Node and npm alone has no browser. */
export const browserTest = findChromium() === undefined ? test.serial.skip : test.serial;

/** Undefined where no Chromium is installed. */
export const launch = async (): Promise<Browser | undefined> => {
  const executablePath = findChromium();
  return executablePath === undefined ? undefined : chromium.launch({ executablePath, args: ARGUMENTS });
};

/** What a page did that it must not do. */
export interface Watched {
  readonly page: Page;
  /** Errors, and what the policy of the page forbade. */
  readonly complaints: string[];
  /** The addresses of its requests. */
  readonly requested: string[];
}

/** Opens an address in a browser profile of its own. */
export async function open(
  t: ExecutionContext,
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1_400, height: 850 }, ...options });
  t.teardown(() => context.close());
  context.setDefaultTimeout(TIMEOUT_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requested: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => requested.push(request.url()));
  await page.goto(address);
  return { page, complaints, requested };
}
