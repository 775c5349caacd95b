import { Readable } from 'node:stream';
import type { IdleTimeout } from './idle-timeout.js';
import type { Body } from './request-body.js';
import { type Answer, readAnswer } from './response-body.js';

/** The stack of any command, as far as it is needed here. */
export interface Middlewares {
  add(middleware: Middleware, options: { step: 'build'; name: string }): void;
  add(middleware: Middleware, options: { step: 'deserialize'; priority: 'low'; name: string }): void;
}

type Middleware = <A extends { request: unknown }, R extends object>(
  next: (args: A) => Promise<R>,
) => (args: A) => Promise<R>;

/** What a middleware sees of the SDK's HTTP request. */
interface MutableRequest {
  body: unknown;
  headers: Record<string, string>;
}

/** The same of its HTTP response. */
interface MutableResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  body: Readable | Uint8Array;
}

/** The SDK signs and sends this body in place of its own. */
export function sendReady(middlewares: Middlewares, { bytes, gzipped }: Body): void {
  middlewares.add(
    (next) => (args) => {
      const request = args.request as MutableRequest;
      request.body = bytes;
      request.headers['content-length'] = String(bytes.length);
      if (gzipped) request.headers['content-encoding'] = 'gzip';
      return next(args);
    },
    { step: 'build', name: 'putlogsReadyBody' },
  );
}

/**
 * Watches over the way of a signed request to the service and back. Each piece of the request that the system takes is
 * a sign of life. The whole answer has to come within one limit, so that one that drips is no way to hold up a batch.
 * @param unreadable is called when the service took the request, and what else it says cannot be read
 */
export function watchExchange(middlewares: Middlewares, watch: IdleTimeout, unreadable: () => void): void {
  middlewares.add(
    <A extends { request: unknown }, R extends object>(next: (args: A) => Promise<R>) =>
      async (args: A) => {
        const request = args.request as MutableRequest;
        watch.restart();
        if (request.body instanceof Uint8Array) request.body = inPieces(request.body, () => watch.restart());
        const result = await next(args);
        const { response } = result as R & { readonly response: MutableResponse };
        const { body } = response;
        if (!(body instanceof Readable)) return result;
        watch.goOn(() => body.destroy());
        const answer = await readAnswer(body, response.headers['content-encoding']);
        if (response.statusCode === 200 && !answer.isJson) unreadable();
        response.body = bytesFor(response.statusCode, answer);
        return result;
      },
    { step: 'deserialize', priority: 'low', name: 'putlogsExchange' },
  );
}

/** What the SDK is to make of it: a 200 says by itself that the request was taken. */
function bytesFor(statusCode: number, { bytes, isJson }: Answer): Uint8Array {
  return statusCode === 200 && !isJson ? new Uint8Array() : bytes;
}

/** At 2 KB a second one takes less than ten seconds. */
const PIECE_BYTES = 16 * 1024;

/** @param taken is called when the system has taken a piece, and another is wanted */
function inPieces(bytes: Uint8Array, taken: () => void): Uint8Array | Readable {
  return bytes.length <= PIECE_BYTES ? bytes : Readable.from(piecesOf(bytes, taken), { highWaterMark: 1 });
}

function* piecesOf(bytes: Uint8Array, taken: () => void): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    taken();
    yield bytes.subarray(start, start + PIECE_BYTES);
  }
}
