import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';

/** What came as the body of an answer. */
export interface Answer {
  readonly bytes: Uint8Array;
  /** Whether all of it came, and is a JSON object. */
  readonly isJson: boolean;
}

/** The service's answers take some hundred bytes. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** The same bounds what comes out: a megabyte unpacks to a gigabyte. */
const LIMIT = { maxOutputLength: MAX_ANSWER_BYTES };

type Decoder = (bytes: Buffer) => Promise<Buffer>;

const gunzipped = promisify<Buffer, typeof LIMIT, Buffer>(gunzip);
const inflated = promisify<Buffer, typeof LIMIT, Buffer>(inflate);
const rawInflated = promisify<Buffer, typeof LIMIT, Buffer>(inflateRaw);
const brotliDecompressed = promisify<Buffer, typeof LIMIT, Buffer>(brotliDecompress);

/** https://httpwg.org/specs/rfc9110.html#content.codings */
const DECODERS: Readonly<Record<string, Decoder>> = {
  identity: (bytes) => Promise.resolve(bytes),
  gzip: (bytes) => gunzipped(bytes, LIMIT),
  'x-gzip': (bytes) => gunzipped(bytes, LIMIT),
  // With a zlib header, as the specification says, or without, as some send it.
  deflate: (bytes) => inflated(bytes, LIMIT).catch(() => rawInflated(bytes, LIMIT)),
  br: (bytes) => brotliDecompressed(bytes, LIMIT),
};

/**
 * Reads an answer, and decodes it: nothing is asked for, but a proxy may encode it all the same. What is longer than 1 MiB is
 * cut off, with its connection. Never rejects.
 * @param codings the header `content-encoding`
 */
export async function readAnswer(body: Readable, codings = ''): Promise<Answer> {
  const chunks: Buffer[] = [];
  try {
    let length = 0;
    // What ends this loop early destroys the connection too.
    for await (const chunk of body) {
      length += chunk.length;
      if (length > MAX_ANSWER_BYTES) throw new Error(`an answer of more than ${MAX_ANSWER_BYTES} bytes`);
      chunks.push(chunk);
    }
    const bytes = await decode(Buffer.concat(chunks), codings);
    return { bytes, isJson: isJsonObject(bytes) };
  } catch {
    return { bytes: Buffer.concat(chunks), isJson: false };
  }
}

/** What was encoded last comes off first. */
async function decode(bytes: Buffer, codings: string): Promise<Buffer> {
  let decoded = bytes;
  for (const coding of codings.toLowerCase().split(',').reverse()) {
    const name = coding.trim() || 'identity';
    const decoder = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined;
    if (decoder === undefined) throw new Error(`an unknown coding: ${name}`);
    decoded = await decoder(decoded);
  }
  return decoded;
}

/** A call without a result may be answered with nothing at all. */
function isJsonObject(bytes: Buffer): boolean {
  if (bytes.length === 0) return true;
  const value: unknown = JSON.parse(bytes.toString());
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
