import { ObjectScanner } from './object-scanner.js';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** The size of the buffer for lines that arrive in chunks: at first, and again after a line that needed more. */
const INITIAL_BYTES = 16 * 1024;
const MAX_RETAINED_BYTES = 256 * 1024;

/** @param omittedBytes how many bytes at the end of the line are left out, since it is too long */
export type OnLine = (line: Buffer, omittedBytes: number) => void;

/**
 * Splits text that arrives in chunks of bytes into lines. Only the beginning of a line that is too long is kept. JSON objects
 * count as lines too, because an earlier stage of a `pipeline` may write no newlines.
 */
export class LineSplitter {
  readonly #onLine: OnLine;
  readonly #maxBytes: number;
  /** Holds the beginning of a line whose end has not arrived yet. */
  #buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #partialBytes = 0;
  /** Bytes of the partial line that were not kept. */
  #omittedBytes = 0;
  /** Searches the partial line for the end of an object. Undefined if there is no partial line, or it was not searched. */
  #scanner: ObjectScanner | undefined;
  /** The last line ended with its object, and its newline may still arrive. */
  #awaitsNewline = false;

  /**
   * @param onLine gets each line, without its newline: a view, which is valid until it returns
   * @param maxBytes how much of a line is kept
   */
  constructor(onLine: OnLine, maxBytes: number) {
    this.#onLine = onLine;
    this.#maxBytes = maxBytes;
  }

  /** Whether the next chunk begins a line. */
  get isAtStart(): boolean {
    return this.#partialBytes === 0 && !this.#awaitsNewline;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#finish(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start === chunk.length) return;
    const rest = chunk.subarray(start);
    // Most chunks end within a line whose rest is about to arrive, and need not be searched byte by byte.
    const mayEndAnObject = start === 0 || chunk[chunk.length - 1] === CLOSING_BRACE;
    if (mayEndAnObject && !this.#isUnsearchable) this.#takeObjects(rest);
    else this.#keep(rest);
  }

  /** Whether bytes of the partial line were left out before they were searched. */
  get #isUnsearchable(): boolean {
    return this.#omittedBytes > 0 && this.#scanner === undefined;
  }

  /** Passes on the last line, which has no newline. */
  end(): void {
    if (this.#partialBytes > 0) this.#finish(Buffer.alloc(0));
  }

  /** Passes on complete objects that follow each other directly, and keeps what follows them. */
  #takeObjects(chunk: Buffer): void {
    const rest = this.#scanner === undefined ? this.#takePartial(chunk) : chunk;
    let start = 0;
    while (start < rest.length) {
      this.#scanner ??= new ObjectScanner(rest[start] === OPENING_BRACE);
      const end = this.#scanner.findEnd(rest, start);
      if (end === undefined) break;
      if (end < rest.length && rest[end] !== OPENING_BRACE) {
        this.#scanner = new ObjectScanner(false); // a line with more than an object in it
        break;
      }
      this.#finish(rest.subarray(start, end));
      this.#awaitsNewline = true;
      start = end;
    }
    this.#keep(rest.subarray(start));
  }

  /** @returns the partial line, which was not searched yet, and the chunk after it */
  #takePartial(chunk: Buffer): Buffer {
    if (this.#partialBytes === 0) return chunk;
    const whole = Buffer.concat([this.#partial, chunk]);
    this.#partialBytes = 0;
    return whole;
  }

  get #partial(): Buffer {
    return this.#buffer.subarray(0, this.#partialBytes);
  }

  /** Copies: the owner of the chunk may overwrite it. */
  #keep(chunk: Buffer): void {
    const kept = Math.min(chunk.length, this.#maxBytes - this.#partialBytes);
    this.#omittedBytes += chunk.length - kept;
    if (kept === 0) return;
    this.#makeRoom(kept);
    this.#partialBytes += chunk.copy(this.#buffer, this.#partialBytes, 0, kept);
  }

  #makeRoom(bytes: number): void {
    const needed = this.#partialBytes + bytes;
    if (needed <= this.#buffer.length) return;
    const size = Math.max(needed, Math.min(2 * this.#buffer.length, this.#maxBytes));
    const buffer = Buffer.allocUnsafeSlow(size);
    this.#partial.copy(buffer);
    this.#buffer = buffer;
  }

  #finish(last: Buffer): void {
    const isWhole = this.#partialBytes === 0 && last.length <= this.#maxBytes;
    if (!isWhole) this.#keep(last);
    const omittedBytes = this.#omittedBytes;
    const line = withoutCarriageReturn(isWhole ? last : this.#partial);
    const isEmpty = line.length === 0 && this.#awaitsNewline;
    this.#partialBytes = 0;
    this.#omittedBytes = 0;
    this.#scanner = undefined;
    this.#awaitsNewline = false;
    if (!isEmpty) this.#onLine(line, omittedBytes);
    if (this.#buffer.length > MAX_RETAINED_BYTES) this.#buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  }
}

function withoutCarriageReturn(line: Buffer): Buffer {
  return line[line.length - 1] === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
