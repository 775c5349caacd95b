/** In UTF-16 code units. What is at work on a piece finds it in the processor's cache. */
const PIECE_LENGTH = 64 * 1024;

/** A code unit takes three bytes at most. */
const PIECE_BYTES = 3 * PIECE_LENGTH;

/**
 * Turns text into UTF-8, piece by piece, all in the same memory: what is new outside of V8's heap for each text would have
 * it collect garbage several times as often.
 */
export class Utf8ChunkEncoder {
  readonly #take: (piece: Buffer) => void;
  readonly #memory = Buffer.allocUnsafeSlow(PIECE_BYTES);

  /** @param take gets each piece: a view, good until it returns */
  constructor(take: (piece: Buffer) => void) {
    this.#take = take;
  }

  push(text: string): void {
    for (let start = 0; start < text.length; ) {
      const end = endOfPiece(text, start);
      const bytes = this.#memory.write(text.slice(start, end));
      this.#take(this.#memory.subarray(0, bytes));
      start = end;
    }
  }
}

/** The two code units of a character stay together. */
function endOfPiece(text: string, start: number): number {
  const end = start + PIECE_LENGTH;
  if (end >= text.length) return text.length;
  return isHighSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end;
}

function isHighSurrogate(codeUnit: number): boolean {
  return (codeUnit & 0xfc00) === 0xd800;
}
