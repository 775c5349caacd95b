import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { parseJson, toJson } from './json.js';
import { isShape } from './members.js';
import { invalidSignature, Refusal, unreadable } from './refusal.js';
import { MAX_SKEW_MINUTES } from './rules.js';

/**
 * awsJson1_1 over HTTP (https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html) with the form, not the
 * mathematics, of Signature Version 4.
 */
export const AWS_JSON = 'application/x-amz-json-1.1';
const TARGET_PREFIX = 'Logs_20140328.';

/** On the wire and unpacked alike. JSON's escapes make at most some 7 MiB of a full batch. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** One answer, ready to be written. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer of the service itself: it alone has a request id. */
export function serviceReply(status: number, content: object): Reply {
  return {
    status,
    headers: { 'content-type': AWS_JSON, 'x-amzn-requestid': randomUUID() },
    body: toJson(content),
  };
}

/** An answer that is none of the service's. */
export const jsonReply = (status: number, content: unknown): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: toJson(content),
});

/** Sends the headers as soon as something of the body, or a flush, follows. */
export const head = (response: ServerResponse, { status, headers, body }: Reply): ServerResponse =>
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });

export function write(response: ServerResponse, reply: Reply): void {
  head(response, reply).end(reply.body);
}

/** What the service was seen to answer to a body over its limit: bare, without a request id. */
export const TOO_LARGE: Reply = { status: 413, headers: { 'content-type': 'text/plain' }, body: '' };

/** A body over the limit, packed or unpacked. */
export class TooLarge extends Error {}

/** A body as sent. `bytes` is empty when it is over the limit. */
export interface Body {
  readonly bytes: Buffer;
  readonly wireBytes: number;
}

/** Reads a body to its end, so that the client is not cut off while it writes. */
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

/** The name of the operation that the headers ask for. Throws unless they are awsJson1_1's. */
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

/** Throws unless the request looks signed, for the service `logs`, for the day of its x-amz-date, and about `now`. */
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

/** Throws when a signature is not of now, give or take five minutes. Its date has whole seconds, so now has too. */
function checkSkew(at: number, now: number): void {
  const second = Math.floor(now / 1_000) * 1_000;
  const words = (bound: number, sign: string): string =>
    `${formatDate(bound)} (${formatDate(second)} ${sign} ${MAX_SKEW_MINUTES} min.)`;
  const earliest = second - MAX_SKEW_MINUTES * 60_000;
  const latest = second + MAX_SKEW_MINUTES * 60_000;
  if (at < earliest) {
    throw invalidSignature(
      `Signature expired: ${formatDate(at)} is now earlier than ${words(earliest, '-')}`,
    );
  }
  if (at > latest) {
    throw invalidSignature(
      `Signature not yet current: ${formatDate(at)} is still later than ${words(latest, '+')}`,
    );
  }
}

/** The time of an x-amz-date; NaN for what is none. */
const parseDate = (date: string): number =>
  DATE.test(date) ? Date.parse(date.replace(DATE, '$1-$2-$3T$4:$5:$6Z')) : Number.NaN;

/** The time in the form of x-amz-date, such as `20150830T123600Z`. */
const formatDate = (time: number): string => new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '');

const unzip = promisify(gunzip);

/** The JSON value of a body. */
export async function decode(body: Body, encoding: string | undefined): Promise<unknown> {
  if (body.wireBytes > MAX_BODY_BYTES) throw new TooLarge();
  return parseJson(await unpack(body.bytes, encoding));
}

async function unpack(body: Buffer, encoding: string | undefined): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding !== 'gzip') throw unreadable(`The content encoding '${encoding}' is not supported.`);
  try {
    return await unzip(body, { maxOutputLength: MAX_BODY_BYTES });
  } catch (error) {
    if (isShape(error) && error.code === 'ERR_BUFFER_TOO_LARGE') throw new TooLarge();
    throw unreadable('The body is not gzip.');
  }
}
