/** In UTF-16 code units: small enough for a chunk to stay in the processor's cache. */
const CHUNK_LENGTH = 64 * 1024;

/** A code unit takes at most three bytes. */
const CHUNK_BYTES = 3 * CHUNK_LENGTH;

/**
 * Encodes text as UTF-8, chunk by chunk, in one reused buffer. A new buffer for each text would make V8 collect garbage
 * several times as often.
 */
export class Utf8ChunkEncoder {
  readonly #onChunk: (chunk: Buffer) => void;
  readonly #buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);

  /** @param onChunk receives each chunk: a view of the buffer, valid until the callback returns */
  constructor(onChunk: (chunk: Buffer) => void) {
    this.#onChunk = onChunk;
  }

  push(text: string): void {
    for (let start = 0; start < text.length; ) {
      const end = endOfChunk(text, start);
      const bytes = this.#buffer.write(text.slice(start, end));
      this.#onChunk(this.#buffer.subarray(0, bytes));
      start = end;
    }
  }
}

/** Does not separate the two code units of a surrogate pair. */
function endOfChunk(text: string, start: number): number {
  const end = start + CHUNK_LENGTH;
  if (end >= text.length) return text.length;
  return isHighSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end;
}

function isHighSurrogate(codeUnit: number): boolean {
  return (codeUnit & 0xfc00) === 0xd800;
}
