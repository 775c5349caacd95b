import { MAX_BATCH_BYTES } from './limits.js';

/** The size of most full batches: the accounted bytes less 26 for each event, plus property names and escapes. */
export const BATCH_BUFFER_BYTES = 1.25 * MAX_BATCH_BYTES;

/** Larger buffers are rarely needed and are not kept. */
const MAX_SPARE_BYTES = 2 * BATCH_BUFFER_BYTES;

/** The default of `maxInFlight`. */
const MAX_SPARES = 4;

const spares: Buffer[] = [];

/** The memory that is in use. */
const acquired = new WeakSet<ArrayBufferLike>();

/**
 * Returns a buffer of at least this many bytes, with arbitrary content. Buffers are reused, because V8 counts memory outside its
 * heap as garbage-collection pressure: many new buffers cause full collections, on all cores.
 */
export function acquireBuffer(bytes = BATCH_BUFFER_BYTES): Buffer {
  const spare = spares.pop();
  // A spare that is too small is left to the garbage collector: batches have grown, and the next ones need larger buffers too.
  const buffer = spare !== undefined && spare.length >= bytes ? spare : Buffer.allocUnsafeSlow(bytes);
  acquired.add(buffer.buffer);
  return buffer;
}

/**
 * Returns memory to the pool. Nobody may read or write it afterwards. Memory that is not from the pool is ignored.
 * @param view any view of the memory
 */
export function releaseBuffer({ buffer }: Buffer): void {
  if (!acquired.delete(buffer)) return;
  if (buffer.byteLength <= MAX_SPARE_BYTES && spares.length < MAX_SPARES) spares.push(Buffer.from(buffer));
}

/** The bytes of memory that a view keeps from being freed. */
export function retainedBytes(view: Buffer): number {
  return acquired.has(view.buffer) ? view.buffer.byteLength : view.length;
}
