import { type Config, MAX_MESSAGE_BYTES, readsRecords } from '@putlogs/core/main-thread';
import { ObjectScanner } from './object-scanner.js';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** The size of the buffer for lines that arrive in chunks: at first, and again after a line that needed more. */
const INITIAL_BYTES = 16 * 1024;
const MAX_RETAINED_BYTES = 256 * 1024;

/** @param isContinued whether an earlier part of the same line was passed before */
export type OnLine = (line: Buffer, isContinued: boolean) => void;

/**
 * Splits text that arrives in chunks of bytes into lines. A line that is too long is passed on in parts. JSON objects
 * count as lines too, because an earlier stage of a `pipeline` may write no newlines.
 */
export class LineSplitter {
  readonly #onLine: OnLine;
  readonly #maxBytes: number;
  /** Holds the beginning of a line whose end has not arrived yet. */
  #buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #partialBytes = 0;
  #isContinued = false;
  /** Searches the partial line for the end of an object. Undefined if there is no partial line, or it was not searched. */
  #scanner: ObjectScanner | undefined;
  /** The last line ended with its object, and its newline may still arrive. */
  #awaitsNewline = false;

  /**
   * @param onLine gets each line, without its newline: a view, which is valid until it returns
   * @param maxBytes the longest line, or part of a line
   */
  constructor(onLine: OnLine, maxBytes: number) {
    this.#onLine = onLine;
    this.#maxBytes = maxBytes;
  }

  /** Whether the next chunk begins a line. */
  get isAtStart(): boolean {
    return this.#partialBytes === 0 && !this.#isContinued && !this.#awaitsNewline;
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
    if (mayEndAnObject && !this.#hasUnsearchedParts) this.#takeObjects(rest);
    else this.#keep(rest);
  }

  get #hasUnsearchedParts(): boolean {
    return this.#isContinued && this.#scanner === undefined;
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

  /** @returns the partial line, which was not searched yet, and the chunk behind it */
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
    for (let start = 0; start < chunk.length; ) {
      // One byte more than the maximum shows whether a part would end within a character.
      const end = Math.min(start + this.#maxBytes + 1 - this.#partialBytes, chunk.length);
      this.#makeRoom(end - start);
      this.#partialBytes += chunk.copy(this.#buffer, this.#partialBytes, start, end);
      if (this.#partialBytes > this.#maxBytes) this.#passPart();
      start = end;
    }
  }

  #passPart(): void {
    const partial = this.#partial;
    const end = endOfCharacter(partial, this.#maxBytes);
    this.#onLine(partial.subarray(0, end), this.#isContinued);
    this.#isContinued = true;
    this.#buffer.copyWithin(0, end, this.#partialBytes);
    this.#partialBytes -= end;
  }

  #makeRoom(bytes: number): void {
    const needed = this.#partialBytes + bytes;
    if (needed <= this.#buffer.length) return;
    const size = Math.max(needed, Math.min(2 * this.#buffer.length, this.#maxBytes + 1));
    const buffer = Buffer.allocUnsafeSlow(size);
    this.#partial.copy(buffer);
    this.#buffer = buffer;
  }

  #finish(last: Buffer): void {
    const isWhole = this.#partialBytes === 0 && last.length <= this.#maxBytes;
    if (!isWhole) this.#keep(last);
    const line = withoutCarriageReturn(isWhole ? last : this.#partial);
    const isContinued = this.#isContinued;
    const isEmpty = line.length === 0 && (isContinued || this.#awaitsNewline);
    this.#partialBytes = 0;
    this.#isContinued = false;
    this.#scanner = undefined;
    this.#awaitsNewline = false;
    if (!isEmpty) this.#onLine(line, isContinued);
    if (this.#buffer.length > MAX_RETAINED_BYTES) this.#buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  }
}

function withoutCarriageReturn(line: Buffer): Buffer {
  return line[line.length - 1] === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}

/** @returns the last offset up to `offset` at which a UTF-8 character ends, or `offset` if the bytes are not UTF-8 */
function endOfCharacter(bytes: Buffer, offset: number): number {
  for (let end = offset; end > offset - 4; end--) {
    // 10xxxxxx continues a character: https://www.rfc-editor.org/rfc/rfc3629#section-3
    if (((bytes[end] ?? 0) & 0b1100_0000) !== 0b1000_0000) return end;
  }
  return offset;
}

/**
 * The longest line that is kept until it is complete, in bytes. Longer lines are passed on in parts, so that a line without
 * an end takes little memory. Where fields of records are read, a line has to be complete for that: the limit is higher.
 */
export function maxLineBytes(config: Config): number {
  return readsRecords(config) ? Math.floor(config.maxBufferBytes / 8) : MAX_MESSAGE_BYTES;
}
