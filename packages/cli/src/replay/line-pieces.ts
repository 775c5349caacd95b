const NEWLINE = 0x0a;

/** A line without its newline, or a piece of one that is too long: parts, and at last the end of it. */
export interface LinePiece {
  readonly kind: 'line' | 'part' | 'end';
  readonly bytes: Buffer;
}

/** Splits bytes into lines, and holds no more than `maxBytes` and a chunk of them. */
export async function* linePieces(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<LinePiece> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let isLong = false;
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, start)) {
      yield {
        kind: isLong || heldBytes + at - start > maxBytes ? 'end' : 'line',
        bytes: Buffer.concat([...held, chunk.subarray(start, at)]),
      };
      [held, heldBytes, isLong, start] = [[], 0, false, at + 1];
    }
    held.push(chunk.subarray(start));
    heldBytes += chunk.length - start;
    if (heldBytes <= maxBytes) continue;
    yield { kind: 'part', bytes: Buffer.concat(held) };
    [held, heldBytes, isLong] = [[], 0, true];
  }
  if (isLong || heldBytes > 0) yield { kind: isLong ? 'end' : 'line', bytes: Buffer.concat(held) };
}
