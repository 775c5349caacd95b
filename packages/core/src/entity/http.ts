import { request } from 'node:http';
import { clearTimeout, setTimeout } from 'node:timers';

interface Answer {
  readonly status: number;
  readonly text: string;
}

interface FetchOptions {
  readonly method?: 'GET' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the request. */
  readonly signal: AbortSignal;
}

/** Nobody is there, or nobody who says so: a packet that just vanishes, where others are refused. */
export class Unreached extends Error {
  override readonly name = 'Unreached';
}

/** Rejects when there is no whole answer. */
export type Fetch = (url: string, options: FetchOptions) => Promise<Answer>;

/** Where a packet to the metadata service just vanishes, nobody answers. */
const CONNECT_MS = 800;

/** What a metadata service says is short: whatever says more is none. */
const MAX_CHARACTERS = 64 * 1024;

/**
 * For the metadata services, which speak plain HTTP. Neither `fetch` nor @aws-sdk/ec2-metadata-service, since with both
 * a request that hangs keeps the process alive, and the latter cannot be aborted, asks for a token with each value, and
 * has no time-out unless told.
 */
export const httpFetch: Fetch = (url, { method = 'GET', headers, signal }) =>
  new Promise((resolve, reject) => {
    const call = request(url, { method, headers: { ...headers }, signal, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MAX_CHARACTERS) response.destroy(new Error('the answer is too long'));
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.on('socket', (socket) => {
      socket.unref();
      // While it connects, a socket keeps the process alive all the same.
      const tooLate = setTimeout(() => {
        if (socket.connecting) call.destroy(new Unreached('nobody is there'));
      }, CONNECT_MS).unref();
      socket.once('close', () => clearTimeout(tooLate));
    });
    call.end();
  });
