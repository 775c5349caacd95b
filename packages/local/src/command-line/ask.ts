import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { isForLoopback } from '../http/browsers.js';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * GETs from a service, which may be in another container. It answers at a loopback name alone, since a browser names the
 * host that a page came from; this is no browser, and says so.
 */
export async function ask(address: string): Promise<Answer> {
  const url = new URL(address);
  const request = url.protocol === 'https:' ? overHttps : overHttp;
  const headers = isForLoopback({ host: url.host }) ? {} : { host: 'localhost' };
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    })
      .on('error', reject)
      .end();
  });
}
