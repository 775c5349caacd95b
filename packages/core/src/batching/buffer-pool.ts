import { MAX_BATCH_BYTES } from './limits.js';

/** What most full batches take: accounted bytes, less 26 for each event, more for names and escapes. */
export const BATCH_BUFFER_BYTES = 1.25 * MAX_BATCH_BYTES;

/** Of what is seldom needed, nothing is kept. */
const MAX_BYTES = 2 * BATCH_BUFFER_BYTES;

/** As many as are commonly in flight. */
const MAX_SPARES = 4;

const spares: Buffer[] = [];

/** What somebody has, and may give back. */
const lent = new WeakSet<ArrayBufferLike>();

/**
 * Memory for a batch, with anything in it, of `bytes` at least. It is used again and again: what is new outside of V8's heap
 * counts as if it were in it, and each time so much is new all of the heap is searched for garbage, on all cores.
 */
export function acquireBuffer(bytes = BATCH_BUFFER_BYTES): Buffer {
  const spare = spares.pop();
  // One that is too small is left to V8: the next ones have what batches need by now.
  const memory = spare !== undefined && spare.length >= bytes ? spare : Buffer.allocUnsafeSlow(bytes);
  lent.add(memory.buffer);
  return memory;
}

/** @param view of memory that nobody else looks at any more, and nobody at all from now on; what was not lent is left */
export function releaseBuffer({ buffer }: Buffer): void {
  if (!lent.delete(buffer)) return;
  if (buffer.byteLength <= MAX_BYTES && spares.length < MAX_SPARES) spares.push(Buffer.from(buffer));
}

/** How many bytes of memory a view keeps. */
export function retainedBytes(view: Buffer): number {
  return lent.has(view.buffer) ? view.buffer.byteLength : view.length;
}
