import { ObjectScanner } from './object-scanner.js';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** Of memory for lines that come in pieces: at first, and after a line that took more. */
const INITIAL_BYTES = 16 * 1024;
const MAX_KEPT_BYTES = 256 * 1024;

/** @param isContinued whether an earlier part of the same line was taken before */
export type OnLine = (line: Buffer, isContinued: boolean) => void;

/**
 * Cuts text that comes in pieces, as bytes, into lines. A line that is too long is taken in parts, as it comes. Where no
 * newline comes, as from an earlier stage of a `pipeline` that writes none, JSON objects are lines, too.
 */
export class LineSplitter {
  readonly #take: OnLine;
  readonly #maxBytes: number;
  /** The beginning of a line whose end has not come yet, and the memory for it. */
  #memory = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #begunBytes = 0;
  #isContinued = false;
  /** Looks for the end of the object that has begun. Undefined where nothing has begun, or was not looked at. */
  #scanner: ObjectScanner | undefined;
  /** The last line was taken at the end of its object, and its newline may still come. */
  #awaitsNewline = false;

  /**
   * @param take gets each line, without its end: a view, good until it returns
   * @param maxBytes of a line, or of a part of one
   */
  constructor(take: OnLine, maxBytes: number) {
    this.#take = take;
    this.#maxBytes = maxBytes;
  }

  push(piece: Buffer): void {
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      this.#finish(piece.subarray(start, end));
      start = end + 1;
    }
    if (start === piece.length) return;
    const rest = piece.subarray(start);
    // Most pieces end within a line of which the rest is on its way, and need no look at each byte.
    const mayEndAnObject = start === 0 || piece[piece.length - 1] === CLOSING_BRACE;
    if (mayEndAnObject && !this.#hasUnseenParts) this.#takeObjects(rest);
    else this.#begin(rest);
  }

  get #hasUnseenParts(): boolean {
    return this.#isContinued && this.#scanner === undefined;
  }

  /** No more will come. */
  end(): void {
    if (this.#begunBytes > 0) this.#finish(Buffer.alloc(0));
  }

  /** Takes the objects that are whole, one right behind the other. What follows them has begun. */
  #takeObjects(piece: Buffer): void {
    const rest = this.#scanner === undefined ? this.#takeBack(piece) : piece;
    let start = 0;
    while (start < rest.length) {
      this.#scanner ??= new ObjectScanner(rest[start] === OPENING_BRACE);
      const end = this.#scanner.findEnd(rest, start);
      if (end === undefined) break;
      if (end < rest.length && rest[end] !== OPENING_BRACE) {
        this.#scanner = new ObjectScanner(false); // a line of more than an object
        break;
      }
      this.#finish(rest.subarray(start, end));
      this.#awaitsNewline = true;
      start = end;
    }
    this.#begin(rest.subarray(start));
  }

  /** What has begun and was not looked at, and what comes behind it, in one. */
  #takeBack(piece: Buffer): Buffer {
    if (this.#begunBytes === 0) return piece;
    const whole = Buffer.concat([this.#begun, piece]);
    this.#begunBytes = 0;
    return whole;
  }

  get #begun(): Buffer {
    return this.#memory.subarray(0, this.#begunBytes);
  }

  /** Keeps a copy: whoever wrote the piece may use its memory anew. */
  #begin(piece: Buffer): void {
    for (let start = 0; start < piece.length; ) {
      // One byte more than a part may have tells whether the part ends between two characters.
      const end = Math.min(start + this.#maxBytes + 1 - this.#begunBytes, piece.length);
      this.#makeRoom(end - start);
      this.#begunBytes += piece.copy(this.#memory, this.#begunBytes, start, end);
      if (this.#begunBytes > this.#maxBytes) this.#takePart();
      start = end;
    }
  }

  #takePart(): void {
    const begun = this.#begun;
    const end = endOfCharacter(begun, this.#maxBytes);
    this.#take(begun.subarray(0, end), this.#isContinued);
    this.#isContinued = true;
    this.#memory.copyWithin(0, end, this.#begunBytes);
    this.#begunBytes -= end;
  }

  #makeRoom(bytes: number): void {
    const needed = this.#begunBytes + bytes;
    if (needed <= this.#memory.length) return;
    const size = Math.max(needed, Math.min(2 * this.#memory.length, this.#maxBytes + 1));
    const memory = Buffer.allocUnsafeSlow(size);
    this.#begun.copy(memory);
    this.#memory = memory;
  }

  #finish(last: Buffer): void {
    const isWhole = this.#begunBytes === 0 && last.length <= this.#maxBytes;
    if (!isWhole) this.#begin(last);
    const line = withoutCarriageReturn(isWhole ? last : this.#begun);
    const isContinued = this.#isContinued;
    const isEmpty = line.length === 0 && (isContinued || this.#awaitsNewline);
    this.#begunBytes = 0;
    this.#isContinued = false;
    this.#scanner = undefined;
    this.#awaitsNewline = false;
    if (!isEmpty) this.#take(line, isContinued);
    if (this.#memory.length > MAX_KEPT_BYTES) this.#memory = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  }
}

function withoutCarriageReturn(line: Buffer): Buffer {
  return line[line.length - 1] === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}

/** The last offset, not after `offset`, at which a character of UTF-8 ends; `offset` itself where there is no UTF-8. */
function endOfCharacter(bytes: Buffer, offset: number): number {
  for (let end = offset; end > offset - 4; end--) {
    // 10xxxxxx continues a character: https://www.rfc-editor.org/rfc/rfc3629#section-3
    if (((bytes[end] ?? 0) & 0b1100_0000) !== 0b1000_0000) return end;
  }
  return offset;
}
