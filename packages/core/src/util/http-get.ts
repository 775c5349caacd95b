import { request } from 'node:http';
import { clearTimeout, setTimeout } from 'node:timers';

interface Answer {
  readonly status: number;
  readonly text: string;
}

interface FetchOptions {
  readonly method?: 'GET' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  /** Aborts the request. */
  readonly signal: AbortSignal;
}

/** No connection was made in time: the packets were dropped, not refused. */
export class Unreached extends Error {
  override readonly name = 'Unreached';
}

/** Rejects when there is no complete answer. */
export type Fetch = (url: string, options: FetchOptions) => Promise<Answer>;

/** Where packets to the metadata service are dropped, no answer comes at all. */
const CONNECT_MS = 800;

/** Metadata is short. A longer answer comes from something else. */
const MAX_CHARACTERS = 64 * 1024;

/**
 * For metadata services, which use plain HTTP. With `fetch` and @aws-sdk/ec2-metadata-service a hanging request keeps the
 * process alive. The latter also cannot be aborted, requests a token for each value, and has no timeout by default.
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
      // A socket keeps the process alive while it connects, even after `unref`.
      const tooLate = setTimeout(() => {
        if (socket.connecting) call.destroy(new Unreached('nobody is there'));
      }, CONNECT_MS).unref();
      socket.once('close', () => clearTimeout(tooLate));
    });
    call.end();
  });
