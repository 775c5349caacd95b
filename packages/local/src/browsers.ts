import type { IncomingHttpHeaders } from 'node:http';

/**
 * Any page that is open in a browser of this machine can send requests here, and a page that has a name of its own lead
 * to 127.0.0.1 (DNS rebinding) can read the answers. Nothing here is meant for a browser, and one tells that it is one:
 * by `Origin`, but for a GET of the page's own site, and by `Sec-Fetch-…`, but for a site of plain HTTP that is not of
 * this machine by its name.
 */
export const isFromBrowser = (headers: IncomingHttpHeaders): boolean =>
  Object.entries(headers).some(
    // Node's own fetch sends this one, and no other.
    ([name, value]) =>
      name === 'origin' ||
      (name.startsWith('sec-fetch-') && !(name === 'sec-fetch-mode' && value === 'cors')),
  );

/** Names of this machine only: a page cannot change the Host that the browser sends, which is its own name. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/** What a GET of a rebound page lacks, which says nothing else of where it comes from. */
export const isForLoopback = (headers: IncomingHttpHeaders): boolean => LOOPBACK.test(headers.host ?? '');
