import { createGzip } from 'node:zlib';

/** A request's body, ready to be signed and sent. */
export interface Body {
  readonly bytes: Buffer;
  readonly gzipped: boolean;
}

/**
 * The JSON of PutLogEvents, in memory of its own: a request that timed out may still read it when the batch is delivered by
 * another, and its memory used anew.
 * @param head all of it but the events
 * @param payload the elements of `logEvents`, in UTF-8
 */
export async function encodeBody(head: object, payload: Buffer, gzipAllowed: boolean): Promise<Body> {
  const opening = `${JSON.stringify(head).slice(0, -1)},"logEvents":[`;
  const parts = [Buffer.from(opening), payload, Buffer.from(']}')];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (gzipAllowed) {
    const bytes = await gzip(parts, Math.max(length / COMMON_RATIO, MIN_CHUNK_BYTES));
    if (bytes.length < length) return { bytes, gzipped: true };
  }
  return { bytes: Buffer.concat(parts, length), gzipped: false };
}

/**
 * In libuv's thread pool. Level 1: higher ones cost three times the CPU to save one percent more.
 * @param chunkBytes what the result comes in pieces of; each is one more way to this thread and back
 */
async function gzip(parts: readonly Buffer[], chunkBytes: number): Promise<Buffer> {
  const stream = createGzip({ level: 1, chunkSize: Math.ceil(chunkBytes) });
  for (const part of parts) stream.write(part);
  stream.end();
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Logs take less than that. */
const COMMON_RATIO = 4;
const MIN_CHUNK_BYTES = 1024;
