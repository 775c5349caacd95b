import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { isShape } from '../operations/members.js';
import { MAX_SKEW_MINUTES } from '../operations/rules.js';
import { invalidSignature, Refusal, unreadable } from '../refusal/refusal.js';
import { EVENT_STREAM } from './event-stream.js';
import { toJson } from './json.js';

/**
 * awsJson1_1 over HTTP (https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html). Of Signature Version 4 the
 * form is checked, but not the signature itself.
 */
export const AWS_JSON = 'application/x-amz-json-1.1';
const TARGET_PREFIX = 'Logs_20140328.';

/** Before and after decompression. With JSON's escapes, a full batch takes about 7 MiB at most. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** An HTTP answer. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer of the service itself: only these have a request id. */
export function serviceReply(status: number, content: object): Reply {
  return {
    status,
    headers: { 'content-type': AWS_JSON, 'x-amzn-requestid': randomUUID() },
    body: toJson(content),
  };
}

/** Sets the headers of an answer of the service that is an event stream. */
export const streamHead = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, { 'content-type': EVENT_STREAM, 'x-amzn-requestid': randomUUID() });

/** An answer that is not from the service itself. */
export const jsonReply = (status: number, content: unknown): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: toJson(content),
});

/** An answer to somebody who reads it in a browser. */
export const textReply = (status: number, body: string): Reply => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
});

/** Sets the headers. They are sent with the first bytes of the body, or by `flushHeaders`. */
export const head = (response: ServerResponse, { status, headers, body }: Reply): ServerResponse =>
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });

export function write(response: ServerResponse, reply: Reply): void {
  head(response, reply).end(reply.body);
}

/** The answer that the service was seen to give to a body over its limit: empty, without a request id. */
export const TOO_LARGE: Reply = { status: 413, headers: { 'content-type': 'text/plain' }, body: '' };

/** The body exceeds the limit, before or after decompression. */
export class TooLarge extends Error {}

/** A body as sent. `bytes` is empty when the body exceeds the limit. */
export interface Body {
  readonly bytes: Buffer;
  readonly wireBytes: number;
}

/** Reads a body to its end, so that the client can finish writing and read the answer. */
export async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let wireBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    wireBytes += chunk.length;
    if (wireBytes <= MAX_BODY_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  return { bytes: Buffer.concat(chunks), wireBytes };
}

/** The operation that the headers name. Throws when they are not those of awsJson1_1. */
export function operationOf(headers: IncomingHttpHeaders): string {
  const target = String(headers['x-amz-target']);
  if (!target.startsWith(TARGET_PREFIX)) throw unknownOperation(400);
  if (headers['content-type'] !== AWS_JSON) throw unreadable(`The content type is not ${AWS_JSON}.`);
  return target.slice(TARGET_PREFIX.length);
}

export const unknownOperation = (status: number): Refusal =>
  new Refusal('UnknownOperationException', 'The requested operation is not known.', status);

// https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html, "Add the signature to the request"
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=[^/,\s]+\/(\d{8})\/[a-z0-9-]+\/logs\/aws4_request,\s*SignedHeaders=([a-z0-9;-]+),\s*Signature=[0-9a-f]{64}$/;
const DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** Throws unless the request has the form of a signed one: for the service `logs`, and dated within minutes of `now`. */
export function checkSigned(headers: IncomingHttpHeaders, now: number): void {
  if (headers.authorization === undefined) {
    throw new Refusal('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const [, day, signed = ''] = AUTHORIZATION.exec(headers.authorization) ?? [];
  const date = String(headers['x-amz-date']);
  const at = parseDate(date);
  if (Number.isNaN(at) || day !== date.slice(0, 8) || !signed.split(';').includes('host')) {
    throw new Refusal(
      'IncompleteSignatureException',
      "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' of AWS4-HMAC-SHA256 for the service 'logs', and 'X-Amz-Date'.",
    );
  }
  checkSkew(at, now);
}

/** Throws when a signature is more than five minutes off. Its date has whole seconds, so `now` is rounded too. */
function checkSkew(at: number, now: number): void {
  const second = Math.floor(now / 1_000) * 1_000;
  const limit = (bound: number, sign: string): string =>
    `${formatDate(bound)} (${formatDate(second)} ${sign} ${MAX_SKEW_MINUTES} min.)`;
  const earliest = second - MAX_SKEW_MINUTES * 60_000;
  const latest = second + MAX_SKEW_MINUTES * 60_000;
  if (at < earliest) {
    throw invalidSignature(
      `Signature expired: ${formatDate(at)} is now earlier than ${limit(earliest, '-')}`,
    );
  }
  if (at > latest) {
    throw invalidSignature(
      `Signature not yet current: ${formatDate(at)} is still later than ${limit(latest, '+')}`,
    );
  }
}

/** The time of an x-amz-date; NaN when it is not valid. */
const parseDate = (date: string): number =>
  DATE.test(date) ? Date.parse(date.replace(DATE, '$1-$2-$3T$4:$5:$6Z')) : Number.NaN;

/** A time in the form of x-amz-date, such as `20150830T123600Z`. */
const formatDate = (time: number): string => new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '');

const unzip = promisify(gunzip);

/** The bytes of a body, decompressed. */
export async function unpack(
  { bytes: body, wireBytes }: Body,
  encoding: string | undefined,
): Promise<Buffer> {
  if (wireBytes > MAX_BODY_BYTES) throw new TooLarge();
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding !== 'gzip') throw unreadable(`The content encoding '${encoding}' is not supported.`);
  try {
    return await unzip(body, { maxOutputLength: MAX_BODY_BYTES });
  } catch (error) {
    if (isShape(error) && error.code === 'ERR_BUFFER_TOO_LARGE') throw new TooLarge();
    throw unreadable('The body is not gzip.');
  }
}
