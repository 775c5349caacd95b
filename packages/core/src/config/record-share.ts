/**
 * The most bytes that one record may take of `maxBufferBytes`. Otherwise the later parts of a long record would push out the
 * earlier ones.
 */
export function recordShareOfBuffer({ maxBufferBytes }: { readonly maxBufferBytes: number }): number {
  return Math.floor(maxBufferBytes / 2);
}
