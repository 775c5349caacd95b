import { readFile } from 'node:fs/promises';
import { type Reply, textReply } from '../http/protocol.js';

/** The page and what it loads. `bundle.js` writes the files. */
const ASSETS: ReadonlyMap<string | undefined, readonly [file: string, type: string]> = new Map([
  ['/', ['index.html', 'text/html; charset=utf-8']],
  ['/_putlogs/page/app.js', ['app.js', 'text/javascript; charset=utf-8']],
  ['/_putlogs/page/app.css', ['app.css', 'text/css; charset=utf-8']],
  ['/_putlogs/page/icon.svg', ['icon.svg', 'image/svg+xml']],
]);

/** No inline code, no other site, no frame; and no text becomes markup, since no script may create any from text. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-cache',
};

/** Whether a path belongs to the page. */
export const isPagePath = (url: string | undefined): boolean => ASSETS.has(url?.split('?')[0]);

/** The answer to a GET of such a path. */
export async function pageReply(url: string | undefined): Promise<Reply> {
  const [file, type] = ASSETS.get(url?.split('?')[0]) ?? ['index.html', 'text/html; charset=utf-8'];
  try {
    const body = await readFile(new URL(`assets/${file}`, import.meta.url), 'utf8');
    return { status: 200, headers: { 'content-type': type, ...HEADERS }, body };
  } catch {
    return textReply(503, 'The page is not built. In the repository, run `npx -y pnpm@12 build`.\n');
  }
}
