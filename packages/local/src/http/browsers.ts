import type { IncomingHttpHeaders } from 'node:http';

/**
 * Any page open in a browser on this machine can send requests here. A page whose own name resolves to 127.0.0.1 (DNS
 * rebinding) can also read the answers. Browsers send `Origin` with every request except a GET or HEAD of the page's own
 * site, and `Sec-Fetch-…` with every request to a loopback name or over HTTPS.
 */
const isFromBrowser = (headers: IncomingHttpHeaders): boolean =>
  Object.entries(headers).some(
    // Node's fetch sends `sec-fetch-mode: cors`, but none of the others.
    ([name, value]) =>
      name === 'origin' ||
      (name.startsWith('sec-fetch-') && !(name === 'sec-fetch-mode' && value === 'cors')),
  );

/**
 * Whether a browser says that the page of this very service sends the request. A name that resolves to this machine is
 * not enough: the host must be a loopback name too.
 */
const isFromOwnPage = (headers: IncomingHttpHeaders): boolean => {
  const { host, origin, 'sec-fetch-site': site } = headers;
  return (
    isForLoopback(headers) &&
    (site === 'same-origin' || (site === undefined && origin !== undefined)) &&
    (origin === undefined || origin === `http://${host}`)
  );
};

/**
 * Whether a browser opens an address as a page of its own, from a link or as typed. It may: the page holds no data, and no
 * other page can show it in a frame.
 */
const isNavigation = (headers: IncomingHttpHeaders): boolean =>
  headers.origin === undefined &&
  headers['sec-fetch-mode'] === 'navigate' &&
  headers['sec-fetch-dest'] === 'document';

/** What a request is for: the service that SDKs use, its control interface, or the page. */
export type Target = 'service' | 'control' | 'page';

/** Whether a browser must not send this request. */
export function isRefused(headers: IncomingHttpHeaders, target: Target): boolean {
  if (!isFromBrowser(headers)) return false;
  if (target === 'service') return true;
  return !isFromOwnPage(headers) && !(target === 'page' && isNavigation(headers));
}

/** A page cannot change the Host header: the browser sends the page's own name. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/** False for a GET from a rebound page, which carries neither `Origin` nor `Sec-Fetch-…`. */
export const isForLoopback = (headers: IncomingHttpHeaders): boolean => LOOPBACK.test(headers.host ?? '');
