import { MAX_BATCH_BYTES } from './limits.js';

/** Of a full batch: its accounted bytes, less 26 for each event, more for names and escapes. */
export const FULL_BATCH_BYTES = 1.25 * MAX_BATCH_BYTES;

/** As many as are commonly in flight. */
const MAX_SPARES = 4;

const spares: Buffer[] = [];

/**
 * Memory for a full batch, with anything in it. It is used again and again: what is new outside of V8's heap counts as if
 * it were in it, and every twenty megabytes or so all of the heap is searched for garbage, on all cores.
 */
export function takeMemory(): Buffer {
  return spares.pop() ?? Buffer.allocUnsafeSlow(FULL_BATCH_BYTES);
}

/** @param view of memory that nobody else looks at any more, and nobody at all from now on */
export function giveBack({ buffer }: Buffer): void {
  if (buffer.byteLength === FULL_BATCH_BYTES && spares.length < MAX_SPARES) spares.push(Buffer.from(buffer));
}
