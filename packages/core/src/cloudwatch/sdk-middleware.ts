import { Readable } from 'node:stream';
import type { IdleTimer } from './idle-timers.js';
import type { RequestBody } from './request-body.js';
import { type ResponseBody, readResponseBody } from './response-body.js';
import type { ServiceClock } from './service-clock.js';

/** The part of the SDK's middleware stack that is used here. It fits the stack of any client or command. */
export interface MiddlewareStack {
  add(middleware: Middleware, options: { step: 'build'; name: string }): void;
  add(middleware: Middleware, options: { step: 'deserialize'; priority: 'low'; name: string }): void;
}

type Middleware = <A extends { request: unknown }, R extends object>(
  next: (args: A) => Promise<R>,
) => (args: A) => Promise<R>;

/** The SDK's HTTP request. */
interface HttpRequest {
  body: unknown;
  headers: Record<string, string>;
}

/** The SDK's HTTP response. */
interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  body: Readable | Uint8Array;
}

/** Makes the SDK sign and send this body instead of its own. */
export function replaceBody(stack: MiddlewareStack, { bytes, isGzipped }: RequestBody): void {
  stack.add(
    (next) => (args) => {
      const request = args.request as HttpRequest;
      request.body = bytes;
      request.headers['content-length'] = String(bytes.length);
      if (isGzipped) request.headers['content-encoding'] = 'gzip';
      return next(args);
    },
    { step: 'build', name: 'putlogsBodyMiddleware' },
  );
}

/**
 * Limits the silence while a signed request is sent and answered. Each piece of the request that the system takes restarts the
 * timer. The whole response must arrive within one period, so that a response that comes byte by byte cannot hold up a batch.
 * @param unreadable is called when the service took the request but the body of its response cannot be read
 */
export function superviseExchange(stack: MiddlewareStack, timer: IdleTimer, unreadable: () => void): void {
  stack.add(
    <A extends { request: unknown }, R extends object>(next: (args: A) => Promise<R>) =>
      async (args: A) => {
        const request = args.request as HttpRequest;
        timer.restart();
        if (request.body instanceof Uint8Array) request.body = inPieces(request.body, () => timer.restart());
        const result = await next(args);
        const { response } = result as R & { readonly response: HttpResponse };
        const { body, statusCode, headers } = response;
        if (!(body instanceof Readable)) return result;
        timer.restartWith(() => body.destroy());
        const received = await readResponseBody(body, headers['content-encoding']);
        if (statusCode === 200 && !received.isJson) unreadable();
        response.body = bytesForSdk(statusCode, received);
        return result;
      },
    { step: 'deserialize', priority: 'low', name: 'putlogsExchangeMiddleware' },
  );
}

/** Tells the service's clock the time of each response. It runs before the SDK turns a response into an error. */
export function sampleServiceClock(stack: MiddlewareStack, serviceClock: ServiceClock): void {
  stack.add(
    <A extends { request: unknown }, R extends object>(next: (args: A) => Promise<R>) =>
      async (args: A) => {
        const finishSample = serviceClock.startSample();
        const result = await next(args);
        const { headers } = (result as R & { readonly response: HttpResponse }).response;
        // Only the service returns a request id. The clock of a proxy on the way does not count.
        if (headers['x-amzn-requestid'] !== undefined && headers.date !== undefined)
          finishSample(headers.date);
        return result;
      },
    { step: 'deserialize', priority: 'low', name: 'putlogsServiceClockMiddleware' },
  );
}

/** The status 200 alone says that the request was taken. An unreadable body would make an error of it. */
function bytesForSdk(statusCode: number, { bytes, isJson }: ResponseBody): Uint8Array {
  return statusCode === 200 && !isJson ? new Uint8Array() : bytes;
}

/** At 2 KB a second, a piece takes less than ten seconds. */
const PIECE_BYTES = 16 * 1024;

/** @param taken is called when the system has taken a piece and wants another */
function inPieces(bytes: Uint8Array, taken: () => void): Uint8Array | Readable {
  return bytes.length <= PIECE_BYTES ? bytes : Readable.from(piecesOf(bytes, taken), { highWaterMark: 1 });
}

function* piecesOf(bytes: Uint8Array, taken: () => void): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    taken();
    yield bytes.subarray(start, start + PIECE_BYTES);
  }
}
