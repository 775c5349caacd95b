import { request } from 'node:http';
import { clearTimeout, setTimeout } from 'node:timers';

interface HttpResponse {
  readonly status: number;
  readonly text: string;
}

interface FetchOptions {
  /** Default: GET. */
  readonly method?: 'GET' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  /** Aborts the request. */
  readonly signal: AbortSignal;
}

/** No connection was made in time: packets are dropped, not refused. */
export class ConnectTimeoutError extends Error {
  override readonly name = 'ConnectTimeoutError';
}

/** Sends a request and reads the response. Rejects when there is no complete response. */
export type Fetch = (url: string, options: FetchOptions) => Promise<HttpResponse>;

/** Networks without a metadata service often drop the packets, and the system would try to connect for minutes. */
const CONNECT_TIMEOUT_MS = 800;

/** In characters. Metadata is short, so a longer response comes from something else. */
const MAX_RESPONSE_LENGTH = 64 * 1024;

/**
 * A client for metadata services, which use plain HTTP. Node's `fetch` and @aws-sdk/ec2-metadata-service keep the
 * process alive while a request hangs. The latter also cannot be aborted, requests a token for each value, and has no
 * timeout by default.
 */
export const httpFetch: Fetch = (url, { method = 'GET', headers, signal }) =>
  new Promise((resolve, reject) => {
    const call = request(url, { method, headers: { ...headers }, signal, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MAX_RESPONSE_LENGTH) response.destroy(new Error('the response is too long'));
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.on('socket', (socket) => {
      socket.unref();
      // A connecting socket keeps the process alive even after `unref`.
      const timeout = setTimeout(() => {
        if (socket.connecting) call.destroy(new ConnectTimeoutError('no connection was made in time'));
      }, CONNECT_TIMEOUT_MS).unref();
      socket.once('close', () => clearTimeout(timeout));
    });
    call.end();
  });
