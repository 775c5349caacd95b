import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';

/** The decoded body of a response. */
export interface ResponseBody {
  readonly bytes: Uint8Array;
  /** Whether the body is complete, and empty or a JSON object. */
  readonly isJson: boolean;
}

/** A response of the service takes a few hundred bytes. */
const MAX_RESPONSE_BYTES = 1024 * 1024;

/** The same limit after decompression, since a megabyte can expand to a gigabyte. */
const LIMIT = { maxOutputLength: MAX_RESPONSE_BYTES };

type Decoder = (bytes: Buffer) => Promise<Buffer>;

const gunzipAsync = promisify<Buffer, typeof LIMIT, Buffer>(gunzip);
const inflateAsync = promisify<Buffer, typeof LIMIT, Buffer>(inflate);
const inflateRawAsync = promisify<Buffer, typeof LIMIT, Buffer>(inflateRaw);
const brotliDecompressAsync = promisify<Buffer, typeof LIMIT, Buffer>(brotliDecompress);

/** https://httpwg.org/specs/rfc9110.html#content.codings */
const DECODERS: Readonly<Record<string, Decoder>> = {
  identity: (bytes) => Promise.resolve(bytes),
  gzip: (bytes) => gunzipAsync(bytes, LIMIT),
  'x-gzip': (bytes) => gunzipAsync(bytes, LIMIT),
  // With a zlib header, as the specification says, or without, as some servers send it.
  deflate: (bytes) => inflateAsync(bytes, LIMIT).catch(() => inflateRawAsync(bytes, LIMIT)),
  br: (bytes) => brotliDecompressAsync(bytes, LIMIT),
};

/**
 * Reads and decodes the body of a response. No encoding is requested, but a proxy may encode it all the same. After 1 MiB the
 * connection is closed. Never rejects.
 * @param codings the header `content-encoding`
 */
export async function readResponseBody(body: Readable, codings = ''): Promise<ResponseBody> {
  const chunks: Buffer[] = [];
  try {
    let length = 0;
    // Leaving this loop early also destroys the connection.
    for await (const given of body) {
      // A request handler of the user's may give texts.
      const chunk: Buffer = Buffer.isBuffer(given) ? given : Buffer.from(given);
      length += chunk.length;
      if (length > MAX_RESPONSE_BYTES)
        throw new Error(`the response is larger than ${MAX_RESPONSE_BYTES} bytes`);
      chunks.push(chunk);
    }
    const bytes = await decode(Buffer.concat(chunks), codings);
    return { bytes, isJson: isEmptyOrJsonObject(bytes) };
  } catch {
    return { bytes: Buffer.concat(chunks), isJson: false };
  }
}

/** Removes the codings in reverse order. */
async function decode(bytes: Buffer, codings: string): Promise<Buffer> {
  let decoded = bytes;
  for (const coding of codings.toLowerCase().split(',').reverse()) {
    const name = coding.trim() || 'identity';
    const decoder = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined;
    if (decoder === undefined) throw new Error(`unknown content coding: ${name}`);
    decoded = await decoder(decoded);
  }
  return decoded;
}

/** A call without a result may have an empty response. */
function isEmptyOrJsonObject(bytes: Buffer): boolean {
  if (bytes.length === 0) return true;
  const value: unknown = JSON.parse(bytes.toString());
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
